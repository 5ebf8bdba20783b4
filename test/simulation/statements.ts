import { keyOf } from '../../src/model/change.ts';
import type { Edge } from '../../src/model/state.ts';
import { tables } from '../../src/store/tables.ts';

/** The statements that the store writes itself, and not by TypeORM, as a simulated database understands them. */

export type Row = Record<string, unknown>;
export type Table = Map<string, Row>;

export type Tables = {
  readonly of: (name: string) => Table;
  /** Changes a row, so that it can be rolled back; undefined takes it away. */
  readonly put: (table: Table, key: string, row: Row | undefined) => void;
};

type Values = readonly unknown[];

/** By a pattern of a statement, what it does. */
const statements: readonly (readonly [
  RegExp,
  (given: Tables, values: Values, match: RegExpExecArray) => Row[],
])[] = [
  [/^UPDATE step SET/, updateStep],
  [
    /^SELECT id, command, actor, started_at AS "startedAt", status/,
    ({ of }) => openOperations(of('operation')),
  ],
  [/^SELECT seq, kind, host, object, status/, ({ of }, [operation]) => stepsOf(of('step'), operation)],
  [
    /FROM "(\w+)" WHERE (?:name|endpoint \|\| ' ' \|\| parent \|\| ' ' \|\| child) IN \(SELECT value FROM json_each\(\?\)\)$/,
    selectNamed,
  ],
  [/^SELECT name, actor, since, reason FROM freeze/, () => []],
  [
    /^SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1$/,
    ({ of }) => [...of('event').values()].slice(-1),
  ],
  [/^INSERT INTO event/, insertEvent],
  [/^INSERT INTO rules/, () => []],
  [/^DELETE FROM lock$/, ({ of, put }) => deleteAll(of('lock'), put)],
  [
    /^SELECT (.*) FROM operation WHERE id = \?$/,
    ({ of }, [id], [, columns = '']) => [fieldsOf(of('operation').get(String(id)), columns)],
  ],
  [
    /^SELECT (.*) FROM step WHERE operation = \? ORDER BY seq$/,
    ({ of }, [operation], [, columns = '']) =>
      stepsOf(of('step'), operation).map((row) => fieldsOf(row, columns)),
  ],
];

export function answer(given: Tables, sql: string, values: Values): Row[] {
  for (const [pattern, run] of statements) {
    const match = pattern.exec(sql);
    if (match) return run(given, values, match);
  }
  throw new Error(`the simulated database knows no '${sql}'`);
}

function stepsOf(table: Table, operation: unknown): Row[] {
  return [...table.values()]
    .filter((row) => row.operation === operation)
    .sort((a, b) => Number(a.seq) - Number(b.seq));
}

function updateStep(
  { of, put }: Tables,
  [status, result, startedAt, finishedAt, operation, seq]: Values,
): Row[] {
  const table = of('step');
  const key = `${String(operation)} ${String(seq)}`;
  const row = table.get(key);
  if (!row) return [];
  put(table, key, {
    ...row,
    status: status ?? row.status,
    result: result ?? row.result,
    startedAt: startedAt ?? row.startedAt,
    finishedAt: finishedAt ?? row.finishedAt,
  });
  return [];
}

function openOperations(table: Table): Row[] {
  return [...table.values()]
    .filter(({ status }) => status === 'running' || status === 'unfinished')
    .map((row) => ({ ...row, plan: textOf(row.plan), summary: textOf(row.summary) }));
}

/** Columns of type simple-json are text in a database, and booleans are numbers. */
function selectNamed({ of }: Tables, [keys]: Values, [, name = '']: RegExpExecArray): Row[] {
  const wanted = new Set(JSON.parse(String(keys)) as string[]);
  const columns = Object.entries(tables.find(({ options }) => options.name === name)?.options.columns ?? {});
  return [...of(name).values()]
    .filter((row) => wanted.has(keyOf(row as { name: string } | Edge)))
    .map((row) =>
      Object.fromEntries(
        columns.map(([field, column]) => {
          const value = row[field];
          if ((column as { type: unknown }).type === 'simple-json') return [field, textOf(value)];
          return [field, typeof value === 'boolean' ? Number(value) : value];
        }),
      ),
    );
}

function insertEvent({ of, put }: Tables, values: Values): Row[] {
  const [seq, operation, , kind] = values;
  put(of('event'), String(seq), { seq, operation, kind, chain: values.at(-1) });
  return [];
}

function deleteAll(table: Table, put: Tables['put']): Row[] {
  for (const key of [...table.keys()]) put(table, key, undefined);
  return [];
}

/** Some columns of a row, by their names in the database. */
function fieldsOf(row: Row | undefined, columns: string): Row {
  const names = columns.split(', ');
  return Object.fromEntries(
    names.map((name) => {
      const value = row?.[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] ?? null;
      return [name, typeof value === 'object' ? textOf(value) : value];
    }),
  );
}

const texts = new WeakMap<object, string>();

/** A value as text; plans are large, and never change. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, known);
  return known;
}
