import { describe, expect, it } from '@jest/globals';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { DataSource } from 'typeorm';
import { copyDatabase } from '../../src/store/backup.ts';
import { createDatabase } from '../../src/store/database.ts';
import { examineDatabase } from '../../src/store/examine.ts';
import { migrations } from '../../src/store/migrations.ts';
import { replaceDatabase, stampOf } from '../../src/store/replace.ts';
import { lockDirectory, takeLockFile } from '../../src/store/lockFile.ts';
import { execute, integrityOf, rowsOf } from '../support/database.ts';
import { temporaryDirectory } from '../support/files.ts';
import { databases } from '../support/store.ts';

const directory = temporaryDirectory();
const { path: freshPath, open } = databases();
const at = new Date('2026-11-21T11:30:00.123Z');
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('a backup', () => {
  it('is for its owner alone, and never takes the place of a file', async () => {
    const path = await freshPath();
    const copy = join(directory, 'copy.db');
    await copyDatabase(path, copy);
    expect(modeOf(copy)).toBe('600');
    expect(await rowsOf(copy, 'SELECT * FROM environment')).toEqual(
      await rowsOf(path, 'SELECT * FROM environment'),
    );
    await expect(copyDatabase(path, copy)).rejects.toThrow('the file exists');
  });

  it('leaves nothing where it fails', async () => {
    const copy = join(directory, 'never.db');
    await expect(copyDatabase(join(directory, 'gone', 'state.db'), copy)).rejects.toThrow('copying');
    expect(existsSync(copy)).toBe(false);
  });

  it('is of one moment between two transactions, however much is written meanwhile', async () => {
    const path = await freshPath();
    const { source, transaction } = await open(path);
    let [isOver, pairs] = [false, 0];
    const filling = 'x'.repeat(4_000);
    const writer = (async () => {
      while (!isOver) {
        const number = pairs++;
        await transaction(async () => {
          await source.query(`INSERT INTO host VALUES ('a${number}', '${filling}')`);
          await source.query(`INSERT INTO host VALUES ('b${number}', '${filling}')`);
        });
      }
    })();
    const counts = [];
    for (let index = 0; index < 4; index++) {
      const copy = join(directory, `moment${index}.db`);
      await copyDatabase(path, copy);
      expect(await integrityOf(copy)).toEqual([{ integrity_check: 'ok' }]);
      const [row] = await rowsOf<{ n: number; numbers: number }>(
        copy,
        'SELECT count(*) AS n, count(DISTINCT substr(name, 2)) AS numbers FROM host',
      );
      expect(row?.n).toBe(2 * (row?.numbers ?? -1));
      counts.push(row?.n ?? 0);
    }
    isOver = true;
    await writer;
    expect(counts.at(-1)).toBeGreaterThan(counts[0] ?? 0);
  }, 120_000);
});

describe('the examination of a file', () => {
  it('tells of which environment it is, and how far it has come', async () => {
    const path = await freshPath();
    const [row] = await rowsOf<{ id: string }>(path, 'SELECT id FROM environment');
    expect(await examineDatabase(path)).toEqual({
      ...{ environment: row?.id, revision: 0, isOutdated: false, operations: [] },
      schema: migrations.at(-1)?.name,
    });
  });

  it.each([
    ['that is not there', () => join(directory, 'nothing.db'), 'there is no such file'],
    ['of rubbish', () => rubbish(), 'it cannot be read as a state database'],
  ])('refuses one %s', async (_case, path, message) => {
    await expect(examineDatabase(path())).rejects.toThrow(message);
  });

  it('refuses one whose pages are damaged', async () => {
    const path = await freshPath();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, bytes.length - 4096 * 3);
    writeFileSync(path, bytes);
    await expect(examineDatabase(path)).rejects.toThrow(/it is damaged|malformed/);
  });

  it('refuses one of a later cmanage', async () => {
    const path = await freshPath();
    await execute(path, `INSERT INTO migrations (timestamp, name) VALUES (9, 'Later9')`);
    await expect(examineDatabase(path)).rejects.toThrow('it is of a later cmanage (Later9)');
  });

  function rubbish(): string {
    const path = join(directory, 'rubbish.db');
    writeFileSync(path, 'rubbish '.repeat(500));
    return path;
  }
});

describe('what takes the place of a database', () => {
  it('is a copy of the other one, and the replaced one is kept beside it', async () => {
    const [path, other] = [await freshPath(), await freshPath()];
    const [was, is] = [await examineDatabase(path), await examineDatabase(other)];
    const aside = await replaceDatabase(path, other, at);
    expect(aside).toBe(`${path}.replaced-20261121T113000123Z`);
    expect(await examineDatabase(path)).toEqual(is);
    expect(await examineDatabase(aside ?? '')).toEqual(was);
    expect([modeOf(path), modeOf(aside ?? '')]).toEqual(['600', '600']);
  });

  it('does not come with what was written down for the one before', async () => {
    const [path, other] = [await freshPath(), await freshPath()];
    const is = await examineDatabase(other);
    writeFileSync(path, 'damaged');
    writeFileSync(`${path}-journal`, 'left by a process that died');
    const aside = await replaceDatabase(path, other, at);
    expect(await examineDatabase(path)).toEqual(is);
    expect(readFileSync(aside ?? '', 'utf8')).toBe('damaged');
    expect(readFileSync(`${aside ?? ''}-journal`, 'utf8')).toContain('died');
  });

  it('is put where there is none', async () => {
    const path = join(directory, 'new', 'state.db');
    expect(await replaceDatabase(path, await freshPath(), at)).toBeNull();
    expect((await examineDatabase(path)).revision).toBe(0);
  });
});

describe('before a migration', () => {
  /** A database as an earlier cmanage made it. */
  async function older(path: string): Promise<string> {
    closeSync(openSync(path, 'wx', 0o600));
    const source = new DataSource({
      ...{ type: 'sqlite', database: path, driver: { verbose: () => sqlite3 } },
      migrations: migrations.slice(0, 3),
    });
    await source.initialize();
    await source.runMigrations();
    await source.destroy();
    return path;
  }

  it('the database is copied, and the last three copies are kept', async () => {
    const path = await older(join(directory, 'older.db'));
    for (const stamp of ['20261101T000000000Z', '20261103T000000000Z', '20261102T000000000Z'])
      writeFileSync(`${path}.schema-Older1-${stamp}`, stamp);
    const today = stampOf(new Date()).slice(0, 8);
    const message = await createDatabase(path);
    const backup = /the old one is (.*)$/.exec(message)?.[1] ?? '';
    expect(backup).toContain(`older.db.schema-${migrations[2]?.name ?? ''}-${today}T`);
    expect(modeOf(backup)).toBe('600');
    expect((await examineDatabase(backup)).isOutdated).toBe(true);
    expect((await examineDatabase(path)).isOutdated).toBe(false);
    const copies = readdirSync(join(path, '..')).filter((name) => name.includes('.schema-'));
    expect(copies.sort()).toEqual(
      [
        'older.db.schema-Older1-20261102T000000000Z',
        'older.db.schema-Older1-20261103T000000000Z',
        backup.slice(backup.lastIndexOf('/') + 1),
      ].sort(),
    );
  });

  it('nobody may be changing the environment', async () => {
    const path = await older(join(directory, 'held.db'));
    const lock = await takeLockFile(lockDirectory(path), 'everything', 'shared', 0);
    await expect(createDatabase(path)).rejects.toThrow('is still changing this environment');
    await lock?.release();
    expect(await createDatabase(path)).toContain('is brought up to date');
  });
});
