import Table from 'cli-table3';
import type { ChalkInstance } from 'chalk';
import type { Tone, Value } from './kind.ts';
import { gap, lineByLine, noBorders, type Sheet } from './table.ts';
import { fitColumns, narrowed, widthOf, wrapText } from './wrap.ts';

/** A sheet that knows its columns, so that it can be laid out for any width. What would be obeyed by a terminal is escaped in it. */
export type KindSheet = Sheet & {
  readonly names: readonly string[];
  readonly values: readonly (readonly Value[])[];
  /** The columns of numbers, which stand to the right. */
  readonly isNumber: readonly boolean[];
  /** The columns of the highest rank are left out first; those without one stay. */
  readonly ranks: readonly (number | undefined)[];
  /** The widths to which columns are wrapped before others are left out; those without one are not. */
  readonly wraps: readonly (number | undefined)[];
  readonly toneAt: (row: number, column: number) => Tone | null;
};

/** Rows that are laid out at once: about a page, so that the first one waits for nothing that it does not show. */
const chunk = 50;

/**
 * A table for a terminal of so many columns, piece by piece, so that the first page does not wait for the last one. Where it does
 * not fit, long texts are wrapped and the borders go, then the columns by their ranks, and then all that stays is wrapped. Returns
 * the names of the columns that were left out.
 */
export function* tableChunks(
  sheet: KindSheet,
  columns: number,
  colour: ChalkInstance,
  mayHaveBorders = true,
): Generator<string, readonly string[]> {
  const { rows } = sheet;
  const layout = layoutOf(sheet, columns, mayHaveBorders);
  const [first] = layout.columns;
  const tones: Record<Tone, (text: string) => string> = {
    ...{ good: colour.green, attention: colour.yellow, bad: colour.red, faint: colour.dim },
  };
  const cellAt = (row: number, column: number, width: number): string => {
    const tone = sheet.toneAt(row, column);
    const cell = rows[row]?.[column] ?? '';
    // Without borders, a name that goes on below must not look like another row.
    const text = column === first && !layout.isBordered ? hanging(cell, width) : wrapText(cell, width);
    return tone === null ? text : lineByLine(text, tones[tone]);
  };
  for (let from = 0; from === 0 || from < rows.length; from += chunk) {
    const cells = rows
      .slice(from, from + chunk)
      .map((_, index) =>
        layout.columns.map((column, place) => cellAt(from + index, column, layout.widths[place] ?? 0)),
      );
    const isLast = from + chunk >= rows.length;
    yield drawn(layout, headOf(sheet, layout, colour), cells, { isFirst: from === 0, isLast });
  }
  return sheet.names.filter((_, column) => !layout.columns.includes(column));
}

/** One row as lines of headings and values, for a terminal of so many columns; what it has nothing of is left out. */
export function cardText(sheet: KindSheet, columns: number, colour: ChalkInstance): string {
  const cells = sheet.rows[0] ?? [];
  const width = Math.max(...sheet.head.map(widthOf)) + gap;
  const lines = sheet.head.flatMap((heading, column) => {
    if (sheet.values[0]?.[column] === null) return [];
    const [first = '', ...others] = wrapText(cells[column] ?? '', Math.max(20, columns - width)).split('\n');
    return [
      `${colour.dim(heading)}${' '.repeat(width - widthOf(heading))}${first}`,
      ...others.map((line) => `${' '.repeat(width)}${line}`),
    ];
  });
  return lines.join('\n');
}

/** Wrapped, with what follows the first line indented. */
function hanging(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const [first = '', ...others] = wrapText(text, width).split('\n');
  if (others.length === 0) return first;
  const indent = '  ';
  const below = wrapText(text.slice(first.length).trimStart(), width - indent.length).split('\n');
  return [first, ...below.map((line) => `${indent}${line}`)].join('\n');
}

type Layout = {
  /** The columns that are shown, by their numbers. */
  readonly columns: readonly number[];
  readonly widths: readonly number[];
  readonly isBordered: boolean;
};

function layoutOf(
  { head, rows, ranks, wraps }: KindSheet,
  available: number,
  mayHaveBorders: boolean,
): Layout {
  const widths = head.map((text, column) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(text)),
  );
  let columns = head.map((_, column) => column);
  for (;;) {
    const own = columns.map((column) => widths[column] ?? 0);
    const width = sum(own);
    // With borders, each column has a blank on both sides and a line on its left; the last one has a line on its right.
    const inBorders = available - 3 * own.length - 1;
    if (mayHaveBorders && width <= inBorders) return { columns, widths: own, isBordered: true };
    const room = available - gap * (own.length - 1);
    if (width <= room) return { columns, widths: own, isBordered: false };
    const floors = columns.map((column, place) => {
      const comfort = wraps[column];
      return comfort === undefined ? (own[place] ?? 0) : Math.max(comfort, longestWord(rows, column));
    });
    for (const isBordered of mayHaveBorders ? [true, false] : [false]) {
      const space = isBordered ? inBorders : room;
      const fitted = narrowed(own, space, floors);
      if (sum(fitted) <= space) return { columns, widths: fitted, isBordered };
    }
    const highest = Math.max(...columns.map((column) => ranks[column] ?? 0));
    if (highest === 0) {
      const words = columns.map((column) => longestWord(rows, column));
      return { columns, widths: fitColumns(own, room, words), isBordered: false };
    }
    const last = columns.findLast((column) => ranks[column] === highest);
    columns = columns.filter((column) => column !== last);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}

function longestWord(rows: readonly (readonly string[])[], column: number): number {
  const words = rows.flatMap((row) => (row[column] ?? '').split(' '));
  return words.reduce((most, word) => Math.max(most, widthOf(word)), 0);
}

type Head = {
  readonly cells: readonly string[];
  readonly isNumber: readonly boolean[];
  /** Lines of the highest of them: without borders nothing else tells where a heading that is wrapped ends. */
  readonly height: number;
};

function headOf({ head, isNumber }: KindSheet, { columns, widths }: Layout, colour: ChalkInstance): Head {
  const wrapped = columns.map((column, place) => wrapText(head[column] ?? '', widths[place] ?? 0));
  return {
    cells: wrapped.map((text) => lineByLine(text, colour.bold)),
    isNumber: columns.map((column) => isNumber[column] ?? false),
    height: Math.max(...wrapped.map((text) => text.split('\n').length)),
  };
}

/** The lines of a piece. The package draws a line between any two rows; of these only the one below the heading stays. */
function drawn(
  { widths, isBordered }: Layout,
  head: Head,
  cells: readonly string[][],
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const plain = { head: [], border: [] };
  const table = new Table({
    head: [...head.cells],
    colWidths: widths.map((width) => width + gap),
    colAligns: head.isNumber.map((isNumber) => (isNumber ? 'right' : 'left')),
    ...(isBordered
      ? { style: plain }
      : { style: { ...plain, 'padding-left': 0, 'padding-right': gap }, chars: noBorders }),
  });
  table.push(...cells);
  const lines = table.toString().split('\n');
  if (!isBordered) {
    return (isFirst ? lines : lines.slice(head.height)).map((line) => line.trimEnd()).join('\n');
  }
  const below = lines.findIndex((line) => line.startsWith('├'));
  return lines
    .filter((line, index) => {
      if (index < below || index === below) return isFirst;
      return line.startsWith('└') ? isLast : !line.startsWith('├');
    })
    .join('\n');
}
