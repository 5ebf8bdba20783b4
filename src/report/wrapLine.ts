import { widthOf } from './wrap.ts';

/**
 * Breaks a line between words where a terminal has fewer columns; what follows is indented further. A command in quotes stays whole,
 * so that it can be copied, unless it is longer than a line. Null is no terminal.
 */
export function wrapLine(line: string, columns: number | null): string {
  if (columns === null || widthOf(line) <= columns) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const room = columns - indent.length - 2;
  // Each with the blanks after it, which stay where the line does.
  const words = (line.slice(indent.length).match(/(?:'cmanage [^']*'[^ ]*|[^ ]+) */g) ?? []).flatMap(
    (word) => (widthOf(word.trimEnd()) <= room ? [word] : (word.match(/[^ ]+ */g) ?? [])),
  );
  const lines: string[] = [];
  for (const word of words) {
    const begun = lines.at(-1);
    const longer = `${begun ?? ''}${word}`;
    if (begun !== undefined && widthOf(longer.trimEnd()) <= columns) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${begun === undefined ? '' : '  '}${word}`);
  }
  return lines.map((part) => part.trimEnd()).join('\n');
}

/** The same for each line of a text. */
export function wrapLines(text: string, columns: number | null): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}
