import Table from 'cli-table3';
import { stringify } from 'yaml';
import { isPrintable, oneLine, printable } from './printable.ts';
import { fitColumns, widthOf, wrapText } from './wrap.ts';

/** `markdown` is for plans alone; what else a changing command prints is for people then. */
export type OutputFormat = 'table' | 'json' | 'yaml' | 'markdown';

/** How headings strike the eye, such as in bold. */
export type Heading = (text: string) => string;

const same: Heading = (text) => text;

/** Colours a text line by line, so that no colour goes on over a border or into the next column. */
export function lineByLine(text: string, paint: (line: string) => string): string {
  return text
    .split('\n')
    .map((line) => paint(line))
    .join('\n');
}

/** Rows for people: a heading and cells of text. */
export type Sheet = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/**
 * Rows for a terminal of so many columns: a table with borders where it fits, else without them, and with the widest
 * columns wrapped if it must be. A pipe has no columns (null), and gets plain lines separated by tabs.
 */
export function renderSheet({ head, rows }: Sheet, columns: number | null, heading = same): string {
  return renderCells({ head, rows: rows.map((row) => row.map(oneLine)) }, columns, heading);
}

/** The same for cells of our own making, which may have colours: nothing in them is escaped. */
export function renderCells(sheet: Sheet, columns: number | null, heading = same): string {
  const rows = [sheet.head, ...sheet.rows];
  if (columns === null) return rows.map((row) => row.join('\t')).join('\n');
  const widths = sheet.head.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const width = widths.reduce((sum, next) => sum + next, 0);
  // With borders, each column has a blank on both sides and a line on its left; the last one has a line on its right.
  if (width + 3 * widths.length + 1 <= columns) return bordered(sheet, heading);
  return compact(sheet, fitColumns(widths, columns - gap * (widths.length - 1)), heading);
}

function bordered({ head, rows }: Sheet, heading: Heading): string {
  const table = new Table({ head: head.map((text) => heading(text)), style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  // The package draws a line between any two rows; the one below the heading is enough.
  const lines = table.toString().split('\n');
  const below = lines.findIndex((line) => line.startsWith('├'));
  return lines.filter((line, index) => !line.startsWith('├') || index === below).join('\n');
}

/** Blanks between two columns without borders, and around a cell with them. */
export const gap = 2;
const parts = ['top', 'bottom', 'left', 'mid', 'right'].flatMap((part) => [
  part,
  `${part}-mid`,
  `${part}-left`,
  `${part}-right`,
]);
export const noBorders = Object.fromEntries([...parts, 'middle'].map((part) => [part, '']));

function compact({ head, rows }: Sheet, widths: readonly number[], heading: Heading): string {
  const wrap = (row: readonly string[]): string[] =>
    row.map((cell, column) => wrapText(cell, widths[column] ?? cell.length));
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': gap };
  const table = new Table({
    head: wrap(head).map((cell) => lineByLine(cell, heading)),
    style,
    chars: noBorders,
  });
  table.push(...rows.map(wrap));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/**
 * The same answer in the format that was asked for: `data` for programs, `sheet` for people. Characters that a terminal would obey
 * are escaped in all of them; YAML, which has no way to do so everywhere, is written as the JSON that it also is.
 */
export function renderAs(format: OutputFormat, data: unknown, sheet: () => string): string {
  switch (format) {
    case 'table':
    case 'markdown':
      return sheet();
    case 'json':
      return json(data);
    case 'yaml': {
      const text = stringify(data).trimEnd();
      return isPrintable(text) ? text : json(data);
    }
  }
}

function json(data: unknown): string {
  return printable(JSON.stringify(data, null, 2));
}
