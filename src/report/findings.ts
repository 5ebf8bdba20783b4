import type { Style } from './style.ts';
import { gap, renderSheet, type Sheet } from './table.ts';
import { widthOf, wrapText } from './wrap.ts';

/**
 * Findings for people, of which the last two cells are a fact and a remedy. They are a table where each of them has room on a line; on
 * a narrower terminal the fact and the remedy of each stand below what it is about, because sentences in narrow columns can't be read.
 *
 * @param strike how the line of a finding strikes the eye, by its number
 */
export function findingsText(
  sheet: Sheet,
  { columns, colour }: Style,
  strike: (row: number) => (text: string) => string,
): string {
  const widths = sheet.head.map((_, column) =>
    Math.max(...[sheet.head, ...sheet.rows].map((row) => widthOf(row[column] ?? ''))),
  );
  const whole = widths.reduce((sum, width) => sum + width + gap, -gap);
  if (columns === null || whole <= columns) return renderSheet(sheet, columns, colour.bold);
  const blocks = sheet.rows.map((row, index) => {
    const about = row.slice(0, -2).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const [fact = '', remedy = ''] = row.slice(-2);
    return [
      strike(index)(wrapText(about.join(' '.repeat(gap)).trimEnd(), columns)),
      indented(fact, '  ', columns),
      ...(remedy === '-' ? [] : [indented(remedy, '  → ', columns)]),
    ].join('\n');
  });
  return blocks.join('\n');
}

/** Wrapped below each other, with something before the first line. */
function indented(text: string, before: string, columns: number): string {
  const lines = wrapText(text, columns - before.length).split('\n');
  return lines.map((line, index) => `${index === 0 ? before : ' '.repeat(before.length)}${line}`).join('\n');
}
