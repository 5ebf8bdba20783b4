import type { Kinds } from './kinds.ts';

/** The versions of a stack from position 0 up, as kinds. */
export type Column = readonly number[];

/** What is asked of a column: a kind at a position, or anywhere where the position is null. */
export type Need = { readonly kind: number; readonly position: number | null };

/** All that may become of one stack, if nothing but its own height and the order of its versions counted. */
export type Columns = {
  /**
   * The fewest pops, replacements and releases from a column to one that has what is needed. Infinity where none lead there, and
   * for a column that the rules surely refuse.
   */
  readonly distance: (column: Column, needs: readonly Need[]) => number;
};

export type Heights = {
  /** No pop leaves less, and no release makes more. */
  readonly floor: number;
  readonly ceiling: number;
};

/** Finds every column that one leads to, and from which others each is reached. */
export function columnsFrom(first: Column, kinds: Kinds, heights: Heights): Columns {
  const ids = new Map([[String(first), 0]]);
  const columns = [first];
  const befores: number[][] = [[]];
  // The loop also visits the columns that are added while it runs.
  for (const [id, column] of columns.entries()) {
    for (const next of nextColumns(column, kinds, heights)) {
      const text = String(next);
      const known = ids.get(text) ?? columns.length;
      if (known === columns.length) {
        ids.set(text, known);
        columns.push(next);
        befores.push([]);
      }
      befores[known]?.push(id);
    }
  }
  const tables = new Map<string, readonly number[]>();
  return {
    distance: (column, needs) => {
      const id = ids.get(String(column));
      if (id === undefined) return Infinity;
      const key = needs.map(({ kind, position }) => `${kind}@${position}`).join();
      const table = tables.get(key) ?? distancesTo(columns, befores, needs);
      tables.set(key, table);
      return table[id] ?? Infinity;
    },
  };
}

function* nextColumns(column: Column, kinds: Kinds, { floor, ceiling }: Heights): Generator<Column> {
  for (const [position, kind] of column.entries()) {
    if (column.length > floor) yield* standing(column.toSpliced(position, 1), kinds);
    for (const neighbour of [column[position - 1], column[position + 1]]) {
      if (neighbour !== undefined && neighbour !== kind)
        yield* standing(column.with(position, neighbour), kinds);
    }
  }
  const higher = [column];
  // The loop also visits the columns that are added while it runs.
  for (const lower of higher) {
    if (lower.length >= ceiling) break;
    const pushed = kinds.released.map((kind) => [...lower, kind]).filter((next) => kinds.mayStand(next));
    yield* pushed;
    higher.push(...pushed);
  }
}

function standing(column: Column, kinds: Kinds): Column[] {
  return kinds.mayStand(column) ? [column] : [];
}

/** How far each column is from those that have what is needed, found backwards from all of these at once. */
function distancesTo(
  columns: readonly Column[],
  befores: readonly (readonly number[])[],
  needs: readonly Need[],
): number[] {
  const hasAll = (column: Column): boolean =>
    needs.every(({ kind, position }) =>
      position === null ? column.includes(kind) : column[position] === kind,
    );
  const row = columns.flatMap((column, id) => (hasAll(column) ? [id] : []));
  const distances: number[] = [];
  for (const id of row) distances[id] = 0;
  // The loop also visits those that are added while it runs.
  for (const id of row) {
    for (const before of befores[id] ?? []) {
      if (distances[before] !== undefined) continue;
      distances[before] = (distances[id] ?? 0) + 1;
      row.push(before);
    }
  }
  return distances;
}
