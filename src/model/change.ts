import { canonicalText } from './canonical.ts';
import { stackNamed } from './lookup.ts';
import type { Container, Edge, Endpoint, External, Retained, Service, Stack, State } from './state.ts';

/** The difference of two states, row by row. A row that changes is in both lists, as it was and as it will be. */
export type StateChange = {
  readonly services: RowChange<Service>;
  readonly stacks: RowChange<Stack>;
  readonly containers: RowChange<Container>;
  readonly endpoints: RowChange<Endpoint>;
  readonly edges: RowChange<Edge>;
  readonly externals: RowChange<External>;
  readonly retained: RowChange<Retained>;
};

export type RowChange<Row> = { readonly removed: readonly Row[]; readonly added: readonly Row[] };

export type Table = keyof StateChange;

export type RowOf<T extends Table> = State[T][number];

/** The tables of a state, each after those its rows point at. */
export const stateTables = [
  ...(['services', 'externals', 'stacks', 'containers'] as const),
  ...(['endpoints', 'edges', 'retained'] as const),
] as const;

/** What tells a row from all others of its table. */
export function keyOf(row: { readonly name: string } | Edge): string {
  return 'name' in row ? row.name : `${row.endpoint} ${row.parent} ${row.child}`;
}

/** The rows by which two states differ. Rows that an action left alone are the same objects, which makes this quick. */
export function changeBetween(before: State, next: State): StateChange {
  return {
    services: rowChange(before.services, next.services),
    stacks: rowChange(before.stacks, next.stacks),
    containers: rowChange(before.containers, next.containers),
    endpoints: rowChange(before.endpoints, next.endpoints),
    edges: rowChange(before.edges, next.edges),
    externals: rowChange(before.externals, next.externals),
    retained: rowChange(before.retained, next.retained),
  };
}

function rowChange<Row extends object>(before: readonly Row[], next: readonly Row[]): RowChange<Row> {
  if (before === next) return { removed: [], added: [] };
  const [old, wanted] = [new Set(before), new Set(next)];
  const removed = before.filter((row) => !wanted.has(row));
  const added = next.filter((row) => !old.has(row));
  const [gone, come] = [new Set(removed.map(canonicalText)), new Set(added.map(canonicalText))];
  return {
    removed: removed.filter((row) => !come.has(canonicalText(row))),
    added: added.filter((row) => !gone.has(canonicalText(row))),
  };
}

export function isEmptyChange(change: StateChange): boolean {
  return stateTables.every((table) => change[table].removed.length + change[table].added.length === 0);
}

/** The change that leads back. */
export function invertChange(change: StateChange): StateChange {
  const invert = <Row>({ removed, added }: RowChange<Row>): RowChange<Row> => ({
    removed: added,
    added: removed,
  });
  return {
    services: invert(change.services),
    stacks: invert(change.stacks),
    containers: invert(change.containers),
    endpoints: invert(change.endpoints),
    edges: invert(change.edges),
    externals: invert(change.externals),
    retained: invert(change.retained),
  };
}

/**
 * The state after a change. Every row the change removes must be there as the change knew it, and no row it adds may
 * be there already; otherwise the state is another one than the change was made for, and there is no answer (null).
 */
export function applyChange(state: State, change: StateChange, revision: number): State | null {
  const services = applyRows(state.services, change.services);
  const stacks = applyRows(state.stacks, change.stacks);
  const containers = applyRows(state.containers, change.containers);
  const endpoints = applyRows(state.endpoints, change.endpoints);
  const edges = applyRows(state.edges, change.edges);
  const externals = applyRows(state.externals, change.externals);
  const retained = applyRows(state.retained, change.retained);
  return services && stacks && containers && endpoints && edges && externals && retained
    ? { revision, services, stacks, containers, endpoints, edges, externals, retained }
    : null;
}

function applyRows<Row extends { readonly name: string } | Edge>(
  rows: readonly Row[],
  { removed, added }: RowChange<Row>,
): readonly Row[] | null {
  if (removed.length + added.length === 0) return rows;
  const known = new Map(rows.map((row) => [keyOf(row), row]));
  for (const row of removed) {
    const found = known.get(keyOf(row));
    if (!found || canonicalText(found) !== canonicalText(row)) return null;
    known.delete(keyOf(row));
  }
  if (added.some((row) => known.has(keyOf(row)))) return null;
  const coming = new Map(added.map((row) => [keyOf(row), row]));
  // A row that changes keeps its place, so that the lists stay in their order.
  const kept = rows.flatMap((row) => {
    const key = keyOf(row);
    const replacement = coming.get(key);
    coming.delete(key);
    return replacement ?? known.get(key) ?? [];
  });
  return [...kept, ...coming.values()];
}

/**
 * The services whose rows, stacks, containers (retained ones too), endpoints or relations differ between two states; external services
 * that differ, and those that call them.
 */
export function touchedServices(change: StateChange, before: State, next: State): Set<string> {
  const rows = <Row>({ removed, added }: RowChange<Row>): Row[] => [...removed, ...added];
  const callers = (names: ReadonlySet<string>): string[] =>
    [...before.edges, ...next.edges].filter(({ child }) => names.has(child)).map(({ parent }) => parent);
  const externals = rows(change.externals).map((external) => external.name);
  const ownerOf = ({ stack }: Container): string =>
    (stackNamed(next, stack) ?? stackNamed(before, stack))?.service ?? '';
  return new Set([
    ...rows(change.services).map((service) => service.name),
    ...rows(change.stacks).map((stack) => stack.service),
    ...rows(change.containers).map(ownerOf),
    ...rows(change.retained).map(ownerOf),
    ...rows(change.endpoints).map((endpoint) => endpoint.service),
    ...rows(change.edges).flatMap(({ parent, child }) => [parent, child]),
    ...externals,
    ...callers(new Set(externals)),
  ]);
}
