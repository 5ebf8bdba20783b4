import { LockedError, UserError } from '../model/errors.ts';
import { refusal } from '../model/violation.ts';
import type { OpenOperation } from '../plan/course.ts';
import { stackChanges, treeChanges } from '../plan/preview.ts';
import { readOperations, type Operation } from '../store/history.ts';
import { takeUpOperation } from '../store/journal.ts';
import { isLockHeld } from '../store/lock.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import { printResult } from './answers.ts';
import { actor, run } from './apply.ts';
import { refuse } from './change.ts';
import { commandLine } from './commandLine.ts';
import { exitCode } from './exit.ts';
import type { ChangeOptions } from './options.ts';
import { printEnded, printResumption, printUndone } from './resumeAnswers.ts';
import { openSession, type Session } from './session.ts';
import { prepare, type Resumption } from './takeUp.ts';
import { nameOf } from './unfinished.ts';

/** Brings an unfinished operation to its end: forward where that is open, else the way it was going. */
export function resume(id: number | null, options: ChangeOptions): Promise<number> {
  return takeUp(id, 'forward', options);
}

/** Undoes an unfinished operation. */
export function undoOperation(id: number, options: ChangeOptions): Promise<number> {
  return takeUp(id, 'back', options);
}

async function takeUp(id: number | null, wish: 'forward' | 'back', options: ChangeOptions): Promise<number> {
  const session = await openSession(options, { write: options.dryRun !== true });
  try {
    const found = await find(session, id);
    if (!found) return printEnded(null, options.output);
    if (!('plan' in found)) return hasEnded(found, wish, options);
    const prepared = await prepare(session, found, wish);
    if (!prepared.ok) return refuse(options, prepared.violations);
    if (options.dryRun) return printResumption(found, prepared.value, options.output);
    return await walk(session, found, prepared.value, wish, options);
  } finally {
    await session.close();
  }
}

/** The operation to take up, or the one of this number that has ended; null where none is meant and none is unfinished. */
async function find(session: Session, id: number | null): Promise<OpenOperation | Operation | null> {
  const { source } = session.database;
  const open = await readOpenOperations(source);
  if (id === null && open.length > 1) {
    const list = open.map((one) => `${one.id} (${one.command})`).join(', ');
    throw new UserError(
      `several operations are unfinished: ${list}; say which, as in 'cmanage resume ${open[0]?.id ?? ''}'`,
    );
  }
  const found = id === null ? open[0] : open.find((operation) => operation.id === id);
  if (found) {
    await refuseUnderWay(session, found);
    return found;
  }
  if (id === null) return null;
  const ended = (await readOperations(source)).find((operation) => operation.id === id);
  if (!ended) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
  return ended;
}

/** Who does not hold the lock cannot tell an operation that is under way from one whose process died. */
async function refuseUnderWay({ lock, config }: Session, operation: OpenOperation): Promise<void> {
  if (lock !== null || operation.status !== 'running') return;
  if (!(await isLockHeld(config.settings.statePath))) return;
  throw new LockedError(
    `${nameOf(operation)} may be under way: another cmanage holds the lock. Try again when it has ended.`,
  );
}

function hasEnded(operation: Operation, wish: 'forward' | 'back', options: ChangeOptions): number {
  const { id, command, status, summary } = operation;
  if (wish === 'forward' || status === 'undone') {
    const code = printEnded(operation, options.output);
    return wish === 'forward' && status === 'undone' ? exitCode.failed : code;
  }
  const service = summary?.[0]?.service ?? 'SERVICE';
  const remedy = `take it back by 'cmanage rollback ${service}', which is an operation of its own`;
  return refuse(options, [
    refusal('rollback', `operation ${id} (${command})`, 'it has come to its end', remedy),
  ]);
}

async function walk(
  session: Session,
  operation: OpenOperation,
  { way, steps, next, walk }: Resumption,
  wish: 'forward' | 'back',
  options: ChangeOptions,
): Promise<number> {
  const command = commandLine(process.argv.slice(2));
  const { state, database } = session;
  const plan = { steps, pivot: operation.plan.pivot };
  const { result } = await run(session, options, plan, {
    hosts: operation.plan.steps.map(({ host }) => host),
    begin: () =>
      takeUpOperation(database, {
        ...{ operation: operation.id, from: state.revision },
        by: { actor: actor(), command },
      }),
    walk,
  });
  const [stacks, trees] = next ? [stackChanges(state, next), treeChanges(state, next)] : [[], []];
  const preview = { command, allowed: true, violations: [], stacks, trees, plan };
  if (way !== 'back' || result.status !== 'undone')
    return printResult(preview, operation.id, result, options);
  printUndone(preview, operation, options.output);
  // What the operation was to bring about is not there: only who asked for just that has succeeded.
  return wish === 'back' ? exitCode.done : exitCode.failed;
}
