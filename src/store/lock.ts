import { closeSync, existsSync, openSync } from 'node:fs';
import sqlite3 from 'sqlite3';
import { LockedError } from '../model/errors.ts';
import type { Database } from './database.ts';
import { operationTable } from './tables.ts';

/** The right to change the environment, held until `release` or the death of the process. */
export type Lock = { readonly release: () => Promise<void> };

/**
 * Takes the lock: an OS file lock (by SQLite, on an empty file beside the database) that the kernel frees when the
 * process dies, however it dies. Waits at most `wait` seconds, then throws a LockedError that says who holds it.
 */
export async function takeLock(database: Database, path: string, wait: number): Promise<Lock> {
  const file = `${path}.lock`;
  closeSync(openSync(file, 'a', 0o600));
  const handle = await openLockFile(file);
  try {
    handle.configure('busyTimeout', Math.max(1, Math.round(wait * 1000)));
    await execute(handle, 'BEGIN EXCLUSIVE');
  } catch (error) {
    await close(handle);
    if ((error as NodeJS.ErrnoException).code !== 'SQLITE_BUSY') throw error;
    throw new LockedError(
      `${await describeHolder(database)}; it was waited for ${wait} s. Try again when it has ended.`,
    );
  }
  return { release: () => close(handle) };
}

/**
 * Whether somebody holds the lock now. It is only looked at: a reader is refused while the lock is held, and takes
 * nothing from anybody where it is not.
 */
export async function isLockHeld(path: string): Promise<boolean> {
  const file = `${path}.lock`;
  if (!existsSync(file)) return false;
  const handle = await openLockFile(file, sqlite3.OPEN_READONLY);
  try {
    // The package waits for a second by itself.
    handle.configure('busyTimeout', 1);
    await execute(handle, 'SELECT count(*) FROM sqlite_master');
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'SQLITE_BUSY') throw error;
    return true;
  } finally {
    await close(handle);
  }
}

async function describeHolder({ source }: Database): Promise<string> {
  const running = await source
    .getRepository(operationTable)
    .find({ where: { status: 'running' }, order: { id: 'DESC' }, take: 1 });
  const [operation] = running;
  if (!operation) return 'another cmanage is about to change this environment';
  const { id, command, actor, startedAt } = operation;
  return `operation ${id} (${command}) by ${actor} has held the lock since ${startedAt}`;
}

function openLockFile(
  file: string,
  mode = sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(file, mode, (error) => {
      if (error) reject(error);
      else resolve(handle);
    });
  });
}

function execute(handle: sqlite3.Database, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.run(statement, (error: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function close(handle: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.close((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
