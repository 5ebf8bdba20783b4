import { stripVTControlCharacters } from 'node:util';

/** The width of a text on a terminal, colours left out. */
export function widthOf(text: string): number {
  return Math.max(0, ...text.split('\n').map((line) => stripVTControlCharacters(line).length));
}

/**
 * Narrows the widest columns until all together are at most `available`. A column narrower than `least` gains nobody
 * anything, so that a very narrow terminal gets a table that is too wide.
 */
export function fitColumns(widths: readonly number[], available: number, least = 8): number[] {
  const fitted = [...widths];
  for (let excess = fitted.reduce((sum, width) => sum + width, 0) - available; excess > 0; excess--) {
    const widest = Math.max(...fitted);
    if (widest <= least) break;
    fitted[fitted.lastIndexOf(widest)] = widest - 1;
  }
  return fitted;
}

/** Breaks a text into lines of at most `width`: after blanks, hyphens, slashes, dots and colons, else anywhere. */
export function wrapText(text: string, width: number): string {
  // A text with colours is left whole, as a cut could fall into a colour's code.
  if (widthOf(text) <= width || stripVTControlCharacters(text) !== text) return text;
  const lines = [''];
  for (const part of text.split(/(?<=[-/.: ])/).flatMap((token) => cut(token, width))) {
    const line = `${lines.at(-1) ?? ''}${part}`;
    if (line.trimEnd().length <= width) lines[lines.length - 1] = line;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function cut(token: string, width: number): string[] {
  const count = Math.ceil(token.trimEnd().length / width);
  return count <= 1
    ? [token]
    : Array.from({ length: count }, (_, index) => token.slice(index * width, (index + 1) * width));
}
