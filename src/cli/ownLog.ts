import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../config/config.ts';
import { UserError } from '../model/errors.ts';
import { printable } from '../report/printable.ts';
import { commandLine } from './commandLine.ts';
import type { CommonOptions } from './options.ts';
import type { Level } from './systemd.ts';
import { eventLine } from './workEvents.ts';

/** cmanage's own log: a line of JSON for each event, at the end of a file. One process writes one log. */
let log: { readonly path: string; readonly about: object } | null = null;
let isLost = false;

/** Never through a symbolic link, and readable by its owner alone: who may write beside it must not choose what grows. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** The environment has no name while `init` writes its first configuration. */
type LogSettings = Pick<Settings, 'logFile'> & { readonly environmentName: string | null };

/**
 * Opens the log for a command that may change something, and says which. Another call of the same process changes nothing. Throws a
 * UserError where the file cannot be written: that is to be known before anything is done.
 */
export function openOwnLog({ logFile }: Pick<CommonOptions, 'logFile'>, settings: LogSettings): void {
  const file = logFile ?? settings.logFile;
  if (file === null || log !== null) return;
  const path = resolve(file);
  log = { path, about: { environment: settings.environmentName, pid: process.pid } };
  try {
    append('info', { event: 'command', command: commandLine(process.argv.slice(2)) });
  } catch (error) {
    log = null;
    throw new UserError(`the log ${path} cannot be written: ${(error as Error).message}`);
  }
}

/**
 * Writes an event, where there is a log. The file is opened for each line, so that it may be moved away at any time. Where it cannot be written
 * any more (a full disk), that is told once, and the work goes on: to stop half-way would be worse than to miss a line.
 */
export function logEvent(level: Level, event: object): void {
  try {
    append(level, event);
    isLost = false;
  } catch (error) {
    if (!isLost) console.error(printable(`cmanage: the log misses lines: ${(error as Error).message}`));
    isLost = true;
  }
}

function append(level: Level, event: object): void {
  if (!log) return;
  const file = openSync(log.path, flags, 0o600);
  try {
    writeSync(file, `${printable(eventLine({ level, ...log.about, ...event }))}\n`);
  } finally {
    closeSync(file);
  }
}
