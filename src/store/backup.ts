import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sqlite3 from 'sqlite3';
import { HostError, UserError } from '../model/errors.ts';

/** Copies of a database file that others may be writing to meanwhile. */

/** Pages that are copied at once, 4 MB of them: nobody who writes waits longer than that takes. */
const pagesAtOnce = 1000;
/** Milliseconds of beginning anew because others write; then everything is copied at once (400 MB took 3 s on a busy machine), and they wait for that. */
const patience = 2_000;

/** What the package has and its types do not know. */
type Backup = {
  readonly completed: boolean;
  readonly step: (pages: number, done: (error: Error | null) => void) => void;
  readonly finish: (done: (error: Error | null) => void) => void;
};
type Source = sqlite3.Database & {
  readonly backup: (file: string, done: (error: Error | null) => void) => Backup;
};

/**
 * Copies a database by SQLite's online backup into a new file that its owner alone can read, as it is at one moment between
 * two transactions. Whoever writes meanwhile goes on writing. The copy is on the disk when this resolves; on any failure
 * there is none. Throws a UserError where the file exists or cannot be made.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  createFile(to);
  try {
    // A process that died while it wrote left a journal, which only somebody who may write can roll back.
    const source = (await openFile(from, sqlite3.OPEN_READWRITE)) as Source;
    try {
      await copyAll(source, to);
    } finally {
      await closeFile(source);
    }
    syncFile(to);
    syncFile(dirname(to));
  } catch (error) {
    rmSync(to, { force: true });
    throw error instanceof HostError ? error : new HostError('state', `copying ${from} to ${to}`, error);
  }
}

async function copyAll(source: Source, to: string): Promise<void> {
  const backup = await new Promise<Backup>((resolve, reject) => {
    const made: Backup = source.backup(to, (error) => {
      if (error) reject(error);
      else resolve(made);
    });
  });
  try {
    const started = performance.now();
    while (!backup.completed) {
      const isPatient = performance.now() - started < patience;
      const failure = await stepOf(backup, isPatient ? pagesAtOnce : -1);
      if (failure === null) continue;
      if (!isBusy(failure) || performance.now() - started > 10 * patience) throw failure;
      await sleep(20);
    }
  } finally {
    await new Promise<void>((resolve) => {
      backup.finish(() => {
        resolve();
      });
    });
  }
}

function stepOf(backup: Backup, pages: number): Promise<Error | null> {
  return new Promise((resolve) => {
    backup.step(pages, resolve);
  });
}

function isBusy(error: Error): boolean {
  return ['SQLITE_BUSY', 'SQLITE_LOCKED'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = exists ? 'the file exists; choose another name, or remove it' : (error as Error).message;
    throw new UserError(`${path} cannot be written: ${reason}`);
  }
}

/** Forces a file, or the names in a directory, to the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** Opens a database file without any of our tables in mind. */
export function openFile(path: string, mode: number): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(path, mode, (error) => {
      if (error) reject(error);
      else resolve(handle);
    });
  });
}

export function closeFile(handle: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.close((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Rows of a database file, for questions that must be answered whatever its schema is. */
export function rowsOf<Row>(handle: sqlite3.Database, query: string, ...values: unknown[]): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    handle.all<Row>(query, values, (error, rows) => {
      if (error) reject(error);
      else resolve(rows);
    });
  });
}
