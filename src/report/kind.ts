/**
 * A kind of thing that `show` tells of, described once: tables, tab-separated text, CSV, Markdown, templates and the
 * sorting all come from its columns, JSON and YAML from its entries.
 */
export type Kind<Row> = {
  /** What one of them is called on the command line; the plural ends in s. */
  readonly name: string;
  readonly rows: readonly Row[];
  /** What a person is told where there is none; without it, just that. */
  readonly none?: string;
  /** The name it is found by; patterns are held against it. */
  readonly nameOf: (row: Row) => string;
  /** What programs get (docs/json.md, docs/schemas). */
  readonly entry: (row: Row) => unknown;
  readonly columns: readonly Column<Row>[];
  /** The stages that have something of a row; without it the kind has nothing to do with stages. */
  readonly stagesOf?: (row: Row) => readonly string[];
  /** The hosts that have something of a row; without it the kind has nothing to do with hosts. */
  readonly hostsOf?: (row: Row) => readonly string[];
};

/** What stands in a cell. Null is a hyphen for people, and nothing for programs. */
export type Value = string | number | null;

/** How a cell is to strike the eye on a terminal with colours. */
export type Tone = 'good' | 'attention' | 'bad' | 'faint';

export type Column<Row> = {
  /** What `--columns`, `--sort`, templates and the head of CSV call it. */
  readonly name: string;
  readonly heading: string;
  readonly value: (row: Row) => Value;
  /** How people read it, where that is not its value. */
  readonly text?: (row: Row) => string;
  /**
   * Where it stands unless `--columns` says otherwise; without it, everywhere. `screen`: in tables and Markdown where some row has a
   * value, and not in a pipe, whose columns scripts count. `pipe`: the other way round. `asked`: only where it is asked for. A function:
   * where it is true of some row. CSV has all of them.
   */
  readonly shown?: 'screen' | 'pipe' | 'asked' | ((row: Row) => boolean);
  /** Where a terminal is too narrow, the column of the highest rank is left out first; one without a rank stays, and is wrapped. */
  readonly rank?: number;
  /** Of long texts and lists: the width to which it is wrapped before any column is left out. Without it, it is wrapped only then. */
  readonly wraps?: number;
  readonly tone?: (row: Row) => Tone | null;
};

/** What is asked of a kind: which rows, in which order, and which columns. Null leaves it to the kind. */
export type Asked = {
  readonly pattern: string | null;
  readonly stage: string | null;
  readonly host: string | null;
  /** Names of columns, each with a hyphen before it where the order is to be the other way round. */
  readonly sort: readonly string[] | null;
  readonly columns: readonly string[] | null;
};

/** A kind that does not repeat on a screen what stands above it there already. */
export function withoutOnScreen<Row>(kind: Kind<Row>, name: string): Kind<Row> {
  const columns = kind.columns.map((column) =>
    column.name === name ? { ...column, shown: 'pipe' as const } : column,
  );
  return { ...kind, columns };
}

export const nothingAsked: Asked = { pattern: null, stage: null, host: null, sort: null, columns: null };
