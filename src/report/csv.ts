import { oneLine } from './printable.ts';

/** Rows for a spreadsheet (RFC 4180), with CR and LF between them. Null is an empty cell; one that would be taken for a formula gets an apostrophe before it. */
export function csvText(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n');
}

function csvCell(value: string | number | null): string {
  const text = oneLine(String(value ?? ''));
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
