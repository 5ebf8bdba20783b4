import type { Plan, Step, StepKind } from './step.ts';

/** How far a step has come, by the journal; `sent` and `compensating` are uncertain: their outcome was never recorded. */
export type StepStatus = 'planned' | 'sent' | 'done' | 'failed' | 'skipped' | 'compensating' | 'compensated';

/** An operation that has not come to its end, as its journal tells it. */
export type OpenOperation = {
  readonly id: number;
  readonly command: string;
  readonly actor: string;
  readonly startedAt: string;
  /** `running` until somebody who holds the lock finds that its process died. */
  readonly status: 'running' | 'unfinished';
  readonly baseRevision: number;
  /** The revision it led to; null where its change is not recorded in the state. */
  readonly revision: number | null;
  /** The services it is about; null of an operation by an earlier cmanage. */
  readonly services: readonly string[] | null;
  readonly plan: Plan;
  readonly statuses: ReadonlyMap<number, StepStatus>;
};

const touching: readonly (StepStatus | undefined)[] = ['sent', 'done', 'failed', 'compensating'];

/** The steps whose effect is there, or may be there: what was sent and was not undone to its end. */
export function touchedSteps({ plan, statuses }: OpenOperation): Step[] {
  return plan.steps.filter(({ seq }) => touching.includes(statuses.get(seq)));
}

export function isDone({ statuses }: OpenOperation, { seq }: Step): boolean {
  return statuses.get(seq) === 'done';
}

/** Whether something beyond the pivot was sent: from there it only goes forward. */
export function isPastPivot(operation: OpenOperation): boolean {
  return touchedSteps(operation).some(({ seq }) => seq > operation.plan.pivot);
}

/** Whether its way back was begun; then nothing of it goes forward any more. */
export function isBeingUndone({ statuses }: OpenOperation): boolean {
  return [...statuses.values()].some((status) => status === 'compensating' || status === 'compensated');
}

/** Whether its change is in the state, so that what is left of it is only to be cleared away. */
export function isRecorded({ revision }: OpenOperation): boolean {
  return revision !== null;
}

/**
 * How an operation is brought to its end. `forward`: the rest of its plan. `back`: what it did is undone. `clear`: its
 * change is recorded, and what that replaced is removed.
 */
export type Way = 'forward' | 'back' | 'clear';

/** The only way an operation can go; null where both are open, and whoever takes it up chooses. */
export function onlyWayOf(operation: OpenOperation): Way | null {
  if (isRecorded(operation)) return 'clear';
  if (isBeingUndone(operation)) return 'back';
  return isPastPivot(operation) ? 'forward' : null;
}

/** What a running HAProxy is told, step by step. */
const told: readonly StepKind[] = [
  ...(['add_server', 'drain_server', 'ready_server', 'remove_server'] as const),
  ...(['set_weight', 'set_map'] as const),
];

export function isTold({ kind }: Step): boolean {
  return told.includes(kind);
}

/** Whether a step changes what a load balancer serves or has on its disk. */
export function changesBalancer(step: Step): boolean {
  return isTold(step) || step.kind === 'reload' || step.kind === 'write_config';
}
