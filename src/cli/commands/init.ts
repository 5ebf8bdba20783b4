import type { Command } from 'commander';
import { example, type CommonOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareInit(program: Command, finish: Finish): void {
  program
    .command('init')
    .description('write commented configuration files where there are none, and create the state database')
    .addHelpText('after', example('cmanage --etc /etc/cmanage init'))
    .action(async (_options: unknown, self: Command) => {
      finish(await init(self.optsWithGlobals()));
    });
}

async function init(options: CommonOptions): Promise<number> {
  const [{ writeConfiguration }, { findDirectory, readSettings }, { createDatabase }] = await Promise.all([
    import('../../config/template.ts'),
    import('../../config/config.ts'),
    import('../../store/database.ts'),
  ]);
  const given = options.etc ?? process.env.CMANAGE_ETC;
  const written = writeConfiguration(given ?? 'etc');
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
