import { UserError } from '../model/errors.ts';
import { insteadOf } from '../model/nearest.ts';
import type { Kind } from './kind.ts';
import { oneLine } from './printable.ts';

/**
 * The language of `-o template`: text with fields in it, one line for each row. A field is a column (`{{prod}}`) or a way into
 * what JSON has of the row (`{{settings.memory}}`, `{{stacks.0.host}}`); `\t`, `\n` and `\\` are tab, line break and
 * backslash. There is nothing else, so that a template can do nothing but print.
 */
export type RowTemplate = readonly Part[];

type Part = { readonly text: string } | { readonly field: string };

/** Reads a template; a UserError says what is wrong with it. */
export function parseRowTemplate(text: string): RowTemplate {
  const pieces = text.split(/(\{\{.*?\}\})/s);
  return pieces.map((piece) => {
    const field = /^\{\{\s*([\w-]+(?:\.[\w-]+)*)\s*\}\}$/.exec(piece)?.[1];
    if (field !== undefined) return { field };
    if (!piece.includes('{{')) return { text: unescape(piece) };
    const fact = `--template: ${oneLine(piece)} is no field`;
    throw new UserError(`${fact}: write {{NAME}} or {{NAME.KEY}}, such as {{name}} or {{settings.memory}}`);
  });
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
  return text.replace(/\\(.)/gs, (whole, character: string) => characters[character] ?? whole);
}

/** What a template makes of each row of a kind. What was read from outside is escaped; line breaks of the template are not. */
export function fillTemplate<Row>(
  template: RowTemplate,
  kind: Pick<Kind<Row>, 'name' | 'columns' | 'entry'>,
): (row: Row) => string {
  const fills = template.map((part) =>
    'text' in part ? (): string => part.text : fieldOf(kind, part.field),
  );
  return (row) => fills.map((fill) => fill(row)).join('');
}

function fieldOf<Row>(
  { name, columns, entry }: Pick<Kind<Row>, 'name' | 'columns' | 'entry'>,
  field: string,
): (row: Row) => string {
  const column = columns.find((candidate) => candidate.name === field);
  if (column) return (row) => textOf(column.value(row));
  const [first = '', ...rest] = field.split('.');
  return (row) => {
    const found = entry(row);
    if (!has(found, first)) {
      const known = [...new Set([...columns.map((candidate) => candidate.name), ...keysOf(found)])];
      const remedy = insteadOf(first, known, `there are ${known.join(', ')}`);
      throw new UserError(`--template: a ${name} has no field ${field}: ${remedy}`);
    }
    return textOf(rest.reduce<unknown>((value, key) => (has(value, key) ? value[key] : null), found[first]));
  };
}

function has(value: unknown, key: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value));
}
