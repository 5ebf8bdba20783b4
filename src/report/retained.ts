import { ownersOf, stacksOf } from '../model/lookup.ts';
import { retainedOf, type Retention } from '../model/retention.ts';
import type { Retained, Service, State } from '../model/state.ts';
import type { StatusOf } from './inventory.ts';

/** What is retained of a service, stack by stack, the one that is kept longest first. */
export function retainedOfService(state: State, service: string): readonly Retained[] {
  return stacksOf(state, service).flatMap((stack) => retainedOf(state, stack.name));
}

export function retainedEntry(state: State, row: Retained, statusOf: StatusOf): object {
  const { name, version, digest, hostPort, links, warm, since, retainedAt } = row;
  const { stack, service } = ownersOf(state, row);
  return {
    ...{ name, version, digest, warm, status: statusOf(row) },
    ...{ service: service.name, stack: stack.name, host: stack.host, port: hostPort, links },
    ...{ revision: since, since: timeText(retainedAt), until: untilOf(row, service.retention) },
  };
}

/** Which popped containers a service keeps, for example `the last 2` or `for 2h, warm`. */
export function retentionText({ retention }: Service): string {
  if (retention === null) return '-';
  const { by, limit, warm } = retention;
  return `${by === 'count' ? `the last ${limit}` : `for ${durationText(limit)}`}${warm ? ', warm' : ''}`;
}

/** When its time is over; null where none is set, and it stays until newer ones take its place. */
export function untilOf({ retainedAt }: Retained, retention: Retention | null): string | null {
  return retention?.by === 'seconds' ? timeText(retainedAt + retention.limit * 1000) : null;
}

/** A moment (milliseconds since 1970, UTC) in ISO 8601. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function durationText(seconds: number): string {
  const units: readonly [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ];
  const [unit, length] = units.find(([, length]) => seconds % length === 0) ?? ['s', 1];
  return `${seconds / length}${unit}`;
}
