import sqlite3 from 'sqlite3';
import { UserError } from '../model/errors.ts';
import type { Service } from '../model/state.ts';

/** A name that is in the state database, and a few words on what it is. */
export type KnownName = { readonly name: string; readonly about: string };

/** Milliseconds to wait for somebody who writes at this moment. */
const busyTimeout = 100;

const statements = {
  services: 'SELECT name, image AS about FROM service',
  externals: `SELECT name, 'external' AS about FROM external`,
  endpoints: `SELECT name, stage || ', port ' || port AS about FROM endpoint`,
  trees: `SELECT name, stage || ', port ' || port AS about FROM endpoint`,
  stacks: 'SELECT name, host AS about FROM stack',
  containers: 'SELECT name, version AS about FROM container',
  hosts: `SELECT DISTINCT host AS name, '' AS about FROM stack`,
} as const;

/** What has names in the state database. */
export type NamedKind = keyof typeof statements;

export const namedKinds = Object.keys(statements) as NamedKind[];

/**
 * The names that begin so, in their order. Completion has a quarter of a second for all it does, so this reads names
 * alone, and without TypeORM; an older schema has the same ones. Throws a UserError where the database cannot be read.
 */
export function readKnownNames(path: string, kind: NamedKind, prefix: string): Promise<KnownName[]> {
  const query = `SELECT * FROM (${statements[kind]}) WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name`;
  return select(path, query, prefix);
}

/** The last operations, the latest first; only those that are still to be finished, where that is asked for. */
export function readKnownOperations(path: string, { open }: { open: boolean }): Promise<KnownName[]> {
  const query = `SELECT CAST(id AS TEXT) AS name, status || ': ' || command AS about FROM operation
    ${open ? `WHERE status IN ('running', 'unfinished')` : ''} ORDER BY id DESC LIMIT 50`;
  return select(path, query);
}

/** A service's image, and where it comes from. */
type Source = Pick<Service, 'image' | 'pull'>;

/** Where a service's containers come from; null where there is no such service. */
export async function readImage(path: string, service: string): Promise<Source | null> {
  const query = 'SELECT image, pull FROM service WHERE name = ?';
  return (await select<Source>(path, query, service))[0] ?? null;
}

/** The versions that containers of an image run, each once. */
export async function readVersions(path: string, image: string): Promise<string[]> {
  // CROSS JOIN keeps this order: SQLite would read all containers for the few services of an image.
  const query = `SELECT DISTINCT container.version FROM service CROSS JOIN stack ON stack.service = service.name
    CROSS JOIN container ON container.stack = stack.name WHERE service.image = ?`;
  return (await select<{ version: string }>(path, query, image)).map(({ version }) => version);
}

function select<Row = KnownName>(path: string, query: string, ...values: readonly string[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new UserError(`${path}: its names cannot be read: ${error.message}`));
    };
    const database = new sqlite3.Database(path, sqlite3.OPEN_READONLY, (failure) => {
      if (failure) {
        fail(failure);
        return;
      }
      database.configure('busyTimeout', busyTimeout);
      database.all<Row>(query, values, (error, rows) => {
        database.close();
        if (error) fail(error);
        else resolve(rows);
      });
    });
  });
}
