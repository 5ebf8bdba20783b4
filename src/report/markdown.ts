import { oneLine } from './printable.ts';
import type { Sheet } from './table.ts';

/** A table of GitHub's Markdown. Nothing in a cell is taken for markup. */
export function markdownTable({ head, rows }: Sheet): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

function markdownCell(text: string): string {
  return oneLine(text).replace(/[\\|<>*`[\]]/g, (character) => `\\${character}`);
}
