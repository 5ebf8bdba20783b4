const unsafe =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** What colours a text, and nothing else: the one escape sequence that programs write in all innocence. */
const colourCode = /\u001b\[[0-9;:]*m/g;

/**
 * Text from outside (an engine's error, a container's log) with control, escape and bidirectional characters shown
 * and not obeyed. Line breaks stay.
 */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether there is nothing in a text that a terminal would obey. */
export function isPrintable(text: string): boolean {
  return text.search(unsafe) < 0;
}

/** Commands and reasons are what somebody typed, and may have line breaks. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

/**
 * A line of a log: its colours are left out, tabs become blanks, and everything else that a terminal would obey is shown.
 * There are no line breaks in it.
 */
export function plainLine(text: string): string {
  return oneLine(text.replace(colourCode, '').replaceAll('\t', '    '));
}
