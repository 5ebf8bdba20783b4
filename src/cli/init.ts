import { resolve } from 'node:path';
import { lookForDirectory, readSettings } from '../config/config.ts';
import { hasConfiguration, whyUnwritable, writeConfiguration } from '../config/template.ts';
import { UserError } from '../model/errors.ts';
import { createDatabase } from '../store/database.ts';
import { exitCode } from './exit.ts';
import type { CommonOptions } from './options.ts';

export type InitOptions = Pick<CommonOptions, 'etc'> & { readonly yes?: boolean };

/**
 * `cmanage init`: writes a configuration where there is none, asking the person at the terminal, or creates the state database of the one that
 * every other command would find. Without any, a script gets ./etc.
 */
export async function init(options: InitOptions): Promise<number> {
  const found = lookForDirectory(options.etc, process.env.CMANAGE_ETC);
  const directory = found ?? resolve('etc');
  const isPerson = process.stdin.isTTY && process.stdout.isTTY;
  if (isPerson && options.yes !== true && !hasConfiguration(directory)) return askPerson(found);
  const written = writeConfiguration(directory);
  for (const path of written) console.log(`${path} is written`);
  if (written.length > 0) {
    const again = options.etc === undefined ? 'cmanage init' : `cmanage --etc ${options.etc} init`;
    console.log(`Edit these files, then run '${again}' again to create the state database.`);
  } else console.log(await createDatabase(readSettings(directory).statePath));
  return exitCode.done;
}

async function askPerson(directory: string | null): Promise<number> {
  const why = directory === null ? null : whyUnwritable(directory);
  if (why !== null) throw new UserError(`the configuration cannot be written: ${why}`);
  const [{ personAtTerminal }, { askAndWrite }] = await Promise.all([
    import('./wizard/asking.ts'),
    import('./wizard/wizard.ts'),
  ]);
  const asker = personAtTerminal();
  try {
    const statePath = await askAndWrite(asker, directory);
    if (statePath === null) return exitCode.done;
    asker.say(await createDatabase(statePath));
    asker.say("Next: 'cmanage doctor' looks at all of it, 'cmanage addservice --help' shows how to begin.");
    return exitCode.done;
  } finally {
    asker.close();
  }
}
