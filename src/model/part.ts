import { keyOf, stateTables, type RowOf, type Table } from './change.ts';
import { canonicalText } from './canonical.ts';
import { ownersOf } from './lookup.ts';
import type { External, State } from './state.ts';
import { reachedBy } from './trees.ts';

/** The rows of a state that belong to some services: what a plan for them saw, and must find again. */
export type Part = { readonly [T in Table]: readonly RowOf<T>[] };

/** All rows of the services named, external ones too: their own, and every tree that has one of them with its endpoint. */
export function partOf(state: State, names: ReadonlySet<string>): Part {
  const trees = new Set([
    ...state.endpoints
      .filter((endpoint) => [...reachedBy(state, endpoint).keys()].some((service) => names.has(service)))
      .map((endpoint) => endpoint.name),
    ...state.edges.filter((edge) => names.has(edge.child)).map((edge) => edge.endpoint),
  ]);
  return {
    services: state.services.filter((service) => names.has(service.name)),
    stacks: state.stacks.filter((stack) => names.has(stack.service)),
    containers: state.containers.filter((row) => names.has(ownersOf(state, row).service.name)),
    endpoints: state.endpoints.filter((endpoint) => trees.has(endpoint.name)),
    edges: state.edges.filter((edge) => trees.has(edge.endpoint)),
    externals: externalsIn(state, trees, names),
    retained: state.retained.filter((row) => names.has(ownersOf(state, row).service.name)),
  };
}

/** The external services that are named, those of some trees, and those that some services use. */
function externalsIn(
  { services, edges, externals }: State,
  trees: ReadonlySet<string>,
  names: ReadonlySet<string>,
): External[] {
  const used = services.filter(({ name }) => names.has(name)).flatMap(({ traffic }) => traffic.uses);
  const called = edges.filter((edge) => trees.has(edge.endpoint)).map((edge) => edge.child);
  const wanted = new Set([...names, ...used, ...called]);
  return externals.filter((external) => wanted.has(external.name));
}

/** In which rows two views of the same part differ, a phrase for each. */
export function differencesOf(saw: Part, now: Part): string[] {
  return stateTables.flatMap((table) => {
    // What an earlier cmanage has saved lacks the tables that were added since.
    const [old, current] = [textsOf((saw as Partial<Part>)[table] ?? []), textsOf(now[table])];
    const kind = {
      ...{ services: 'service', stacks: 'stack', containers: 'container', endpoints: 'endpoint' },
      externals: 'external service',
      retained: 'retained container',
    };
    const name = (key: string): string =>
      table === 'edges'
        ? `the relation ${key.split(' ').slice(1).join(' to ')} in the tree of ${key.split(' ')[0] ?? ''}`
        : `${kind[table]} ${key}`;
    return [
      ...[...old.keys()].filter((key) => !current.has(key)).map((key) => `${name(key)} is gone`),
      ...[...current.keys()].filter((key) => !old.has(key)).map((key) => `${name(key)} is new`),
      ...[...current]
        .filter(([key, text]) => (old.get(key) ?? text) !== text)
        .map(([key]) => `${name(key)} has changed`),
    ];
  });
}

function textsOf(rows: readonly RowOf<Table>[]): Map<string, string> {
  return new Map(rows.map((row) => [keyOf(row), canonicalText(row)]));
}
