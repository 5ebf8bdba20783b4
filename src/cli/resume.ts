import { LockedError, UserError } from '../model/errors.ts';
import type { State } from '../model/state.ts';
import { refusal } from '../model/violation.ts';
import { everything, locksFor, treeMates } from '../plan/beside.ts';
import { needsOf } from '../plan/claims.ts';
import type { OpenOperation } from '../plan/course.ts';
import { stackChanges, treeChanges } from '../plan/preview.ts';
import { readOperations, type Operation } from '../store/history.ts';
import { takeUpOperation } from '../store/journal.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import { printResult } from './answers.ts';
import { actor, claimOf, rulesInForce, run } from './apply.ts';
import { refuse } from './change.ts';
import { commandLine } from './commandLine.ts';
import { exitCode } from './exit.ts';
import type { ChangeOptions } from './options.ts';
import { printEnded, printResumption, printUndone } from './resumeAnswers.ts';
import { inSession, secure, waitForOthers, type Session } from './session.ts';
import { prepare, type Resumption } from './takeUp.ts';
import { nameOf, unfinishedIn } from './unfinished.ts';

/** Brings an unfinished operation to its end: forward where that is open, else the way it was going. */
export function resume(id: number | null, options: ChangeOptions): Promise<number> {
  return takeUp(id, 'forward', options);
}

/** Undoes an unfinished operation. */
export function undoOperation(id: number, options: ChangeOptions): Promise<number> {
  return takeUp(id, 'back', options);
}

async function takeUp(id: number | null, wish: 'forward' | 'back', options: ChangeOptions): Promise<number> {
  return inSession(options, { write: options.dryRun !== true }, async (session) => {
    const found = await find(session, id);
    if (!found) return printEnded(null, options.output);
    if (!('plan' in found)) return hasEnded(found, wish, options);
    await secure(session, locksOf(found, session.state));
    const prepared = await prepare(session, found, wish);
    if (!prepared.ok) return refuse(options, prepared.violations);
    if (options.dryRun) return printResumption(found, prepared.value, options.output);
    return walk(session, found, prepared.value, wish, options);
  });
}

/** What an operation needs to be brought to its end; of one by an earlier cmanage that is not known. */
function locksOf({ services, plan }: OpenOperation, state: State): string[] {
  if (services === null) return [everything];
  const { balancers } = needsOf(plan, services);
  return locksFor(treeMates(services, state), balancers);
}

/** The operation to take up, or the one of this number that has ended; null where none is meant and none is unfinished. */
async function find(session: Session, id: number | null): Promise<OpenOperation | Operation | null> {
  const { source } = session.database;
  const unfinished = await unfinishedIn(session);
  if (id === null && unfinished.length > 1) {
    const list = unfinished.map((one) => `${one.id} (${one.command})`).join(', ');
    throw new UserError(
      `several operations are unfinished: ${list}; say which, as in 'cmanage resume ${unfinished[0]?.id ?? ''}'`,
    );
  }
  const found = unfinished.find((operation) => id === null || operation.id === id);
  if (found || id === null) return found ?? null;
  await waitWhileUnderWay(session, id);
  const ended = (await readOperations(source)).find((operation) => operation.id === id);
  if (!ended) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
  return ended;
}

/** One that is under way comes to its end by itself. */
async function waitWhileUnderWay(session: Session, id: number): Promise<void> {
  const { database, lock, state } = session;
  const found = (await readOpenOperations(database.source)).find((operation) => operation.id === id);
  if (!found) return;
  if (lock) await waitForOthers(session, locksOf(found, state));
  throw new LockedError(`${nameOf(found)} is under way. Try again when it has ended.`);
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
    begin: async () => {
      const { claim, endTurn } = await claimOf(session, operation.services ?? []);
      const takingUp = {
        ...{ operation: operation.id, from: state.revision },
        ...{ by: { actor: actor(), command }, rules: rulesInForce(session) },
      };
      const journal = await takeUpOperation(database, takingUp, claim);
      await endTurn();
      return journal;
    },
    walk,
  });
  const [stacks, trees] = next ? [stackChanges(state, next), treeChanges(state, next)] : [[], []];
  const preview = { command, allowed: true, violations: [], stacks, trees, plan };
  if (way !== 'back' || result.status !== 'undone')
    return printResult(preview, operation.id, result, {
      output: options.output,
      stages: session.config.environment.rules.stages,
    });
  printUndone(preview, operation, options.output);
  // What the operation was to bring about is not there: only who asked for just that has succeeded.
  return wish === 'back' ? exitCode.done : exitCode.failed;
}
