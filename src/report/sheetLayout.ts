import Table from 'cli-table3';
import type { ChalkInstance } from 'chalk';
import type { Tone, Value } from './kind.ts';
import { gap, noBorders, type Sheet } from './table.ts';
import { fitColumns, widthOf, wrapText } from './wrap.ts';

/** A sheet that knows its columns, so that it can be laid out for any width. What would be obeyed by a terminal is escaped in it. */
export type KindSheet = Sheet & {
  readonly names: readonly string[];
  readonly values: readonly (readonly Value[])[];
  /** The columns of numbers, which stand to the right. */
  readonly isNumber: readonly boolean[];
  /** The columns of the highest rank are left out first; those without one stay. */
  readonly ranks: readonly (number | undefined)[];
  readonly toneAt: (row: number, column: number) => Tone | null;
};

/** Rows that are laid out at once: about a page, so that the first one waits for nothing that it does not show. */
const chunk = 50;

/**
 * A table for a terminal of so many columns, piece by piece, so that the first page does not wait for the last one. Where it does
 * not fit, the borders go first, then the columns by their ranks, and what stays is wrapped. Returns the headings of what was left out.
 */
export function* tableChunks(
  sheet: KindSheet,
  columns: number,
  colour: ChalkInstance,
): Generator<string, readonly string[]> {
  const { rows } = sheet;
  const layout = layoutOf(sheet, columns);
  const tones: Record<Tone, (text: string) => string> = {
    ...{ good: colour.green, attention: colour.yellow, bad: colour.red, faint: colour.dim },
  };
  const cellAt = (row: number, column: number, width: number): string => {
    const tone = sheet.toneAt(row, column);
    const text = wrapText(rows[row]?.[column] ?? '', width);
    if (tone === null) return text;
    // Line by line, so that no colour goes on over a border.
    const lines = text.split('\n').map((line) => tones[tone](line));
    return lines.join('\n');
  };
  for (let from = 0; from === 0 || from < rows.length; from += chunk) {
    const cells = rows
      .slice(from, from + chunk)
      .map((_, index) =>
        layout.columns.map((column, place) => cellAt(from + index, column, layout.widths[place] ?? 0)),
      );
    const isLast = from + chunk >= rows.length;
    yield drawn(sheet, layout, cells, { isFirst: from === 0, isLast });
  }
  return sheet.head.filter((_, column) => !layout.columns.includes(column));
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

type Layout = {
  /** The columns that are shown, by their numbers. */
  readonly columns: readonly number[];
  readonly widths: readonly number[];
  readonly isBordered: boolean;
};

function layoutOf({ head, rows, ranks }: KindSheet, available: number): Layout {
  const widths = head.map((text, column) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(text)),
  );
  let columns = head.map((_, column) => column);
  for (;;) {
    const own = columns.map((column) => widths[column] ?? 0);
    const width = own.reduce((sum, next) => sum + next, 0);
    // With borders, each column has a blank on both sides and a line on its left; the last one has a line on its right.
    if (width + 3 * own.length + 1 <= available) return { columns, widths: own, isBordered: true };
    const room = available - gap * (own.length - 1);
    if (width <= room) return { columns, widths: own, isBordered: false };
    const highest = Math.max(...columns.map((column) => ranks[column] ?? 0));
    if (highest === 0) {
      const words = columns.map((column) => longestWord(rows, column));
      return { columns, widths: fitColumns(own, room, words), isBordered: false };
    }
    const last = columns.findLast((column) => ranks[column] === highest);
    columns = columns.filter((column) => column !== last);
  }
}

function longestWord(rows: readonly (readonly string[])[], column: number): number {
  const words = rows.flatMap((row) => (row[column] ?? '').split(' '));
  return words.reduce((most, word) => Math.max(most, widthOf(word)), 0);
}

/** The lines of a piece. The package draws a line between any two rows; of these only the one below the heading stays. */
function drawn(
  sheet: KindSheet,
  { columns, widths, isBordered }: Layout,
  cells: readonly string[][],
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
): string {
  const plain = { head: [], border: [] };
  const table = new Table({
    head: columns.map((column, place) => wrapText(sheet.head[column] ?? '', widths[place] ?? 0)),
    colWidths: widths.map((width) => width + gap),
    colAligns: columns.map((column) => (sheet.isNumber[column] ? 'right' : 'left')),
    ...(isBordered
      ? { style: plain }
      : { style: { ...plain, 'padding-left': 0, 'padding-right': gap }, chars: noBorders }),
  });
  table.push(...cells);
  const lines = table.toString().split('\n');
  if (!isBordered) {
    // The heading may be wrapped over several lines; without borders nothing else tells where it ends.
    const heading = columns.map((column, place) => wrapText(sheet.head[column] ?? '', widths[place] ?? 0));
    const height = Math.max(...heading.map((text) => text.split('\n').length));
    return (isFirst ? lines : lines.slice(height)).map((line) => line.trimEnd()).join('\n');
  }
  const below = lines.findIndex((line) => line.startsWith('├'));
  return lines
    .filter((line, index) => {
      if (index < below || index === below) return isFirst;
      return line.startsWith('└') ? isLast : !line.startsWith('├');
    })
    .join('\n');
}
