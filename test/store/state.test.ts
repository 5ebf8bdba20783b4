import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { removeService } from '../../src/actions/deletions.ts';
import { popService, release } from '../../src/actions/processes.ts';
import { canonicalText } from '../../src/model/canonical.ts';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import type { Database } from '../../src/store/database.ts';
import { loadState, saveChange } from '../../src/store/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { changeRow, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { rowsOf } from '../support/database.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();

function save(database: Database, before: State, next: State): Promise<void> {
  return database.transaction(() =>
    saveChange(database.source, changeBetween(before, next), before.revision),
  );
}

/** A state without the order of its rows and fields, which is no part of its meaning. */
function unordered(state: State): unknown {
  const sorted = (rows: readonly object[]): string[] => rows.map(canonicalText).sort();
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [
      key,
      Array.isArray(value) ? sorted(value as object[]) : (value as unknown),
    ]),
  );
}

describe('a state that was saved', () => {
  it('is loaded as it was, whatever it is and whatever was there before', async () => {
    const database = await open(await freshPath());
    let stored: State = await loadState(database.source);
    await fc.assert(
      fc.asyncProperty(correctState, async (next) => {
        await save(database, stored, next);
        const loaded = await loadState(database.source);
        expect(unordered(loaded)).toEqual(unordered({ ...next, revision: stored.revision + 1 }));
        stored = loaded;
      }),
      { numRuns: 25 },
    );
  });

  it('is the same through the life of a service', async () => {
    const database = await open(await freshPath());
    const facts = makeFacts('registry.example/webapp', ['v0.4']);
    const first = makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } } });
    await save(database, emptyState, first);
    let state = await loadState(database.source);
    const processes = [
      (now: State) => release(now, { service: 'webapp', versions: ['v0.4'] }, makeEnvironment(), facts),
      (now: State) => popService(now, { service: 'webapp', position: 0, single: false }),
      (now: State) => popService(now, { service: 'webapp', position: 1, single: false }),
      (now: State) => removeService(now, { service: 'webapp', cascade: true }),
    ];
    for (const [index, run] of processes.entries()) {
      const next = accepted(run(state));
      await save(database, state, next);
      state = await loadState(database.source);
      expect(unordered(state)).toEqual(unordered({ ...next, revision: index + 2 }));
    }
    expect(state.containers).toEqual([]);
  });

  it('has its containers by stack and position', async () => {
    const database = await open(await freshPath());
    const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });
    await save(database, emptyState, { ...state, containers: [...state.containers].reverse() });
    expect((await loadState(database.source)).containers).toEqual(state.containers);
  });
});

describe('saveChange', () => {
  it('touches the rows of the change alone', async () => {
    const path = await freshPath();
    const database = await open(path);
    const before = makeState({ webapp: { endpoints: { prod: {} } }, mail: {} });
    await save(database, emptyState, before);
    const numbered = () =>
      rowsOf<{ rowid: number; name: string }>(path, 'SELECT rowid, name FROM container ORDER BY rowid');
    const rows = await numbered();
    const stored = await loadState(database.source);
    await save(database, stored, changeRow(stored, 'containers', 'webapp-stack1-app2', { version: 'v9' }));
    const after = await numbered();
    expect(after.filter(({ name }) => name !== 'webapp-stack1-app2')).toEqual(
      rows.filter(({ name }) => name !== 'webapp-stack1-app2'),
    );
    expect(after).toHaveLength(rows.length);
  });

  it('lets two containers exchange their places', async () => {
    const database = await open(await freshPath());
    await save(database, emptyState, makeState({ webapp: { versions: ['v1', 'v1'] } }));
    const stored = await loadState(database.source);
    const containers = stored.containers.map((row) => ({ ...row, position: 1 - row.position }));
    await save(database, stored, { ...stored, containers });
    expect((await loadState(database.source)).containers).toEqual([...containers].reverse());
  });

  it.each([500, 501, 1200])('saves %d rows at once', async (count) => {
    const path = await freshPath();
    const database = await open(path);
    const versions = Array.from({ length: count }, (_, index) => `v${index}`);
    const state = makeState({ webapp: { versions } });
    await save(database, emptyState, state);
    expect((await loadState(database.source)).containers).toEqual(state.containers);
  });

  it('refuses to save what was planned from another revision', async () => {
    const path = await freshPath();
    const database = await open(path);
    const state = makeState({ webapp: {} });
    await save(database, emptyState, state);
    const late = save(database, emptyState, makeState({ shop: {} }));
    await expect(late).rejects.toThrow('the state is at revision 1, and this change began at 0');
    expect(await rowsOf(path, 'SELECT name FROM service')).toEqual([{ name: 'webapp' }]);
  });

  it('lets one of two that began at the same revision through', async () => {
    const path = await freshPath();
    const [one, two] = [await open(path), await open(path)];
    const ends = await Promise.allSettled([
      save(one, emptyState, makeState({ webapp: {} })),
      save(two, emptyState, makeState({ shop: {} })),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rowsOf(path, 'SELECT revision FROM environment')).toEqual([{ revision: 1 }]);
  });

  const state = makeState({ webapp: { hosts: ['docker01'], endpoints: { prod: {} } } });
  const orphans = state.containers.map((row) => ({ ...row, stack: 'gone' }));

  it.each([
    ['a container of no stack', { ...state, containers: orphans }],
    ['a stack of no service', { ...state, services: [] }],
    ['an endpoint of no service', changeRow(state, 'endpoints', 'webapp-endpoint-prod', { service: 'gone' })],
    [
      'an edge of no endpoint',
      {
        ...state,
        edges: [{ endpoint: 'gone', parent: 'webapp', child: 'webapp', position: null, drainLimit: null }],
      },
    ],
    ['two containers at one position', changeRow(state, 'containers', 'webapp-stack1-app2', { position: 0 })],
    ['a position below 0', changeRow(state, 'containers', 'webapp-stack1-app1', { position: -1 })],
    ['a host port that is none', changeRow(state, 'containers', 'webapp-stack1-app1', { hostPort: 0 })],
    ['a public port that is none', changeRow(state, 'endpoints', 'webapp-endpoint-prod', { port: 65536 })],
  ])('refuses %s, and keeps what there was', async (_case, broken) => {
    const path = await freshPath();
    const database = await open(path);
    await save(database, emptyState, makeState({ shop: {} }));
    await expect(save(database, await loadState(database.source), broken)).rejects.toThrow('CONSTRAINT');
    const rows = await rowsOf(
      path,
      'SELECT name, (SELECT revision FROM environment) AS revision FROM service',
    );
    expect(rows).toEqual([{ name: 'shop', revision: 1 }]);
    expect(await rowsOf(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });
});
