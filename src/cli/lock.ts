import { UserError } from '../model/errors.ts';
import { everything, serviceLock } from '../plan/beside.ts';
import type { LockEntry } from '../report/locks.ts';
import { printable } from '../report/printable.ts';
import { renderAs } from '../report/table.ts';
import type { Deed } from '../store/deeds.ts';
import { freeze, readFreezes, unfreeze } from '../store/freezes.ts';
import { findUnderWay, readHeldLocks, takeAwayLocks, textOfLock } from '../store/locks.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import type { FreezeRow } from '../store/rows.ts';
import { actor } from './apply.ts';
import { commandLine } from './commandLine.ts';
import { exitCode } from './exit.ts';
import type { CommonOptions } from './options.ts';
import { inSession, requireService, type Session } from './session.ts';
import { nameOf, remedyFor } from './unfinished.ts';
import { momentOf } from '../report/moments.ts';

/** Freezes a service, or everything: nobody begins an operation on it until it is unlocked. What is under way goes on. */
export function lock(service: string | null, reason: string, options: CommonOptions): Promise<number> {
  return inSession(options, { write: true, concerns: service === null ? [] : [service] }, async (session) => {
    if (service !== null) requireService(session.state, service);
    const { database, config } = session;
    const name = nameFor(service);
    const row = { name, actor: actor(), since: new Date().toISOString(), reason };
    const what = `${textOfLock(name)} was frozen`;
    const known = await freeze(database, row, { ...deedOn(service), reason, message: what });
    const now = known ?? row;
    const held = (await readHeldLocks(database, config.settings.statePath)).filter(
      (one) => name === everything || one.name === name,
    );
    const goesOn = [...new Set(held.map(({ operation, command }) => `operation ${operation} (${command})`))];
    const lines = [
      `${textOfLock(name)} ${known ? 'was frozen already' : 'is frozen now'}, by ${now.actor} at ${momentOf(now.since)}: ${now.reason}`,
      ...goesOn.map((one) => `${one} is under way and goes on to its end`),
    ];
    const entry = { ...entryOf(now), frozenBefore: known !== null };
    console.log(renderAs(options.output, entry, () => lines.map(printable).join('\n')));
    return exitCode.done;
  });
}

/** Lifts a freeze. */
export function unlock(service: string | null, options: CommonOptions): Promise<number> {
  return inSession(options, { write: true, concerns: [] }, async ({ database }) => {
    const name = nameFor(service);
    const deedOf = ({ actor: by, since, reason }: FreezeRow): Deed => {
      const message = `${textOfLock(name)} was unfrozen; it was frozen by ${by} at ${momentOf(since)}: ${reason}`;
      return { ...deedOn(service), reason: null, message };
    };
    const was = await unfreeze(database, name, deedOf);
    const text = was
      ? `${textOfLock(name)} is no longer frozen; it was, by ${was.actor} at ${momentOf(was.since)}: ${was.reason}`
      : `${textOfLock(name)} was not frozen`;
    console.log(renderAs(options.output, was ? entryOf(was) : null, () => printable(text)));
    return exitCode.done;
  });
}

/** Takes the locks of an operation away whose process hangs. It is unfinished then, and its process can write no more. */
export function unlockOperation(id: number, options: CommonOptions): Promise<number> {
  return inSession(options, { write: true, concerns: [] }, async ({ database, config }) => {
    const { statePath } = config.settings;
    const open = await readOpenOperations(database.source);
    const operation = open.find((one) => one.id === id);
    if (!operation) {
      throw new UserError(`operation ${id} is not under way: see 'cmanage show locks'`);
    }
    if (!(await findUnderWay(database, statePath, null)).has(id)) {
      throw new UserError(
        `${nameOf(operation)} holds no lock, because its process has ended: ${remedyFor(operation)}`,
      );
    }
    await takeAwayLocks(database, statePath, id, `its locks were taken away by ${actor()}`);
    const text = `the locks of ${nameOf(operation)} are taken away. Its process sends nothing more, but for what is on its way; ${remedyFor(operation)}`;
    console.log(renderAs(options.output, { operation: id, status: 'unfinished' }, () => printable(text)));
    return exitCode.done;
  });
}

/** Who holds what, and what is frozen. */
export async function readLocks({ database, config }: Session): Promise<LockEntry[]> {
  const held = await readHeldLocks(database, config.settings.statePath);
  const frozen = await readFreezes(database);
  return [
    ...frozen.map(entryOf),
    ...held.map(({ name, ...one }): LockEntry => ({ lock: name, kind: 'operation', ...one })),
  ];
}

/** Who does it by which command, for the history. */
function deedOn(service: string | null): Pick<Deed, 'command' | 'actor' | 'services'> {
  const command = commandLine(process.argv.slice(2));
  return { command, actor: actor(), services: service === null ? [] : [service] };
}

function nameFor(service: string | null): string {
  return service === null ? everything : serviceLock(service);
}

function entryOf({ name, ...row }: Awaited<ReturnType<typeof readFreezes>>[number]): LockEntry {
  return { lock: name, kind: 'freeze', operation: null, command: null, ...row };
}
