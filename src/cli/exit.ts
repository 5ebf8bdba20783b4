import { printable } from '../report/printable.ts';
import { complain } from './complain.ts';
import { logEvent } from './ownLog.ts';
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

/** The same in words, for the manual page and README.md; the index is the code. */
export const exitMeanings = [
  'done (or, with --dry-run, would be allowed)',
  'a bug in cmanage',
  'usage or configuration error',
  'refused: a constraint would be violated, or a person at the terminal said no; nothing was touched',
  'a host or load balancer failed; what was done is undone, the state is as before',
  'stopped half-way, or what it needs was left so by another one: cmanage resume',
  'another operation holds a lock, or a person has frozen it',
  'recorded, but not all of it does run (rollback, --on-failure continue); verify found or heal left differences',
] as const;

/** Says what went wrong on standard error, and returns the exit code. Only a bug of cmanage's own shows a stack. */
export function reportError(error: unknown): number {
  const say = (text: string): void => {
    complain('error', printable(`cmanage: ${text}`));
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
