import sqlite3 from 'sqlite3';

/** Rows of the state database, read by a connection of our own that can write nothing. */
export function rowsOf<Row = Record<string, unknown>>(
  path: string,
  query: string,
  ...values: unknown[]
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, sqlite3.OPEN_READONLY, (failure) => {
      if (failure) {
        reject(failure);
        return;
      }
      database.all<Row>(query, values, (error, rows) => {
        database.close();
        if (error) reject(error);
        else resolve(rows);
      });
    });
  });
}

/** Changes the state database behind cmanage's back, as somebody does who has taken the guards of the history away. */
export async function execute(path: string, statement: string): Promise<void> {
  const guards = await rowsOf<{ name: string }>(
    path,
    `SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'`,
  );
  const unguarded = guards.map(({ name }) => `DROP TRIGGER ${name};`).join(' ');
  await executeGuarded(path, `${unguarded} ${statement}`);
}

/** The same, with the guards in place. */
export function executeGuarded(path: string, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path);
    database.exec(statement, (error) => {
      database.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

export type StepOnDisk = { seq: number; kind: string; host: string; object: string; status: string };

/** The steps of the latest operation, as the journal has them. */
export function latestSteps(path: string): Promise<StepOnDisk[]> {
  const query = `SELECT seq, kind, host, object, status FROM step
    WHERE operation = (SELECT max(id) FROM operation) ORDER BY seq`;
  return rowsOf<StepOnDisk>(path, query);
}

export type OperationOnDisk = { id: number; command: string; status: string; message: string | null };

export async function latestOperation(path: string): Promise<OperationOnDisk | undefined> {
  const query = 'SELECT id, command, status, message FROM operation ORDER BY id DESC LIMIT 1';
  return (await rowsOf<OperationOnDisk>(path, query))[0];
}

/** SQLite's own judgement of the file, and whether every reference leads somewhere. */
export async function integrityOf(path: string): Promise<unknown[]> {
  return [
    ...(await rowsOf(path, 'PRAGMA integrity_check')),
    ...(await rowsOf(path, 'PRAGMA foreign_key_check')),
  ];
}
