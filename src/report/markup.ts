import { oneLine } from './printable.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text from the state, the journal or the configuration as it may stand in HTML and SVG, between tags or in a quoted attribute.
 * Nothing in it is obeyed, neither by the browser nor by a terminal that the file is printed on. It is one line, so that each row of a table is.
 */
export function markup(text: string | number): string {
  return oneLine(String(text)).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
