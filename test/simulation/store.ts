import type { DataSource } from 'typeorm';
import { keyOf, stateTables } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { transactions, type Database } from '../../src/store/database.ts';
import { after, currentOwner, type Owner } from './clock.ts';
import { answer, type Row, type Table } from './statements.ts';

/**
 * The state database in memory: what the journal asks of TypeORM, by the same words, and nothing else. What was not committed is lost
 * with the process. test/simulation/store.test.ts compares it with SQLite.
 */

export type SimulatedStore = {
  readonly tables: Map<string, Table>;
  /** Opens it for a process. */
  readonly open: () => Database;
  /** What a process leaves behind when it dies. */
  readonly abandon: () => void;
  readonly stateOf: () => State;
};

/** How a write to the disk goes. */
export type Disk = { readonly random: () => number; readonly isFull: () => boolean };

type Work = { readonly undo: (() => void)[]; readonly owner: Owner | null };

export function simulateStore(state: State, environment: string, disk: Disk): SimulatedStore {
  const tables = new Map<string, Table>();
  const tableOf = (name: string): Table => {
    const found = tables.get(name) ?? new Map<string, Row>();
    tables.set(name, found);
    return found;
  };
  let open: Work | null = null;
  const put = (table: Table, key: string, row: Row | undefined): void => {
    const before = table.get(key);
    open?.undo.push(() => {
      if (before) table.set(key, before);
      else table.delete(key);
    });
    if (row) table.set(key, row);
    else table.delete(key);
  };
  const rollback = (): void => {
    for (const undo of (open?.undo ?? []).reverse()) undo();
    open = null;
  };
  /** Writing takes time, and a process may die meanwhile. */
  const commit = (): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      after(
        0.2 + disk.random() * 3,
        () => {
          if (disk.isFull()) {
            rollback();
            reject(
              Object.assign(new Error('SQLITE_FULL: database or disk is full'), { code: 'SQLITE_FULL' }),
            );
            return;
          }
          open = null;
          after(
            0.1,
            () => {
              resolve([]);
            },
            currentOwner(),
          );
        },
        currentOwner(),
      );
    });

  tableOf('environment').set('', { id: environment, revision: state.revision, fence: 0, planKey: '' });
  for (const table of stateTables)
    for (const row of state[table]) tableOf(singular[table]).set(keyOf(row), { ...row });

  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<unknown[]> => {
    switch (sql) {
      case 'BEGIN IMMEDIATE':
        if (open) throw new Error('a transaction within a transaction');
        open = { undo: [], owner: currentOwner() };
        return [];
      case 'COMMIT':
        return commit();
      case 'ROLLBACK':
        rollback();
        return [];
    }
    return answer({ of: tableOf, put }, sql, parameters);
  };

  const getRepository = ({
    options,
  }: {
    options: { name: string; columns: Record<string, { primary?: boolean }> };
  }) => {
    const table = tableOf(options.name);
    const primary = Object.entries(options.columns)
      .filter(([, column]) => column.primary === true)
      .map(([name]) => name);
    const keyFrom = (row: Row): string =>
      options.name === 'environment' ? '' : primary.map((name) => String(row[name])).join(' ');
    const matching = (where: Row): Row[] =>
      [...table.values()].filter((row) =>
        Object.entries(where).every(([name, value]) => row[name] === value),
      );
    const remove = (rows: readonly Row[]): { affected: number } => {
      for (const row of rows) put(table, keyFrom(row), undefined);
      return { affected: rows.length };
    };
    const insert = (row: Row): { id: unknown } => {
      const whole = options.name === 'operation' ? { ...row, id: table.size + 1 } : row;
      const key = keyFrom(whole);
      if (table.has(key)) throw new Error(`SQLITE_CONSTRAINT: ${options.name} ${key} is there`);
      put(table, key, whole);
      return { id: whole.id };
    };
    return {
      insert: (given: Row | readonly Row[]) =>
        soon(() => ({
          identifiers: (Array.isArray(given) ? (given as readonly Row[]) : [given as Row]).map(insert),
        })),
      update: (where: Row, values: Row) =>
        soon(() => {
          for (const row of matching(where)) put(table, keyFrom(row), { ...row, ...values });
        }),
      delete: (where: Row) => soon(() => remove(matching(where))),
      findBy: (where: Row) => soon(() => matching(where)),
      countBy: (where: Row) => soon(() => matching(where).length),
      find: ({ where = {} }: { where?: Row } = {}) => soon(() => matching(where)),
      findOneBy: (where: Row) => soon(() => matching(where)[0] ?? null),
    };
  };

  return {
    tables,
    open: () => {
      const source = { query, getRepository } as unknown as DataSource;
      return { source, transaction: transactions(source, 'state.db') };
    },
    abandon: rollback,
    stateOf: () => {
      const lists = stateTables.map((table) => [table, [...tableOf(singular[table]).values()]]);
      return { ...Object.fromEntries(lists), revision: tableOf('environment').get('')?.revision } as State;
    },
  };
}

/** As a database answers: later, and by a rejection where something is wrong. */
function soon<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

const singular = {
  ...{ services: 'service', externals: 'external', stacks: 'stack', containers: 'container' },
  ...{ endpoints: 'endpoint', edges: 'edge', retained: 'retained' },
} as const;
