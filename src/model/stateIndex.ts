import type { Container, Endpoint, Service, Stack, State } from './state.ts';

/** The rows of a state by what they are looked up by. Every list is in its stable order. */
export type StateIndex = {
  readonly services: ReadonlyMap<string, Service>;
  readonly stacks: ReadonlyMap<string, Stack>;
  /** Oldest stack first. */
  readonly stacksByService: ReadonlyMap<string, readonly Stack[]>;
  /** From position 0 up. */
  readonly containersByStack: ReadonlyMap<string, readonly Container[]>;
  readonly containersByHost: ReadonlyMap<string, readonly Container[]>;
  /** By pointer, then by name. */
  readonly endpointsByService: ReadonlyMap<string, readonly Endpoint[]>;
};

const indexes = new WeakMap<State, StateIndex>();

/** A state never changes, so its index is made when it is first asked for, and once. */
export function indexOf(state: State): StateIndex {
  const known = indexes.get(state);
  if (known) return known;
  const index = makeIndex(state);
  indexes.set(state, index);
  return index;
}

function makeIndex({ services, stacks, containers, endpoints }: State): StateIndex {
  const stackByName = byName(stacks);
  const sorted = [...containers].sort((a, b) => a.position - b.position);
  return {
    services: byName(services),
    stacks: stackByName,
    stacksByService: grouped(
      [...stacks].sort((a, b) => numberIn(a.name) - numberIn(b.name)),
      (stack) => stack.service,
    ),
    containersByStack: grouped(sorted, (container) => container.stack),
    containersByHost: grouped(containers, (container) => stackByName.get(container.stack)?.host ?? ''),
    endpointsByService: grouped(
      [...endpoints].sort((a, b) => a.pointer - b.pointer || (a.name < b.name ? -1 : 1)),
      (endpoint) => endpoint.service,
    ),
  };
}

function byName<Row extends { readonly name: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.name, row]));
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** The number at the end of a name, by which stacks are in the order in which they were made. */
function numberIn(name: string): number {
  return Number(/(\d+)$/.exec(name)?.[1] ?? 0);
}
