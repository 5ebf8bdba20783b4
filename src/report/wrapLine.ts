/** Breaks a line between words where a terminal has fewer columns; what follows is indented further. Null is no terminal. */
export function wrapLine(line: string, columns: number | null): string {
  if (columns === null || line.length <= columns) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  for (const word of line.slice(indent.length).split(' ')) {
    const begun = lines.at(-1);
    const longer = `${begun ?? ''} ${word}`;
    if (begun !== undefined && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${begun === undefined ? '' : '  '}${word}`);
  }
  return lines.join('\n');
}
