import { renderSheet } from '../../src/report/table.ts';
import { printedAsShown, type Sample } from './samples.ts';

/**
 * The page with what its commands print now, where it shows anything else; for a person to look over. Progress with
 * its times becomes `...`, and what has tabs a table as on a wide terminal. `printed` is null where a command was not run.
 */
export function recorded(
  page: string,
  runs: readonly (Sample & { readonly printed: string | null })[],
): string {
  const lines = page.split('\n');
  for (const { end, expected, printed } of [...runs].reverse()) {
    if (expected === null || printed === null || printedAsShown(expected, printed)) continue;
    const indent = /^ */.exec(lines[end - expected.length] ?? '')?.[0] ?? '';
    const shown = asShown(printed.replace(/\n+$/, '').split('\n')).map((line) => (indent + line).trimEnd());
    lines.splice(end - expected.length, expected.length, ...shown);
  }
  return lines.join('\n');
}

const progress = /^(done|failed|undone|skipped) +\d+ \w+_\w+ /;

function asShown(lines: readonly string[]): string[] {
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  if (progress.test(first))
    return ['...', ...asShown(rest.slice(lengthOf(rest, (line) => progress.test(line))))];
  const columns = first.split('\t').length;
  if (columns === 1) return [first, ...asShown(rest)];
  const length = 1 + lengthOf(rest, (line) => line.split('\t').length === columns);
  const [head = [], ...rows] = lines.slice(0, length).map((line) => line.split('\t'));
  return [...renderSheet({ head, rows }, 1000).split('\n'), ...asShown(lines.slice(length))];
}

/** How many of the first lines are of a kind. */
function lengthOf(lines: readonly string[], isOfKind: (line: string) => boolean): number {
  const other = lines.findIndex((line) => !isOfKind(line));
  return other === -1 ? lines.length : other;
}
