import { canonicalText } from './canonical.ts';
import { keyOf, type RowChange, type RowOf, type StateChange, type Table } from './change.ts';
import type { Edge, State } from './state.ts';

/** A state on its way back through the journal: change after change is taken back, the newest first. */
export type Past = {
  /** Takes one change back; false where the rows it made are not there as it made them. Then the past is of no more use. */
  readonly takeBack: (change: StateChange) => boolean;
  /** The state as it was before the last change that was taken back. */
  readonly state: () => State;
};

type Rows = { readonly [T in Table]: Map<string, RowOf<T>> };

/**
 * Begins at a state. Each change costs what it changed, and not what there is: a thousand changes of a state with
 * 60,000 rows are taken back in a moment.
 */
export function pastOf(state: State): Past {
  const rows: Rows = {
    services: byKey(state.services),
    stacks: byKey(state.stacks),
    containers: byKey(state.containers),
    endpoints: byKey(state.endpoints),
    edges: byKey(state.edges),
    externals: byKey(state.externals),
    retained: byKey(state.retained),
  };
  let { revision } = state;
  return {
    takeBack: (change) => {
      revision -= 1;
      return (
        takeRowsBack(rows.services, change.services) &&
        takeRowsBack(rows.stacks, change.stacks) &&
        takeRowsBack(rows.containers, change.containers) &&
        takeRowsBack(rows.endpoints, change.endpoints) &&
        takeRowsBack(rows.edges, change.edges) &&
        takeRowsBack(rows.externals, change.externals) &&
        takeRowsBack(rows.retained, change.retained)
      );
    },
    state: () => ({
      revision,
      services: [...rows.services.values()],
      stacks: [...rows.stacks.values()],
      containers: [...rows.containers.values()],
      endpoints: [...rows.endpoints.values()],
      edges: [...rows.edges.values()],
      externals: [...rows.externals.values()],
      retained: [...rows.retained.values()],
    }),
  };
}

type Keyed = { readonly name: string } | Edge;

function byKey<Row extends Keyed>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** What the change added goes, what it removed comes; a row that it changed is in both lists. */
function takeRowsBack<Row extends Keyed>(
  rows: Map<string, Row>,
  { removed, added }: RowChange<Row>,
): boolean {
  for (const row of added) {
    const found = rows.get(keyOf(row));
    if (!found || canonicalText(found) !== canonicalText(row)) return false;
    rows.delete(keyOf(row));
  }
  for (const row of removed) {
    if (rows.has(keyOf(row))) return false;
    rows.set(keyOf(row), row);
  }
  return true;
}
