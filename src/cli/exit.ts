import { printable } from '../report/printable.ts';
import { logEvent } from './ownLog.ts';
import { forStream } from './systemd.ts';
import { HostError, LockedError, UnfinishedError, UserError } from '../model/errors.ts';

/** What the exit codes mean; the table stands in README.md. */
export const exitCode = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  failed: 4,
  unfinished: 5,
  locked: 6,
  drift: 7,
} as const;

/** Says what went wrong on standard error, and returns the exit code. Only a bug of cmanage's own shows a stack. */
export function reportError(error: unknown): number {
  const say = (text: string): void => {
    console.error(forStream(2, 'error', printable(`cmanage: ${text}`)));
    logEvent('error', { event: 'error', text });
  };
  if (error instanceof UserError) {
    say(error.message);
    return exitCode.usage;
  }
  if (error instanceof LockedError) {
    say(error.message);
    return exitCode.locked;
  }
  if (error instanceof UnfinishedError) {
    say(`${error.message}. Nothing was changed.`);
    return exitCode.unfinished;
  }
  if (error instanceof HostError) {
    say(`${error.message}. Nothing was changed.`);
    return exitCode.failed;
  }
  say(
    `this is a bug in cmanage; please report it with the following lines\n${error instanceof Error ? (error.stack ?? '') : String(error)}`,
  );
  return exitCode.bug;
}
