import { onlyWayOf, type OpenOperation, type StepStatus, type Way } from '../plan/course.ts';

/** An operation that has not come to its end, as programs get it (docs/json.md). */
export type OpenEntry = {
  readonly id: number;
  readonly startedAt: string;
  readonly actor: string;
  readonly command: string;
  /** Whether it may be under way now; otherwise it waits for somebody to take it up. */
  readonly underWay: boolean;
  /** The only way that is left to it; null where it can go forward and back. */
  readonly way: Way | null;
  readonly done: number;
  readonly steps: number;
  readonly services: readonly string[] | null;
};

export function openEntry(operation: OpenOperation, underWay: boolean): OpenEntry {
  const { id, startedAt, actor, command, services, plan, statuses } = operation;
  const done = [...statuses.values()].filter((status) => status === 'done').length;
  const way = onlyWayOf(operation);
  return { id, startedAt, actor, command, underWay, way, done, steps: plan.steps.length, services };
}

const standing: Record<Way | 'open', string> = {
  open: 'before traffic moved',
  forward: 'traffic has moved',
  back: 'being undone',
  clear: 'recorded, not cleared away',
};

/** How many of its steps are done. */
export function doneText({ done, steps }: OpenEntry): string {
  return `${done} of ${steps} steps`;
}

/** How far it has come, in words. */
export function standingOf({ way }: OpenEntry): string {
  return standing[way ?? 'open'];
}

/** What brings it to its end. */
export function typeFor({ id, way, underWay }: OpenEntry): string {
  if (underWay) return 'nothing: it may be under way';
  const forward = `cmanage resume ${id}`;
  return way === null ? `${forward}, or cmanage rollback --operation ${id}` : forward;
}

/** A step of an operation, as the journal has it. */
export type StepEntry = {
  readonly seq: number;
  readonly kind: string;
  readonly host: string;
  readonly object: string;
  readonly status: StepStatus;
  readonly result: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

/** Seconds to the millisecond; null where one of them is missing, or the clock was set back in between. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null || to < from) return null;
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
