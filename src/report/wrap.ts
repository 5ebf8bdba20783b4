import { stripVTControlCharacters } from 'node:util';

/** Letters that take two places (Chinese, Japanese, Korean, pictures), and marks that take none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const marks = /\p{M}/gu;

/** The width of a text on a terminal, colours left out. */
export function widthOf(text: string): number {
  // Most of what is shown is plain ASCII on one line, and there may be 100,000 cells of it.
  if (/^[ -~]*$/.test(text)) return text.length;
  return Math.max(0, ...text.split('\n').map(widthOfLine));
}

function widthOfLine(line: string): number {
  return Array.from(stripVTControlCharacters(line).replace(marks, '').replace(wide, '  ')).length;
}

/**
 * Narrows the widest columns until all together are at most `available`: first long ones that are wider than their longest word, which
 * only wraps between words, then any. A column narrower than `least` gains nobody anything, so that a very narrow terminal
 * gets a table that is too wide.
 */
export function fitColumns(
  widths: readonly number[],
  available: number,
  words: readonly number[] = [],
  least = 8,
): number[] {
  // A short text such as `3 running` is not torn apart while there are longer ones.
  const between = widths.map((_, column) => Math.max(words[column] ?? 0, least + 4));
  return narrowed(
    narrowed(widths, available, between),
    available,
    widths.map(() => least),
  );
}

/** Narrows the widest columns, none below its own floor, until all together are at most `available`, or none can be narrowed any more. */
export function narrowed(widths: readonly number[], available: number, floors: readonly number[]): number[] {
  const fitted = [...widths];
  for (let excess = fitted.reduce((sum, width) => sum + width, 0) - available; excess > 0; excess--) {
    const wide = fitted.map((width, column) => (width > (floors[column] ?? 0) ? width : 0));
    const widest = Math.max(...wide);
    if (widest <= 0) break;
    fitted[wide.lastIndexOf(widest)] = widest - 1;
  }
  return fitted;
}

/**
 * Breaks a text into lines of at most `width`: between words; in words that are longer than a line after hyphens, slashes, dots and
 * colons, else anywhere.
 */
export function wrapText(text: string, width: number): string {
  // A text with colours is left whole, as a cut could fall into a colour's code.
  if (widthOf(text) <= width || stripVTControlCharacters(text) !== text) return text;
  const lines = [''];
  for (const part of text.split(/(?<= )/).flatMap((word) => partsOf(word, width))) {
    const line = `${lines.at(-1) ?? ''}${part}`;
    if (line.trimEnd().length <= width) lines[lines.length - 1] = line;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}

function partsOf(word: string, width: number): string[] {
  if (word.trimEnd().length <= width) return [word];
  return word.split(/(?<=[-/.:])/).flatMap((part) => cut(part, width));
}

function cut(token: string, width: number): string[] {
  const count = Math.ceil(token.trimEnd().length / width);
  return count <= 1
    ? [token]
    : Array.from({ length: count }, (_, index) => token.slice(index * width, (index + 1) * width));
}
