import Table from 'cli-table3';
import { stringify } from 'yaml';

export type OutputFormat = 'table' | 'json' | 'yaml';

/** Rows for people: a heading and cells of text. */
export type Sheet = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A bordered table on a terminal; plain lines separated by tabs, without borders, for a pipe. */
export function renderSheet(sheet: Sheet, terminal: boolean): string {
  if (!terminal) return [sheet.head, ...sheet.rows].map((row) => row.join('\t')).join('\n');
  const table = new Table({ head: [...sheet.head], style: { head: [], border: [] } });
  table.push(...sheet.rows.map((row) => [...row]));
  // The package draws a line between any two rows; the one below the heading is enough.
  const lines = table.toString().split('\n');
  const heading = lines.findIndex((line) => line.startsWith('├'));
  return lines.filter((line, index) => !line.startsWith('├') || index === heading).join('\n');
}

/** The same answer in the format that was asked for: `data` for programs, `sheet` for people. */
export function renderAs(format: OutputFormat, data: unknown, sheet: () => string): string {
  switch (format) {
    case 'table':
      return sheet();
    case 'json':
      return JSON.stringify(data, null, 2);
    case 'yaml':
      return stringify(data).trimEnd();
  }
}
