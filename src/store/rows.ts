import type { StepStatus } from '../plan/course.ts';
import type { Plan, StepKind } from '../plan/step.ts';
import type { OperationSummary } from '../plan/summary.ts';

/** The one row that says which environment this is and how far it has come. */
export type EnvironmentRow = {
  /** A random id, made by `cmanage init`; it is on every container's labels. */
  readonly id: string;
  readonly revision: number;
  /** Goes up with every operation that begins or is taken up, so that it tells whether one has begun since it was read. */
  readonly fence: number;
  /** A random key that never leaves this database; saved plans are sealed with it. */
  readonly planKey: string;
};

/** The engine that answered for a host at first, so that a wrong or reinstalled host is noticed. */
export type HostRow = { readonly name: string; readonly engineId: string };

/**
 * `running`: begun and not ended (or its process died). `done`: the world is as asked. `undone`: it failed and the
 * state is as before. `unfinished`: it stopped half-way, and something of it is left in the world.
 */
export type OperationStatus = 'running' | 'done' | 'undone' | 'unfinished';

/** One changing command, for the journal and the history. */
export type OperationRow = {
  readonly id: number;
  readonly command: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly baseRevision: number;
  readonly fence: number;
  readonly status: OperationStatus;
  readonly plan: Plan;
  readonly message: string | null;
  /** ISO 8601, UTC; for people. The order of things is that of the sequence numbers. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** The revision of the state it led to; null where nothing of it is recorded in the state. */
  readonly revision: number | null;
  /** Which services it is about, and what it does to their stacks; null of an operation by an earlier cmanage. */
  readonly summary: OperationSummary | null;
  /** Who took it up and brought it to its end; null where nobody had to. */
  readonly finishedBy: TakenUp | null;
};

/** Who took an unfinished operation up, and how. */
export type TakenUp = { readonly actor: string; readonly command: string };

export type StepRow = {
  readonly operation: number;
  readonly seq: number;
  readonly kind: StepKind;
  readonly host: string;
  readonly object: string;
  readonly status: StepStatus;
  readonly result: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

/** A name that an operation holds; whoever holds it later has a higher fence, and this row. */
export type LockRow = { readonly name: string; readonly fence: number; readonly operation: number };

/** A name that a person has frozen: nobody begins anything that needs it. */
export type FreezeRow = {
  readonly name: string;
  readonly actor: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly reason: string;
};
