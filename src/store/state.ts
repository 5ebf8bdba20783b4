import type { DataSource, EntitySchema, ObjectLiteral } from 'typeorm';
import type { State } from '../model/state.ts';
import type { Database } from './database.ts';
import type { EnvironmentRow } from './rows.ts';
import {
  containerTable,
  edgeTable,
  endpointTable,
  environmentTable,
  hostTable,
  serviceTable,
  stackTable,
} from './tables.ts';

/** Loads the whole state, in one read transaction so that it is of one revision. */
export async function loadState(source: DataSource): Promise<State> {
  await source.query('BEGIN');
  try {
    const { revision } = await readEnvironment(source);
    return {
      revision,
      services: await source.getRepository(serviceTable).find({ order: { name: 'ASC' } }),
      stacks: await source.getRepository(stackTable).find({ order: { name: 'ASC' } }),
      containers: await source
        .getRepository(containerTable)
        .find({ order: { stack: 'ASC', position: 'ASC' } }),
      endpoints: await source
        .getRepository(endpointTable)
        .find({ order: { service: 'ASC', pointer: 'ASC', name: 'ASC' } }),
      edges: await source.getRepository(edgeTable).find({ order: { endpoint: 'ASC' } }),
    };
  } finally {
    await source.query('COMMIT');
  }
}

export async function readEnvironment(source: DataSource): Promise<EnvironmentRow> {
  const [row] = await source.getRepository(environmentTable).find();
  if (!row) throw new Error('the state database has no environment row');
  return row;
}

/**
 * Writes the difference of two states and the next revision. To be called inside a transaction. It succeeds only on
 * the revision that `before` was read at, so that no update is ever lost.
 */
export async function saveState(source: DataSource, before: State, next: State): Promise<void> {
  const { revision } = await readEnvironment(source);
  if (revision !== before.revision) {
    throw new Error(`the state is at revision ${revision}, and this change began at ${before.revision}`);
  }
  await replaceRows(source, serviceTable, before.services, next.services, ['name']);
  await replaceRows(source, stackTable, before.stacks, next.stacks, ['name']);
  await replaceRows(source, containerTable, before.containers, next.containers, ['name']);
  await replaceRows(source, endpointTable, before.endpoints, next.endpoints, ['name']);
  await replaceRows(source, edgeTable, before.edges, next.edges, ['endpoint', 'parent', 'child']);
  await source.getRepository(environmentTable).update({ revision }, { revision: revision + 1 });
}

/** Deletes every row that goes or changes, then inserts every row that comes or changed: positions may swap freely. */
async function replaceRows<Row extends ObjectLiteral>(
  source: DataSource,
  table: EntitySchema<Row>,
  before: readonly Row[],
  next: readonly Row[],
  key: readonly (keyof Row & string)[],
): Promise<void> {
  const text = (rows: readonly Row[]): Set<string> => new Set(rows.map((row) => JSON.stringify(row)));
  const [old, wanted] = [text(before), text(next)];
  const repository = source.getRepository(table);
  for (const row of before.filter((candidate) => !wanted.has(JSON.stringify(candidate)))) {
    await repository.delete(Object.fromEntries(key.map((column) => [column, row[column]])) as never);
  }
  for (const row of next.filter((candidate) => !old.has(JSON.stringify(candidate)))) {
    await repository.insert(row);
  }
}

/** Remembers the engine id of a host at first sight; returns the one remembered. */
export async function pinHost(database: Database, name: string, engineId: string): Promise<string> {
  const repository = database.source.getRepository(hostTable);
  const known = await repository.findOneBy({ name });
  if (known) return known.engineId;
  await database.transaction(() => repository.insert({ name, engineId }));
  return engineId;
}

/** Forgets the engine id of a host, so that the next one to answer is remembered. Returns whether there was one. */
export async function forgetHost(database: Database, name: string): Promise<boolean> {
  const repository = database.source.getRepository(hostTable);
  const { affected } = await database.transaction(() => repository.delete({ name }));
  return (affected ?? 0) > 0;
}
