import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../src/model/errors.ts';
import { createDatabase, openDatabase } from '../../src/store/database.ts';
import { pinHost } from '../../src/store/knownHosts.ts';
import { loadState, readEnvironment } from '../../src/store/state.ts';
import { emptyState } from '../../src/model/state.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { rowsOf } from '../support/database.ts';
import { databases } from '../support/store.ts';

const directory = temporaryDirectory();
const { path: freshPath, open } = databases();

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe('createDatabase', () => {
  it('makes a file and its directory for their owner alone', async () => {
    const path = join(directory, 'new', 'deep', 'state.db');
    expect(await createDatabase(path)).toBe(`${path} is created`);
    expect(modeOf(path)).toBe('600');
    expect(modeOf(dirname(path))).toBe('700');
    expect(modeOf(join(directory, 'new'))).toBe('700');
  });

  it('does nothing the second time', async () => {
    const path = await freshPath();
    const before = hashOf(path);
    expect(await createDatabase(path)).toBe(`${path} exists and is up to date`);
    expect(hashOf(path)).toBe(before);
  });

  it('gives every environment an id of its own, and begins at revision 0', async () => {
    const rows = await Promise.all(
      [await freshPath(), await freshPath()].map(async (path) => readEnvironment((await open(path)).source)),
    );
    expect(rows.map(({ revision, fence }) => [revision, fence])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(rows[0]?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(rows[0]?.id).not.toBe(rows[1]?.id);
  });

  it('brings an older file up to date, and keeps a copy that is as private', async () => {
    const path = fileIn(directory, 'old.db', '');
    const message = await createDatabase(path);
    const backup = /the old one is (.*)$/.exec(message)?.[1] ?? '';
    expect(await rowsOf(backup, 'SELECT name FROM sqlite_master')).toEqual([]);
    expect(modeOf(backup)).toBe('600');
    expect(await loadState((await open(path)).source)).toEqual(emptyState);
  });

  it.each([
    ['below a file', () => join(fileIn(directory, 'plain', 'x'), 'state.db')],
    ['that is a directory', () => directory],
  ])('refuses a path %s', async (_case, path) => {
    await expect(createDatabase(path())).rejects.toThrow(UserError);
  });
});

describe('openDatabase', () => {
  it('tells a database that is not there from one that cannot be read', async () => {
    const missing = join(directory, 'nothing', 'state.db');
    await expect(openDatabase(missing, { readOnly: true })).rejects.toEqual(
      new UserError(`there is no state database ${missing}: create it by 'cmanage init'`),
    );
    const unreadable = join(fileIn(directory, 'plain', ''), 'state.db');
    await expect(openDatabase(unreadable, { readOnly: true })).rejects.toThrow(
      /^the state database .*state\.db cannot be read: ENOTDIR: /,
    );
  });

  it('says what to do where there is none', async () => {
    await expect(openDatabase(join(directory, 'gone.db'), { readOnly: true })).rejects.toThrow(UserError);
    await expect(openDatabase(join(directory, 'gone.db'), { readOnly: true })).rejects.toThrow(
      "'cmanage init'",
    );
  });

  it.each([
    ['of rubbish', 'rubbish '.repeat(200)],
    ['that is empty', ''],
  ])('refuses a file %s', async (_case, content) => {
    const path = fileIn(directory, 'other.db', content);
    await expect(openDatabase(path, { readOnly: false })).rejects.toThrow(UserError);
    await expect(openDatabase(path, { readOnly: true })).rejects.toThrow(path);
  });

  it('for reading leaves the file as it was, byte by byte, and refuses to write', async () => {
    const path = await freshPath();
    const before = hashOf(path);
    const { source } = await open(path, true);
    expect(await loadState(source)).toEqual(emptyState);
    await expect(source.query(`INSERT INTO host VALUES ('a', 'b')`)).rejects.toThrow('readonly');
    expect(hashOf(path)).toBe(before);
  });

  it('writes with full synchronisation and checks foreign keys', async () => {
    const { source } = await open(await freshPath());
    expect(await source.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await source.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
  });
});

describe('transactions', () => {
  it('run one after the other, however many are asked for at once', async () => {
    const database = await open(await freshPath());
    const told: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      for (const part of ['begins', 'goes on', 'ends']) {
        told.push(`${name} ${part}`);
        await database.source.query('SELECT count(*) FROM host');
      }
      return name;
    };
    const results = await Promise.all([database.transaction(work('a')), database.transaction(work('b'))]);
    expect(results).toEqual(['a', 'b']);
    expect(told).toEqual(['a begins', 'a goes on', 'a ends', 'b begins', 'b goes on', 'b ends']);
  });

  it('of two connections wait for one another, even where both read before they write', async () => {
    const path = await freshPath();
    const ends = [await open(path), await open(path)].map(({ source, transaction }, index) =>
      transaction(async () => {
        const [row] = await source.query<{ n: number }[]>('SELECT count(*) AS n FROM host');
        await new Promise((resolve) => setTimeout(resolve, 30));
        await source.query(`INSERT INTO host VALUES ('docker${index}', 'x')`);
        return row?.n;
      }),
    );
    expect((await Promise.all(ends)).sort()).toEqual([0, 1]);
  });

  it('that fail leave nothing behind, and do not stop the next', async () => {
    const path = await freshPath();
    const database = await open(path);
    const failing = database.transaction(async () => {
      await database.source.query(`INSERT INTO host VALUES ('docker01', 'one')`);
      throw new Error('no further');
    });
    const next = database.transaction(() =>
      database.source.query(`INSERT INTO host VALUES ('docker02', 'two')`),
    );
    await expect(failing).rejects.toThrow('no further');
    await next;
    expect(await rowsOf(path, 'SELECT name FROM host')).toEqual([{ name: 'docker02' }]);
  });
});

describe('pinHost', () => {
  it("remembers an engine's id at first sight, and keeps to it", async () => {
    const path = await freshPath();
    const database = await open(path);
    expect(await pinHost(database, 'docker01', 'first')).toBe('first');
    expect(await pinHost(database, 'docker01', 'second')).toBe('first');
    expect(await rowsOf(path, 'SELECT * FROM host')).toEqual([{ name: 'docker01', engine_id: 'first' }]);
  });

  it('takes many hosts at once', async () => {
    const database = await open(await freshPath());
    const names = Array.from({ length: 12 }, (_, index) => `docker${index}`);
    const pinned = await Promise.all(names.map((name) => pinHost(database, name, `id of ${name}`)));
    expect(pinned).toEqual(names.map((name) => `id of ${name}`));
  });
});

it('keeps its directory when it exists already', async () => {
  const kept = join(directory, 'kept');
  mkdirSync(kept, { mode: 0o750 });
  await createDatabase(join(kept, 'state.db'));
  expect(modeOf(kept)).toBe('750');
});
