import { UserError } from '../model/errors.ts';
import { insteadOf } from '../model/nearest.ts';
import { isPattern, matchesPattern } from '../model/rules.ts';
import type { Asked, Column, Kind, Value } from './kind.ts';
import { oneLine } from './printable.ts';
import type { KindSheet } from './sheetLayout.ts';
import { fillTemplate, type RowTemplate } from './rowTemplate.ts';

/** For whom columns are chosen: people at a screen, text in a pipe, or a file that has all of them. */
export type Audience = 'screen' | 'pipe' | 'file';

/** The rows of a kind that were asked for, in their order, ready for every format. */
export type Listing = {
  readonly name: string;
  readonly count: number;
  /** What a person is told where there is no row. */
  readonly none: string;
  readonly names: () => string[];
  /** The rows as they stand in JSON: nested entries, or flat ones of the columns that were asked for. */
  readonly entries: () => unknown[];
  readonly sheet: (audience: Audience) => KindSheet;
  /** A line for each row. */
  readonly lines: (template: RowTemplate) => string[];
};

/** Chooses, sorts and prepares. What is asked that the kind does not have is a UserError. */
export function listingOf<Row>(kind: Kind<Row>, asked: Asked): Listing {
  const rows = sorted(kind, chosen(kind, asked), asked.sort ?? []);
  const wanted = asked.columns?.map((name) => columnNamed(kind, name)) ?? null;
  return {
    name: kind.name,
    count: rows.length,
    none: kind.rows.length > 0 ? noneAsked(kind, asked) : (kind.none ?? `There is no ${kind.name}.`),
    names: () => rows.map(kind.nameOf),
    entries: () => rows.map((row) => (wanted ? flat(wanted, row) : kind.entry(row))),
    sheet: (audience) => sheetOf(wanted ?? usualColumns(kind, rows, audience), rows, wanted !== null),
    lines: (template) => rows.map(fillTemplate(template, kind)),
  };
}

/** That there are some, and that none of them is what was asked for. */
function noneAsked<Row>({ name, rows }: Kind<Row>, { pattern, stage, host }: Asked): string {
  const asked = [
    ...(pattern === null ? [] : [`is named ${pattern}`]),
    ...(stage === null ? [] : [`has something at stage ${stage}`]),
    ...(host === null ? [] : [`has something on host ${host}`]),
  ];
  return `Of ${rows.length} ${name}${rows.length === 1 ? '' : 's'} none ${asked.join(' and ')}.`;
}

/** Those whose name matches and that have something at the stage and on the host. A name that is there is no mistake, even if nothing of it is there. */
function chosen<Row>(kind: Kind<Row>, { pattern, stage, host }: Asked): readonly Row[] {
  const { name, nameOf, stagesOf, hostsOf } = kind;
  const found =
    pattern === null ? kind.rows : kind.rows.filter((row) => matchesPattern(pattern, nameOf(row)));
  if (pattern !== null && found.length === 0 && !isPattern(pattern)) {
    const remedy = insteadOf(pattern, kind.rows.map(nameOf), `see 'cmanage show ${name}s'`);
    throw new UserError(`there is no ${name} ${pattern}: ${remedy}`);
  }
  return having(having(found, name, 'stage', stage, stagesOf), name, 'host', host, hostsOf);
}

function having<Row>(
  rows: readonly Row[],
  kind: string,
  what: 'stage' | 'host',
  pattern: string | null,
  valuesOf: ((row: Row) => readonly string[]) | undefined,
): readonly Row[] {
  if (pattern === null) return rows;
  if (!valuesOf) throw new UserError(`${kind}s are at no ${what}: leave --${what} out`);
  return rows.filter((row) => valuesOf(row).some((value) => matchesPattern(pattern, value)));
}

function columnNamed<Row>({ name, columns }: Kind<Row>, wanted: string): Column<Row> {
  const column = columns.find((candidate) => candidate.name === wanted);
  if (column) return column;
  const known = columns.map((candidate) => candidate.name);
  const remedy = insteadOf(wanted, known, `there are ${known.join(', ')}`);
  throw new UserError(`${name}s have no column ${wanted}: ${remedy}`);
}

/** Numbers by their size, texts as people count (v0.9 before v0.10); what has no value comes last either way. */
function compareValues(a: Value, b: Value, direction: 1 | -1, collator: Intl.Collator): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'number' && typeof b === 'number') return (a - b) * direction;
  return collator.compare(String(a), String(b)) * direction;
}

function sorted<Row>(kind: Kind<Row>, rows: readonly Row[], orders: readonly string[]): readonly Row[] {
  const keys = orders.map((order) => ({
    column: columnNamed(kind, order.replace(/^-/, '')),
    direction: order.startsWith('-') ? (-1 as const) : (1 as const),
  }));
  if (keys.length === 0) return rows;
  // Made here and not for everybody: the first one of a process takes 30 ms.
  const collator = new Intl.Collator('en', { numeric: true });
  const valued = rows.map((row) => ({ row, values: keys.map(({ column }) => column.value(row)) }));
  valued.sort((a, b) => {
    for (const [index, { direction }] of keys.entries()) {
      const order = compareValues(a.values[index] ?? null, b.values[index] ?? null, direction, collator);
      if (order !== 0) return order;
    }
    return 0;
  });
  return valued.map(({ row }) => row);
}

function usualColumns<Row>(
  { columns }: Kind<Row>,
  rows: readonly Row[],
  audience: Audience,
): readonly Column<Row>[] {
  return columns.filter(({ shown, value }) => {
    if (shown === undefined) return true;
    if (shown === 'asked') return audience === 'file';
    if (shown === 'pipe') return audience !== 'screen';
    // A file has the same columns whatever stands in it, so that what reads it need not look.
    if (audience === 'file') return true;
    if (shown === 'screen') return audience === 'screen' && rows.some((row) => value(row) !== null);
    return rows.some(shown);
  });
}

/** Columns that somebody has asked for all stay, however narrow the terminal is. */
function sheetOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], isFixed: boolean): KindSheet {
  const values = rows.map((row) => columns.map((column) => column.value(row)));
  return {
    head: columns.map(({ heading }) => heading),
    rows: rows.map((row, index) =>
      columns.map(({ text }, place) => {
        const value = values[index]?.[place] ?? null;
        return value === null ? '-' : oneLine(text?.(row) ?? String(value));
      }),
    ),
    values,
    isNumber: columns.map((_, place) => values.some((cells) => typeof cells[place] === 'number')),
    names: columns.map(({ name }) => name),
    ranks: columns.map(({ rank }) => (isFixed ? undefined : rank)),
    wraps: columns.map(({ wraps }) => wraps),
    toneAt: (row, column) => {
      const at = rows[row];
      return at === undefined ? null : (columns[column]?.tone?.(at) ?? null);
    },
  };
}

function flat<Row>(columns: readonly Column<Row>[], row: Row): Record<string, Value> {
  return Object.fromEntries(columns.map(({ name, value }) => [name, value(row)]));
}
