import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lookForDirectory, readSettings } from '../config/config.ts';
import {
  hasConfiguration,
  isPackage,
  isReference,
  whyUnwritable,
  writeConfiguration,
} from '../config/template.ts';
import { UserError } from '../model/errors.ts';
import { createDatabase } from '../store/database.ts';
import { exitCode } from './exit.ts';
import type { CommonOptions } from './options.ts';
import { logEvent, openOwnLog } from './ownLog.ts';

export type InitOptions = Pick<CommonOptions, 'etc' | 'logFile'> & { readonly yes?: boolean };

/**
 * `cmanage init`: writes a configuration where there is none or only the example, asking the person at the terminal, or creates the state
 * database of the one that every other command would find. Without any, a script gets ./etc.
 */
export async function init(options: InitOptions): Promise<number> {
  const found = lookForDirectory(options.etc, process.env.CMANAGE_ETC);
  const directory = found ?? resolve('etc');
  const isPerson = process.stdin.isTTY && process.stdout.isTTY;
  const isAsked = isPerson && options.yes !== true && !hasConfiguration(directory);
  const settings = !isAsked && existsSync(join(directory, 'cmanage.yml')) ? readSettings(directory) : null;
  openOwnLog(options, settings ?? { logFile: null, environmentName: null });
  if (isAsked) return askPerson(found);
  const again = options.etc === undefined ? 'cmanage init' : `cmanage --etc ${options.etc} init`;
  if (settings === null) {
    for (const path of writeConfiguration(directory)) tell(console.log, `${path} is written`);
    console.log(`Edit these files, then run '${again}' again to create the state database.`);
    return exitCode.done;
  }
  if (!existsSync(settings.statePath)) refuseExample(directory, again);
  tell(console.log, await createDatabase(settings.statePath));
  return exitCode.done;
}

/** What was done, for who called and for cmanage's own log. */
function tell(say: (text: string) => void, text: string): void {
  say(text);
  logEvent('info', { event: 'init', text });
}

/** The example's hosts are nobody's: who creates a state database for them has forgotten to say which are theirs. */
function refuseExample(directory: string, again: string): void {
  if (isPackage(directory)) {
    throw new UserError(
      `${directory} is the example of this cmanage itself: give another directory, as by 'cmanage --etc /etc/cmanage init'`,
    );
  }
  if (!isReference(directory, 'hosts.yml')) return;
  const orAnswer = hasConfiguration(directory) ? '' : `, or answer the questions of '${again}' on a terminal`;
  throw new UserError(
    `${join(directory, 'hosts.yml')} is still the example, whose hosts are nobody's: edit it first${orAnswer}. No state database was created`,
  );
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
    const wrote = (path: string): void => {
      tell(asker.say, `${path} is written`);
    };
    const statePath = await askAndWrite(asker, directory, wrote);
    if (statePath === null) return exitCode.done;
    tell(asker.say, await createDatabase(statePath));
    asker.say("Next: 'cmanage doctor' looks at all of it, 'cmanage addservice --help' shows how to begin.");
    return exitCode.done;
  } finally {
    asker.close();
  }
}
