import { containersOn, serviceNamed, stackNamed } from './lookup.ts';
import type { Container, Retained, State } from './state.ts';
import { indexOf } from './stateIndex.ts';

/** Which popped containers of a service are kept, in each of its stacks, so that a rollback starts the very same again. */
export type Retention = {
  /** `count`: the last `limit` of them. `seconds`: each for as long. */
  readonly by: 'count' | 'seconds';
  readonly limit: number;
  /** Whether they run on, and need no start and no warm-up, or are stopped. */
  readonly warm: boolean;
};

/** The retained containers of a stack, the one that is kept longest first. */
export function retainedOf(state: State, stack: string): readonly Retained[] {
  return indexOf(state).retainedByStack.get(stack) ?? [];
}

export function retainedNamed(state: State, name: string): Retained | undefined {
  return indexOf(state).retained.get(name);
}

/** Everything of ours that takes a name and a port on a host: its containers, and what is retained of them. */
export function standingOn(state: State, host: string): readonly Container[] {
  return [...containersOn(state, host), ...(indexOf(state).retainedByHost.get(host) ?? [])];
}

/** Everything of ours that runs on a host: its containers, and what is retained warm. */
export function runningOn(state: State, host: string): readonly Container[] {
  const retained = indexOf(state).retainedByHost.get(host) ?? [];
  return [...containersOn(state, host), ...retained.filter(({ warm }) => warm)];
}

/** The retained containers that their service's setting no longer keeps at a time, in milliseconds since 1970. */
export function expiredAt(state: State, now: number): Retained[] {
  return [...indexOf(state).retainedByStack].flatMap(([stack, rows]) => {
    const retention = serviceNamed(state, stackNamed(state, stack)?.service ?? '')?.retention ?? null;
    if (retention === null) return rows;
    const { by, limit } = retention;
    if (by === 'seconds') return rows.filter(({ retainedAt }) => retainedAt + limit * 1000 <= now);
    return rows.slice(0, Math.max(0, rows.length - limit));
  });
}

/** A container, retained or not, as one of a stack at a position. */
export function asContainer(row: Container, position: number): Container {
  const { name, stack, version, digest, created, hostPort, links } = row;
  return { name, stack, position, version, digest, created, hostPort, links };
}
