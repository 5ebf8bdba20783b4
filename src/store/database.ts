import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';
import { DataSource } from 'typeorm';
import { HostError, LockedError, UserError } from '../model/errors.ts';
import { everything } from '../plan/beside.ts';
import { lockDirectory, takeLockFile } from './lockFile.ts';
import { backUpBeforeMigration } from './migrationBackups.ts';
import { migrations } from './migrations.ts';
import { tables } from './tables.ts';

/** An open state database. All its writes go through `transaction`, one at a time. */
export type Database = {
  readonly source: DataSource;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
};

/** Milliseconds a statement waits for a reader or writer of another process. */
const busyTimeout = 5000;

/**
 * Creates the state database, readable by its owner alone, or brings an older one up to date after a copy of it.
 * Returns what was done, for the user.
 */
export async function createDatabase(path: string): Promise<string> {
  const existed = existsSync(path);
  if (!existed) createFile(path);
  const source = await connect(path, sqlite3.OPEN_READWRITE);
  try {
    const outdated = await pendingMigrations(source, path);
    if (existed && outdated.length === 0) return `${path} exists and is up to date`;
    return await aloneWith(path, async () => {
      const backup = existed ? await backUpBeforeMigration(path, outdated) : null;
      await source.runMigrations({ transaction: 'all' });
      return backup === null
        ? `${path} is created`
        : `${path} is brought up to date; the old one is ${backup}`;
    });
  } finally {
    await source.destroy();
  }
}

/**
 * Does something to a database that nobody else may change meanwhile, whatever its schema is and whether it can be read at all.
 * Throws a LockedError where somebody changes the environment for longer than `wait` seconds.
 */
export async function aloneWith<T>(path: string, work: () => Promise<T>, wait = 0): Promise<T> {
  const file = await takeLockFile(lockDirectory(path), everything, 'exclusive', wait * 1000);
  if (file) return work().finally(() => file.release());
  throw new LockedError(
    "another cmanage is still changing this environment, as 'cmanage show locks' tells. Try again when it has ended.",
  );
}

function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    throw new UserError(`the state database ${path} cannot be created: ${(error as Error).message}`);
  }
}

/** Throws a UserError where there is no state database, or one that this user may not read, which are not the same to a person. */
export function demandDatabase(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UserError(`there is no state database ${path}: create it by 'cmanage init'`);
    if (code === 'EACCES')
      throw new UserError(
        `the state database ${path} may not be read by this user: run cmanage as root, or as the user who ran 'cmanage init'`,
      );
    throw new UserError(`the state database ${path} cannot be read: ${message}`);
  }
}

/** Opens the state database; with `readOnly`, nothing can be written by it, which is how dry runs and `show` open it. */
export async function openDatabase(path: string, { readOnly }: { readOnly: boolean }): Promise<Database> {
  demandDatabase(path);
  if (readOnly && existsSync(`${path}-journal`)) await recover(path);
  const source = await connect(path, readOnly ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE);
  const outdated = await pendingMigrations(source, path);
  if (outdated.length > 0) {
    await source.destroy();
    throw new UserError(`${path} is of an older cmanage: bring it up to date by 'cmanage init'`);
  }
  return { source, transaction: transactions(source, path) };
}

/** A process that died while it wrote left a journal; SQLite rolls it back when somebody who may write opens the file. */
async function recover(path: string): Promise<void> {
  const source = await connect(path, sqlite3.OPEN_READWRITE);
  await source.destroy();
}

async function connect(path: string, flags: number): Promise<DataSource> {
  const source = new DataSource({
    type: 'sqlite',
    database: path,
    // TypeORM asks the package for its verbose mode, which inspects every statement for a stack trace nobody sees.
    driver: { verbose: () => sqlite3 },
    flags,
    busyTimeout,
    entities: tables,
    migrations,
    synchronize: false,
  });
  try {
    await source.initialize();
    await source.query('PRAGMA synchronous = FULL');
    await source.query('SELECT count(*) FROM sqlite_master');
    return source;
  } catch (error) {
    throw new UserError(`${path}: it cannot be read as a state database: ${(error as Error).message}`);
  }
}

/** The migrations a database has not seen; one that has seen more than this cmanage knows is not for it. */
async function pendingMigrations(source: DataSource, path: string): Promise<string[]> {
  const query = `SELECT name FROM sqlite_master WHERE name = 'migrations'`;
  const existing = await source.query<{ name: string }[]>(query);
  const rows =
    existing.length === 0 ? [] : await source.query<{ name: string }[]>('SELECT name FROM migrations');
  const known = migrations.map((migration) => migration.name);
  const done = new Set(rows.map((row) => row.name));
  const later = [...done].filter((name) => !known.includes(name));
  if (later.length > 0)
    throw new UserError(`${path} is of a later cmanage (${later.join(', ')}): use that one`);
  return known.filter((name) => !done.has(name));
}

/**
 * TypeORM has one SQLite connection, and a query that happens to run during a transaction becomes part of it. So
 * there is one transaction at a time, by a queue. BEGIN IMMEDIATE takes the write lock at once; a deferred BEGIN that
 * upgrades later would bypass the busy timeout.
 */
export function transactions(source: DataSource, path: string): Database['transaction'] {
  let last: Promise<unknown> = Promise.resolve();
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await source.query('BEGIN IMMEDIATE');
      const result = await work();
      await source.query('COMMIT');
      return result;
    } catch (error) {
      // A full disk has already rolled back by itself; then there is no transaction left to end.
      await source.query('ROLLBACK').catch(() => undefined);
      throw onDatabase(path, error);
    }
  };
  return (work) => {
    const result = last.then(() => run(work));
    last = result.catch(() => undefined);
    return result;
  };
}

/** A full disk or a lost file is the outside world's fault, and is said so; anything else is a bug and stays as it is. */
function onDatabase(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const outside = [
    'SQLITE_FULL',
    'SQLITE_IOERR',
    'SQLITE_READONLY',
    'SQLITE_BUSY',
    'SQLITE_CANTOPEN',
    'SQLITE_CORRUPT',
  ];
  return typeof code === 'string' && outside.includes(code)
    ? new HostError('state', `writing ${path}`, error)
    : error;
}
