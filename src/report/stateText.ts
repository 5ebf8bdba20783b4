import { keyOf } from '../model/change.ts';
import type { State } from '../model/state.ts';

/** What an export says before its rows. */
export type ExportHead = { readonly format: string; readonly environment: string };

const heading = [
  '# A whole state of cmanage, written by cmanage export (docs/recovery.md says what it holds). One row a line, in order of',
  '# names. A value of null under env was left out; the path of a file is no more than that.',
];

/**
 * A state as YAML: each row on one line, so that two exports can be compared line by line. The same state gives the same bytes.
 * Without `withValues`, the values of variables are left out.
 */
export function stateText(
  { format, environment }: ExportHead,
  state: State,
  { withValues }: { readonly withValues: boolean },
): string {
  const services = state.services.map((row) => {
    const { env } = row.settings;
    const shown = Object.entries(env).map(([name, value]): [string, string | null] => [
      name,
      withValues ? value : null,
    ]);
    return { ...row, settings: { ...row.settings, env: Object.fromEntries(shown) } };
  });
  const containers = inOrder(state.containers).sort((a, b) =>
    a.stack === b.stack ? a.position - b.position : a.stack < b.stack ? -1 : 1,
  );
  return [
    ...heading,
    `format: ${format}`,
    `environment: ${environment}`,
    `revision: ${state.revision}`,
    ...list('services', inOrder(services)),
    ...list('externals', inOrder(state.externals)),
    ...list('stacks', inOrder(state.stacks)),
    ...list('containers', containers),
    ...list('endpoints', inOrder(state.endpoints)),
    ...list('edges', inOrder(state.edges)),
    ...list('retained', inOrder(state.retained)),
    '',
  ].join('\n');
}

function inOrder<Row extends Parameters<typeof keyOf>[0]>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** JSON is YAML, and so a row needs one line, whatever is in it. */
function list(table: string, rows: readonly object[]): string[] {
  if (rows.length === 0) return [`${table}: []`];
  return [`${table}:`, ...rows.map((row) => `- ${jsonOf(row)}`)];
}

/** Controls and marks of direction, which JSON leaves as they are, are escaped, so that no terminal or editor obeys them. */
function jsonOf(row: object): string {
  const unsafe = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
  return JSON.stringify(sorted(row)).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Fields in order of their names, the row's own name first: the same row gives the same line, however it is stored. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const rank = (field: string): string => (field === 'name' ? '' : field);
  const fields = Object.entries(value).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(fields.map(([field, inner]) => [field, sorted(inner)]));
}
