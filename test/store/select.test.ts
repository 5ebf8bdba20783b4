import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '../../src/model/settings.ts';
import { emptyState } from '../../src/model/state.ts';
import { changeBetween } from '../../src/model/change.ts';
import { selectAll, selectRows } from '../../src/store/select.ts';
import { saveChange } from '../../src/store/state.ts';
import {
  containerTable,
  endpointTable,
  retainedTable,
  serviceTable,
  stackTable,
} from '../../src/store/tables.ts';
import { makeState } from '../support/makeState.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const settings = { ...defaultSettings, env: { A: 'Grüße "x"' }, command: ['a', 'b'], cpus: 0.5 };
const state = makeState({
  webapp: { settings, versions: ['v1', 'v2'], endpoints: { prod: { address: '192.0.2.9' } } },
  mail: { versions: ['v7'] },
});

async function filled() {
  const { source, transaction } = await open(await freshPath());
  await transaction(() => saveChange(source, changeBetween(emptyState, state), 0));
  return source;
}

describe('selectRows', () => {
  it('gives rows as the model has them: names of columns, JSON, numbers and null', async () => {
    const source = await filled();
    expect(await selectRows(source, serviceTable, 'ORDER BY name DESC')).toEqual(state.services);
    expect(await selectRows(source, containerTable, 'ORDER BY rowid')).toEqual(state.containers);
    expect(await selectRows(source, endpointTable, '')).toEqual(state.endpoints);
  });

  it('takes the rest of the query with its parameters', async () => {
    const source = await filled();
    const rest = 'WHERE position >= ? AND stack = ? ORDER BY position DESC';
    const rows = await selectRows(source, containerTable, rest, [0, 'webapp-stack1']);
    expect(rows.map((row) => row.version)).toEqual(['v2', 'v1']);
    expect(await selectRows(source, containerTable, 'WHERE stack = ?', ["' OR 1=1 --"])).toEqual([]);
  });

  it('tells of a query that is none', async () => {
    await expect(selectRows(await filled(), serviceTable, 'nonsense here')).rejects.toThrow('SQLITE_ERROR');
  });
});

describe('selectAll', () => {
  it('gives the very rows that are read one by one', async () => {
    const source = await filled();
    await source.query(`INSERT INTO retained SELECT name || '9', stack, 0, version, digest, created, 30000, '{}', 3, 4, 1
      FROM container WHERE stack = 'webapp-stack1' AND position = 0`);
    const tables = [
      [serviceTable, 'ORDER BY name DESC'],
      [stackTable, 'ORDER BY name'],
      [containerTable, 'ORDER BY stack DESC, position DESC'],
      [endpointTable, 'ORDER BY name'],
      [retainedTable, ''],
    ] as const;
    for (const [table, order] of tables) {
      const rows = await selectRows<object>(source, table, order);
      expect(rows.length).toBeGreaterThan(0);
      expect(await selectAll<object>(source, table as never, order)).toEqual(rows);
    }
  });

  it('gives no row of an empty table, and numbers that are no whole ones as they are', async () => {
    const source = await filled();
    await source.query('PRAGMA ignore_check_constraints = ON');
    await source.query('UPDATE container SET position = 1.5 WHERE version = ?', ['v7']);
    expect((await selectAll(source, containerTable, 'ORDER BY stack'))[0]?.position).toBe(1.5);
    expect(await selectAll(source, retainedTable, '')).toEqual([]);
  });

  it('names the column that is damaged', async () => {
    const source = await filled();
    await source.query(`UPDATE service SET settings = 'no JSON' WHERE name = 'mail'`);
    await expect(selectAll(source, serviceTable, '')).rejects.toThrow('settings in table service is no JSON');
  });
});
