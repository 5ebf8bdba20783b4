import { describe, expect, it } from '@jest/globals';
import sqlite3 from 'sqlite3';
import { DataSource } from 'typeorm';
import { createDatabase, openDatabase } from '../../src/store/database.ts';
import { migrations } from '../../src/store/migrations.ts';
import { loadState, readEnvironment } from '../../src/store/state.ts';
import type { State } from '../../src/model/state.ts';
import { makeState } from '../support/makeState.ts';
import { execute, integrityOf, rowsOf } from '../support/database.ts';
import { temporaryDirectory } from '../support/files.ts';
import { databases } from '../support/store.ts';
import { withTree } from '../support/trees.ts';

const directory = temporaryDirectory();
const { path: freshPath, open } = databases();
const [prod, relation] = ['webapp-endpoint-prod', 'webapp > mail @ 1'];
const sketch = { webapp: { versions: ['v1', 'v2'], endpoints: { prod: {} } }, mail: { hosts: ['docker02'] } };
const state: State = withTree(makeState(sketch), prod, relation);

type Value = string | number | null;

/** A value as SQL; the tests have no quotes in theirs. */
const sql = (value: Value): string =>
  value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value}'`;

const insert = (table: string, ...values: Value[]): string =>
  `INSERT INTO ${table} VALUES (${values.map(sql).join(', ')});`;

/** A database as the first cmanage made it, with the rows of a state and an operation in its journal. */
async function first(path: string): Promise<void> {
  const source = new DataSource({
    ...{ type: 'sqlite', database: path, driver: { verbose: () => sqlite3 } },
    migrations: migrations.slice(0, 1),
  });
  await source.initialize();
  await source.runMigrations();
  await source.destroy();
  const rows = [
    ...state.services.map((row) =>
      insert('service', row.name, row.image, row.pull, JSON.stringify(row.settings), row.nextStack),
    ),
    ...state.stacks.map((row) => insert('stack', row.name, row.service, row.host, row.nextContainer)),
    ...state.containers.map((row) =>
      insert('container', row.name, row.stack, row.position, row.version, row.digest, row.hostPort),
    ),
    ...state.endpoints.map((row) =>
      insert('endpoint', row.name, row.service, row.stage, row.pointer, row.port, row.address, row.url),
    ),
    ...state.edges.map((row) => insert('edge', row.endpoint, row.parent, row.child, row.position)),
    insert('operation', 1, 'cmanage init', 'alice', null, 6, 1, 'done', '{}', null, '2026-11-19', null),
    insert('step', 1, 1, 'check_host', 'docker01', 'engine', 'done', null, null, null),
    insert('host', 'docker01', 'the engine'),
    'UPDATE environment SET revision = 7, fence = 3;',
  ];
  await execute(path, `BEGIN; ${rows.join('\n')} COMMIT;`);
}

describe('the migration of a database of the first schema', () => {
  it('keeps every row, and its environment', async () => {
    const path = `${directory}/first.db`;
    await first(path);
    const [before] = await rowsOf(path, 'SELECT id FROM environment');
    const kept = ['operation', 'step', 'host'];
    const journal = await Promise.all(kept.map((table) => rowsOf(path, `SELECT * FROM ${table}`)));

    await expect(openDatabase(path, { readOnly: true })).rejects.toThrow(
      "bring it up to date by 'cmanage init'",
    );
    expect(await createDatabase(path)).toContain('is brought up to date; the old one is');

    const { source } = await open(path);
    const byName = (given: State) => ({
      ...given,
      services: [...given.services].sort((a, b) => (a.name < b.name ? -1 : 1)),
    });
    const loaded = await loadState(source);
    expect(loaded.stacks.map((row) => row.name)).toEqual(['mail-stack1', 'webapp-stack1']);
    for (const table of ['services', 'stacks', 'containers', 'endpoints', 'edges'] as const) {
      expect(loaded[table]).toHaveLength(state[table].length);
      expect(loaded[table]).toEqual(expect.arrayContaining([...byName(state)[table]]));
    }
    expect(loaded.retained).toEqual([]);
    expect(await readEnvironment(source)).toEqual({
      ...before,
      revision: 7,
      fence: 3,
      planKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const [[operation] = [], ...others] = journal;
    expect(await Promise.all(kept.map((table) => rowsOf(path, `SELECT * FROM ${table}`)))).toEqual([
      [{ ...operation, revision: null, summary: null, finished_by: null }],
      ...others,
    ]);
    expect(await integrityOf(path)).toEqual([{ integrity_check: 'ok' }]);
  });

  it('leads to the schema of a new one', async () => {
    const [old, fresh] = [`${directory}/old.db`, await freshPath()];
    await first(old);
    await createDatabase(old);
    const schema = `SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name != 'migrations' ORDER BY name`;
    expect(await rowsOf(old, schema)).toEqual(await rowsOf(fresh, schema));
  });
});

describe('the migration of a journal', () => {
  it('finds out which operation led to which revision', async () => {
    const path = `${directory}/journal.db`;
    await first(path);
    const plan = (...kinds: string[]): string => JSON.stringify({ steps: kinds.map((kind) => ({ kind })) });
    const commit = plan('check_host', 'commit_state');
    const row = (id: number, base: number, status: string, text: string): string =>
      insert('operation', id, 'a command', 'alice', null, base, id, status, text, null, '2026-11-19', null);
    await execute(
      path,
      [
        'DELETE FROM step; DELETE FROM operation;',
        row(1, 0, 'done', commit),
        row(2, 1, 'done', plan('check_host')),
        row(3, 1, 'undone', commit),
        row(4, 1, 'unfinished', commit),
        row(5, 2, 'done', 'rubbish'),
        row(6, 3, 'done', commit),
        // The state is at revision 7: what began there was not recorded.
        row(7, 7, 'unfinished', commit),
      ].join(' '),
    );
    await createDatabase(path);
    expect(await rowsOf(path, 'SELECT id, revision FROM operation WHERE revision IS NOT NULL')).toEqual([
      { id: 1, revision: 1 },
      { id: 4, revision: 2 },
      { id: 6, revision: 4 },
    ]);
  });
});

describe('the schema', () => {
  it('takes no two operations that led to the same revision', async () => {
    const path = await freshPath();
    const row = `INSERT INTO operation (command, actor, base_revision, fence, status, plan, started_at, revision)
      VALUES ('a', 'b', 0, 1, 'done', '{}', 'now', 1)`;
    await execute(path, row);
    await expect(execute(path, row)).rejects.toThrow('UNIQUE');
  });

  it('gives each environment a key of its own for saved plans', async () => {
    const keys = await Promise.all(
      [await freshPath(), await freshPath()].map(
        async (path) => (await readEnvironment((await open(path)).source)).planKey,
      ),
    );
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it.each(['stack_service', 'stack_host', 'endpoint_service', 'edge_parent', 'edge_child'])(
    'has the index %s, so that a part is read without the whole',
    async (name) => {
      const path = await freshPath();
      expect(
        await rowsOf(path, `SELECT name FROM sqlite_master WHERE type = 'index' AND name = ?`, name),
      ).toEqual([{ name }]);
    },
  );

  it.each(migrations.map((migration) => [migration.name, migration] as const))(
    'does not undo %s',
    async (_name, Migration) => {
      await expect(new Migration().down()).rejects.toThrow('restore');
    },
  );
});
