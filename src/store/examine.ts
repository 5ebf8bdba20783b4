import { existsSync } from 'node:fs';
import sqlite3 from 'sqlite3';
import { UserError } from '../model/errors.ts';
import { closeFile, openFile, rowsOf } from './backup.ts';
import { migrations } from './migrations.ts';

/** What a file that may be a state database holds, whichever cmanage wrote it. */
export type Examined = {
  readonly environment: string;
  readonly revision: number;
  /** The last migration it has seen. */
  readonly schema: string;
  readonly isOutdated: boolean;
  readonly operations: readonly ExaminedOperation[];
};

/** Columns that every schema has. */
export type ExaminedOperation = {
  readonly id: number;
  readonly command: string;
  readonly actor: string;
  readonly startedAt: string;
  readonly status: string;
};

/**
 * Looks through a file: SQLite's own check of its integrity, whether every reference leads somewhere, and what it holds.
 * Throws a UserError that says why it is no state database, is damaged, or is of a later cmanage.
 */
export async function examineDatabase(path: string): Promise<Examined> {
  if (!existsSync(path)) throw new UserError(`${path}: there is no such file`);
  try {
    const handle = await openFile(path, sqlite3.OPEN_READWRITE);
    try {
      return await examine(handle, path);
    } finally {
      await closeFile(handle);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}: it cannot be read as a state database: ${(error as Error).message}`);
  }
}

async function examine(handle: sqlite3.Database, path: string): Promise<Examined> {
  const faults = await rowsOf<{ integrity_check: string }>(handle, 'PRAGMA integrity_check');
  const found = faults.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  if (found.length > 0) throw new UserError(`${path}: it is damaged: ${found.slice(0, 3).join('; ')}`);
  const dangling = await rowsOf<{ table: string }>(handle, 'PRAGMA foreign_key_check');
  if (dangling.length > 0) {
    throw new UserError(
      `${path}: it is damaged: rows of ${dangling[0]?.table ?? ''} refer to what is not there`,
    );
  }
  const seen = await rowsOf<{ name: string }>(handle, 'SELECT name FROM migrations ORDER BY id');
  const known = migrations.map(({ name }) => name);
  const later = seen.map(({ name }) => name).filter((name) => !known.includes(name));
  if (later.length > 0)
    throw new UserError(`${path}: it is of a later cmanage (${later.join(', ')}): use that one`);
  const [row] = await rowsOf<{ id: string; revision: number }>(
    handle,
    'SELECT id, revision FROM environment',
  );
  if (!row) throw new UserError(`${path}: it is damaged: it does not say of which environment it is`);
  return {
    environment: row.id,
    revision: row.revision,
    schema: seen.at(-1)?.name ?? 'none',
    isOutdated: seen.length < known.length,
    operations: await rowsOf<ExaminedOperation>(
      handle,
      'SELECT id, command, actor, started_at AS "startedAt", status FROM operation ORDER BY id',
    ),
  };
}
