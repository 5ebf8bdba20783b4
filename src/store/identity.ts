import type { DataSource } from 'typeorm';
import type { Database } from './database.ts';
import { readEnvironment } from './state.ts';

/** Which environment a database is of, and from which numbers it counts on. */
export type Identity = {
  readonly environment: string;
  readonly revision: number;
  /** The highest number of an operation that is known of; the next one gets a higher one. */
  readonly lastOperation: number;
};

/** Whether nothing was ever recorded in a database: it is as `cmanage init` made it. */
export async function isFresh(source: DataSource): Promise<boolean> {
  const { revision } = await readEnvironment(source);
  // What changed no host and no row, such as a freeze, has no steps.
  const [row] = await source.query<{ n: number }[]>('SELECT count(*) AS n FROM step');
  return revision === 0 && row?.n === 0;
}

/** Makes a fresh database that of an environment which was there before. To be called under the lock. */
export async function takeIdentity(database: Database, identity: Identity): Promise<void> {
  const { environment, revision, lastOperation } = identity;
  const { source, transaction } = database;
  await transaction(async () => {
    if (!(await isFresh(source)))
      throw new Error('only a fresh database takes the identity of an environment');
    await source.query('UPDATE environment SET id = ?, revision = ?', [environment, revision]);
    await source.query(`DELETE FROM sqlite_sequence WHERE name = 'operation'`);
    await source.query(`INSERT INTO sqlite_sequence (name, seq) VALUES ('operation', ?)`, [lastOperation]);
  });
}
