import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { UserError } from '../model/errors.ts';

/** A lock of the operating system on one name, held until `release` or the death of the process, however it dies. */
export type LockFile = {
  /** False once its file was replaced by force: then another process may hold the same name on the new one. */
  readonly isCurrent: () => boolean;
  readonly release: () => Promise<void>;
};

/** `shared` keeps out only those who want the name for themselves alone. */
export type Sharing = 'exclusive' | 'shared';

/** The directory of the lock files of a state database. */
export function lockDirectory(statePath: string): string {
  return `${statePath}.locks`;
}

/**
 * Takes a name, by SQLite on an empty file: that is an OS file lock which the kernel frees, which waits by itself, and which
 * lets nobody overtake who waits to have it alone. Waits at most `wait` milliseconds; null where it is not free by then.
 */
export async function takeLockFile(
  directory: string,
  name: string,
  sharing: Sharing,
  wait: number,
): Promise<LockFile | null> {
  const deadline = performance.now() + wait;
  for (;;) {
    const path = fileOf(directory, name);
    const before = createFile(directory, path);
    const handle = await open(path, sqlite3.OPEN_READWRITE);
    if (handle === null) continue;
    const isTaken = await begin(handle, sharing, Math.max(1, Math.round(deadline - performance.now())));
    if (isTaken && inodeOf(path) === before) {
      return { isCurrent: () => inodeOf(path) === before, release: () => close(handle) };
    }
    await close(handle);
    // A file that was replaced while it was waited for is nobody's any more.
    if (!isTaken) return null;
  }
}

/** Whether somebody has a name alone. It is only looked at, and nothing is taken from anybody. */
export async function isLockHeld(directory: string, name: string): Promise<boolean> {
  const handle = await open(fileOf(directory, name), sqlite3.OPEN_READONLY);
  if (handle === null) return false;
  try {
    return !(await begin(handle, 'shared', 1));
  } finally {
    await close(handle);
  }
}

/**
 * Takes a name away from whoever has it: the next one to take it gets a file of its own. The old holder is not told; it is
 * the fence that keeps it from writing.
 */
export function replaceLockFile(directory: string, name: string): void {
  rmSync(fileOf(directory, name), { force: true });
}

function fileOf(directory: string, name: string): string {
  if (!/^[a-z0-9:-]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a lock`);
  return join(directory, `${name}.lock`);
}

function createFile(directory: string, path: string): number | null {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new UserError(
      `the lock file ${path} cannot be written: ${(error as Error).message}. What changes something writes beside the state database: see that this user may, and that the file system is not read-only`,
    );
  }
  return inodeOf(path);
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** Null where there is no such file; it may have been replaced a moment ago. */
function open(path: string, mode: number): Promise<sqlite3.Database | null> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(path, mode, (error) => {
      if (!error) resolve(handle);
      else if (existsSync(path)) reject(error);
      else resolve(null);
    });
  });
}

/** Begins the transaction that holds the lock; false where it was not free in time. */
async function begin(handle: sqlite3.Database, sharing: Sharing, wait: number): Promise<boolean> {
  handle.configure('busyTimeout', wait);
  try {
    if (sharing === 'exclusive') await execute(handle, 'BEGIN EXCLUSIVE');
    else {
      // What is read inside a transaction stays locked for reading until it ends.
      await execute(handle, 'BEGIN');
      await execute(handle, 'SELECT count(*) FROM sqlite_master');
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'SQLITE_BUSY') throw error;
    return false;
  }
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
