import type { Container, Edge, Endpoint, External, Retained, Service, Stack, State } from './state.ts';

/** The rows of a state by what they are looked up by. Every list is in its stable order. */
export type StateIndex = {
  readonly services: ReadonlyMap<string, Service>;
  readonly stacks: ReadonlyMap<string, Stack>;
  readonly containers: ReadonlyMap<string, Container>;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Oldest stack first. */
  readonly stacksByService: ReadonlyMap<string, readonly Stack[]>;
  /** From position 0 up. */
  readonly containersByStack: ReadonlyMap<string, readonly Container[]>;
  readonly containersByHost: ReadonlyMap<string, readonly Container[]>;
  /** By pointer, then by name. */
  readonly endpointsByService: ReadonlyMap<string, readonly Endpoint[]>;
  /** By parent, then by child. */
  readonly edgesByEndpoint: ReadonlyMap<string, readonly Edge[]>;
  /** By child. */
  readonly edgesByParent: ReadonlyMap<string, readonly Edge[]>;
  readonly externals: ReadonlyMap<string, External>;
  readonly retained: ReadonlyMap<string, Retained>;
  /** Kept longest first. */
  readonly retainedByStack: ReadonlyMap<string, readonly Retained[]>;
  readonly retainedByHost: ReadonlyMap<string, readonly Retained[]>;
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

/** Each part of the index is made when it is first asked for: most actions ask for one or two. */
function makeIndex(state: State): StateIndex {
  const { services, stacks, containers, endpoints, edges, externals, retained } = state;
  const hostOf = ({ stack }: Container): string => index.stacks.get(stack)?.host ?? '';
  const makers: Makers = {
    services: () => byName(services),
    stacks: () => byName(stacks),
    containers: () => byName(containers),
    endpoints: () => byName(endpoints),
    stacksByService: () => inOrderOfMaking(grouped(stacks, (stack) => stack.service)),
    containersByStack: () => grouped(sorted(containers, byPosition), (container) => container.stack),
    containersByHost: () => grouped(containers, hostOf),
    endpointsByService: () => grouped(sorted(endpoints, byPointer), (endpoint) => endpoint.service),
    edgesByEndpoint: () => grouped(sorted(edges, byRelation), (edge) => edge.endpoint),
    edgesByParent: () => grouped(sorted(edges, byRelation), (edge) => edge.parent),
    externals: () => byName(externals),
    retained: () => byName(retained),
    retainedByStack: () => grouped(sorted(retained, byAge), (container) => container.stack),
    retainedByHost: () => grouped(retained, hostOf),
  };
  const index = {} as StateIndex;
  for (const [name, make] of Object.entries(makers)) defineOnce(index, name, make);
  return index;
}

type Makers = { readonly [Part in keyof StateIndex]: () => StateIndex[Part] };

/** A property that is made when it is first read, and then stays. */
function defineOnce(index: object, name: string, make: () => unknown): void {
  const get = (): unknown => {
    const value = make();
    Object.defineProperty(index, name, { value });
    return value;
  };
  Object.defineProperty(index, name, { get, configurable: true });
}

type Order<Row> = (a: Row, b: Row) => number;

function sorted<Row>(rows: readonly Row[], order: Order<Row>): Row[] {
  return [...rows].sort(order);
}

const byPosition: Order<Container> = (a, b) => a.position - b.position;
/** Of those that were kept at once, the one made last is the newest. */
const byAge: Order<Retained> = (a, b) => a.since - b.since || numberIn(a.name) - numberIn(b.name);
const byPointer: Order<Endpoint> = (a, b) => a.pointer - b.pointer || compare(a.name, b.name);
const byRelation: Order<Edge> = (a, b) => compare(a.parent, b.parent) || compare(a.child, b.child);

/** Stacks of a service by the number at the end of their names, which is the order in which they were made. */
function inOrderOfMaking(groups: Map<string, Stack[]>): Map<string, Stack[]> {
  for (const stacks of groups.values()) {
    if (stacks.length > 1) stacks.sort((a, b) => numberIn(a.name) - numberIn(b.name));
  }
  return groups;
}

function numberIn(name: string): number {
  return Number(/(\d+)$/.exec(name)?.[1] ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
