import { check } from '../constraints/check.ts';
import { execute, goBack, type Result } from '../executor/execute.ts';
import { settle } from '../executor/settle.ts';
import type { Execution } from '../executor/walk.ts';
import { haveSameRoutes } from '../haproxy/routes.ts';
import { applyChange } from '../model/change.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome, type Violation } from '../model/violation.ts';
import { needsOf } from '../plan/claims.ts';
import { changesBalancer, onlyWayOf, touchedSteps, type OpenOperation, type Way } from '../plan/course.ts';
import { isMending } from '../plan/failurePolicy.ts';
import type { Step } from '../plan/step.ts';
import { undo } from '../plan/undo.ts';
import { leavesAnything, stepsToClear, stepsToUndo } from '../plan/takeUp.ts';
import { balancersOf } from './apply.ts';
import { refuseConflicts } from './proposeBeside.ts';
import type { Session } from './session.ts';
import { lookForUnfinished } from './unfinished.ts';

/** How an unfinished operation is brought to its end. */
export type Resumption = {
  readonly way: Way;
  /** The steps that are to be walked, if nothing fails. */
  readonly steps: readonly Step[];
  /** The state it leads to, where that is still to be recorded. */
  readonly next: State | null;
  readonly walk: (execution: Execution) => Promise<Result>;
};

/**
 * Decides how an operation is brought to its end, or says why it cannot go where it is wished to. What was begun to be
 * undone is undone, what has moved traffic is finished; only in between there is a choice.
 */
export async function prepare(
  session: Session,
  operation: OpenOperation,
  wish: 'forward' | 'back',
): Promise<Outcome<Resumption>> {
  const prepared = await choose(session, operation, wish);
  if (!prepared.ok) return prepared;
  const { steps } = prepared.value;
  // Several may be unfinished; what another one has its hands on is brought to its end first.
  await lookForUnfinished(session, needsOf({ steps, pivot: 0 }, operation.services ?? []), operation.id);
  return prepared;
}

async function choose(
  session: Session,
  operation: OpenOperation,
  wish: 'forward' | 'back',
): Promise<Outcome<Resumption>> {
  const { state, config } = session;
  const way = onlyWayOf(operation) ?? wish;
  if (wish === 'back' && way !== 'back') return refused(noWayBack(operation));
  if (way === 'clear')
    return proposed(clearing(operation, stepsToClear(operation, state, config.environment)));
  // Its containers may be in no state any more; 'cmanage heal' looks at what there is now.
  if (isMending(operation.plan) && state.revision !== operation.baseRevision)
    return proposed(clearing(operation, []));
  if (way === 'back') return proposed(undoing(operation, state));
  const isOpen = onlyWayOf(operation) === null;
  const next = nextOf(operation, state);
  if (isOpen && state.revision !== operation.baseRevision) {
    // The same command was given again, and what this one had made belongs to the state.
    if (!leavesAnything(stepsToUndo(operation, state))) return proposed(undoing(operation, state));
    // What HAProxy serves may be another thing since; the plan has its text, or none because nothing was to be served.
    if (!next || movesTraffic(operation) || !haveSameRoutes(state, next, config.environment))
      return refused(hasMoved(operation, state));
  }
  if (isOpen && next) refuseConflicts(session, state, next);
  if (!next) return refused(doesNotFit(operation));
  // What has moved traffic is recorded in any case: refusing it would not bring anything back.
  const wrong = isOpen && next !== state ? brokenRules(operation, state, next, session) : [];
  return wrong.length > 0
    ? { ok: false, violations: wrong }
    : proposed(await onward(operation, next, session));
}

function movesTraffic({ plan }: OpenOperation): boolean {
  return plan.steps.some((step) => step.kind === 'check_config' || changesBalancer(step));
}

/** The rest of its plan. */
async function onward(operation: OpenOperation, next: State, { config }: Session): Promise<Resumption> {
  const { plan } = operation;
  const begun = await settle(operation, balancersOf(config.connection));
  return {
    way: 'forward',
    steps: plan.steps.filter((step) => !begun.settled.has(step.seq)),
    next,
    walk: (execution) => execute(plan, execution, begun),
  };
}

function undoing(operation: OpenOperation, state: State): Resumption {
  const { plan } = operation;
  const what = stepsToUndo(operation, state);
  return {
    way: 'back',
    steps: undo(what.steps, plan.steps.length),
    next: null,
    walk: (execution) => goBack(what, plan, execution),
  };
}

function clearing(operation: OpenOperation, steps: readonly Step[]): Resumption {
  const begun = { settled: new Set<number>(), touched: touchedSteps(operation) };
  return {
    way: 'clear',
    steps,
    next: null,
    walk: (execution) => execute({ steps, pivot: 0 }, execution, begun),
  };
}

/** The state with its change; the state itself where it records none, and null where the change no longer fits. */
function nextOf({ plan }: OpenOperation, state: State): State | null {
  const commit = plan.steps.find((step) => step.kind === 'commit_state');
  return commit ? applyChange(state, commit.change, state.revision + 1) : state;
}

function brokenRules(
  operation: OpenOperation,
  state: State,
  next: State,
  { config }: Session,
): readonly Violation[] {
  const errors = check(state, next, config.environment).filter(({ level }) => level === 'error');
  if (state.revision === operation.baseRevision || errors.length === 0)
    return errors.map((error) => ({ ...error, remedy: `${error.remedy}, or ${undoIt(operation)}` }));
  // It is no longer right beside what others have recorded since, and mending that is not what was wanted.
  return [hasMoved(operation, state), ...errors.map((error) => ({ ...error, remedy: undoIt(operation) }))];
}

function undoIt({ id }: OpenOperation): string {
  return `undo it by 'cmanage rollback --operation ${id}'`;
}

function noWayBack(operation: OpenOperation): Violation {
  const { id, revision, services } = operation;
  const fact =
    revision === null
      ? 'traffic has moved, and some of what it replaces may be gone already, so that it can only go forward'
      : `it is recorded as revision ${revision}, and what it replaced may be gone already`;
  const service = services?.[0] ?? 'SERVICE';
  const remedy = `finish it by 'cmanage resume ${id}', and then take it back by 'cmanage rollback ${service}'`;
  return refusal('rollback', objectOf(operation), fact, remedy);
}

function hasMoved(operation: OpenOperation, { revision }: State): Violation {
  const fact = `it was checked against revision ${operation.baseRevision}, and the state is at ${revision} now`;
  return refusal('resume', objectOf(operation), fact, `${undoIt(operation)}, and give the command again`);
}

function doesNotFit(operation: OpenOperation): Violation {
  const fact = 'the state no longer has what it changes: somebody edited it';
  return refusal('resume', objectOf(operation), fact, 'restore a backup of the state database');
}

function objectOf({ id, command }: OpenOperation): string {
  return `operation ${id} (${command})`;
}
