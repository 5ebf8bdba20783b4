import type { Command } from 'commander';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareInit(program: Command, finish: Finish): void {
  program
    .command('init')
    .description('write commented configuration files where there are none, and create the state database')
    .option('-y, --yes', 'ask nothing, and write the reference configuration to be edited')
    .addHelpText(
      'after',
      `${example('cmanage --etc /etc/cmanage init')}\n\nOn a terminal it asks what the environment is made of, and tries to reach it; without one it asks nothing.`,
    )
    .action(async (_options: unknown, self: Command) => {
      finish(await init(self.optsWithGlobals()));
    });
}

async function init(options: CommonOptions & { readonly yes?: boolean }): Promise<number> {
  const [{ hasConfiguration, writeConfiguration }, { findDirectory, readSettings }, { createDatabase }] =
    await Promise.all([
      import('../../config/template.ts'),
      import('../../config/config.ts'),
      import('../../store/database.ts'),
    ]);
  const given = options.etc ?? process.env.CMANAGE_ETC;
  const directory = given ?? 'etc';
  const isPerson = process.stdin.isTTY && process.stdout.isTTY;
  if (isPerson && options.yes !== true && !hasConfiguration(directory)) return askPerson(directory);
  const written = writeConfiguration(directory);
  if (written.length > 0) {
    for (const path of written) console.log(`${path} is written`);
    console.log("Edit these files, then run 'cmanage init' again to create the state database.");
    return 0;
  }
  console.log(
    await createDatabase(readSettings(findDirectory(options.etc, process.env.CMANAGE_ETC)).statePath),
  );
  return 0;
}

async function askPerson(directory: string): Promise<number> {
  const [{ personAtTerminal }, { askAndWrite }, { createDatabase }] = await Promise.all([
    import('../wizard/asking.ts'),
    import('../wizard/wizard.ts'),
    import('../../store/database.ts'),
  ]);
  const asker = personAtTerminal();
  try {
    const statePath = await askAndWrite(asker, directory);
    if (statePath === null) return 0;
    asker.say(await createDatabase(statePath));
    asker.say("Next: 'cmanage doctor' looks at all of it, 'cmanage addservice --help' shows how to begin.");
    return 0;
  } finally {
    asker.close();
  }
}
