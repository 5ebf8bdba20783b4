import { describe, expect, it } from '@jest/globals';
import { changeBetween, type StateChange } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changesBackFrom, readOperations, type Recorded } from '../../src/store/history.ts';
import { beginOperation } from '../../src/store/journal.ts';
import type { Database } from '../../src/store/database.ts';
import { execute } from '../support/database.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const first = makeState({ webapp: { versions: ['v1'], endpoints: { prod: {} } } });
const second = changeRow(first, 'endpoints', 'webapp-endpoint-prod', { port: 81 });
const third = changeRow(second, 'endpoints', 'webapp-endpoint-prod', { port: 82 });
const summary = [{ service: 'webapp', changes: [{ stacks: ['webapp-stack1'], before: [], after: ['v1'] }] }];

/** Records a change as an operation does that is done; without a commit, one that is undone. */
async function record(
  database: Database,
  command: string,
  [before, next]: [State, State],
  isDone = true,
): Promise<number> {
  const start = { command, actor: 'alice@admin', reason: null, baseRevision: before.revision };
  const journal = await beginOperation(database, { ...start, plan: planOf(before, next), summary });
  if (isDone) await journal.commit(changeBetween(before, next));
  await journal.finish(isDone ? 'done' : 'undone', isDone ? null : 'no answer');
  return journal.operation;
}

const at = (state: State, revision: number): State => ({ ...state, revision });

/** A journal of three changes, with an operation among them that was undone. */
async function filled(): Promise<{ path: string; database: Database }> {
  const path = await freshPath();
  const database = await open(path);
  await record(database, 'addservice webapp', [emptyState, first]);
  await record(database, 'port 81', [at(first, 1), second], false);
  await record(database, 'port 81', [at(first, 1), second]);
  await record(database, 'port 82', [at(second, 2), third]);
  return { path, database };
}

async function back({ source }: Database, revision: number): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for await (const recorded of changesBackFrom(source, revision)) all.push(recorded);
  return all;
}

describe('readOperations', () => {
  it('is every operation in its order, with the revision it led to and without its plan', async () => {
    const { database } = await filled();
    const operations = await readOperations(database.source);
    expect(
      operations.map(({ id, command, status, baseRevision, revision }) => [
        ...[id, command, status, baseRevision, revision],
      ]),
    ).toEqual([
      [1, 'addservice webapp', 'done', 0, 1],
      [2, 'port 81', 'undone', 1, null],
      [3, 'port 81', 'done', 1, 2],
      [4, 'port 82', 'done', 2, 3],
    ]);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(operations[1]).toEqual({
      ...{ id: 2, command: 'port 81', actor: 'alice@admin', reason: null, baseRevision: 1, status: 'undone' },
      ...{ message: 'no answer', startedAt: time, finishedAt: time, revision: null, summary },
      finishedBy: null,
    });
  });

  it('reads no plans: only the index is touched', async () => {
    const { source } = (await filled()).database;
    const [detail] = await source.query<{ detail: string }[]>(
      `EXPLAIN QUERY PLAN SELECT id, command, actor, reason, base_revision, status, message, started_at,
         finished_at, revision, summary FROM operation INDEXED BY operation_history ORDER BY id`,
    );
    expect(detail?.detail).toBe('SCAN operation USING COVERING INDEX operation_history');
  });

  it('has no summary of what an earlier cmanage did', async () => {
    const { path, database } = await filled();
    await execute(path, 'UPDATE operation SET summary = NULL WHERE id = 1');
    expect((await readOperations(database.source)).map((row) => row.summary !== null)).toEqual([
      ...[false, true, true, true],
    ]);
  });

  it('says that a summary is damaged', async () => {
    const { path, database } = await filled();
    await execute(path, `UPDATE operation SET summary = '{' WHERE id = 1`);
    await expect(readOperations(database.source)).rejects.toThrow(
      'the state database is damaged: the journal has what is no JSON; restore a backup',
    );
  });
});

describe('changesBackFrom', () => {
  it('gives what was recorded, the newest first, and nothing of what was undone', async () => {
    const { database } = await filled();
    const recorded = await back(database, 3);
    expect(recorded.map(({ id, revision, command }) => [id, revision, command])).toEqual([
      [4, 3, 'port 82'],
      [3, 2, 'port 81'],
      [1, 1, 'addservice webapp'],
    ]);
    expect(recorded.map(({ change }) => change)).toEqual([
      changeBetween(second, third),
      changeBetween(first, second),
      changeBetween(emptyState, first),
    ]);
    expect(await back(database, 0)).toEqual([]);
    expect((await back(database, 2)).map(({ id }) => id)).toEqual([3, 1]);
  });

  it('reads on where there are more than are read at once', async () => {
    const database = await open(await freshPath());
    await record(database, 'addservice webapp', [emptyState, first]);
    for (let revision = 1; revision < 45; revision++) {
      const port = (number: number): State =>
        changeRow(first, 'endpoints', 'webapp-endpoint-prod', { port: 1000 + number });
      const before = revision === 1 ? first : port(revision - 1);
      await record(database, `port ${revision}`, [at(before, revision), port(revision)]);
    }
    const revisions = (await back(database, 45)).map((recorded) => recorded.revision);
    expect(revisions).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
  });

  const edited = (revision: number): string =>
    `the journal does not say what led to revision ${revision}: the state was imported or recovered there, or the journal was edited; go forward from here, or restore a backup of the state database`;

  it.each([
    ['the last operation is gone', 'DELETE FROM operation WHERE id = 4', 3],
    ['an operation in between is gone', 'DELETE FROM operation WHERE id = 3', 2],
    ['the first operation is gone', 'DELETE FROM operation WHERE id = 1', 1],
    ['a plan records no change', `UPDATE operation SET plan = '{"steps":[{}]}' WHERE id = 3`, 2],
    ['a plan is no JSON', `UPDATE operation SET plan = 'rubbish' WHERE id = 3`, 2],
  ])('is no shorter than it should be: %s', async (_case, edit, revision) => {
    const { path, database } = await filled();
    await execute(path, `PRAGMA foreign_keys = OFF; ${edit}`);
    await expect(back(database, 3)).rejects.toThrow(edited(revision));
  });

  it('completes the rows that an earlier cmanage recorded', async () => {
    const { path, database } = await filled();
    const change = changeBetween(emptyState, first);
    const without = (row: object, ...fields: string[]): object =>
      Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)));
    const edge = { endpoint: 'webapp-endpoint-prod', parent: 'webapp', child: 'mail', position: 1 };
    const old = {
      ...change,
      externals: undefined,
      retained: undefined,
      services: {
        removed: [],
        added: change.services.added.map((row) => without(row, 'traffic', 'retention')),
      },
      containers: {
        removed: [],
        added: change.containers.added.map((row) => without(row, 'links', 'created')),
      },
      endpoints: { removed: [], added: change.endpoints.added.map((row) => without(row, 'options')) },
      edges: { removed: [edge], added: [] },
    };
    const plan = JSON.stringify({ steps: [{ kind: 'commit_state', change: old }] });
    await execute(path, `UPDATE operation SET plan = '${plan}' WHERE id = 1`);
    const wanted: StateChange = { ...change, edges: { removed: [{ ...edge, drainLimit: null }], added: [] } };
    expect((await back(database, 1))[0]?.change).toEqual(wanted);
  });
});

describe('rows of endpoints by an earlier cmanage', () => {
  it('have the defaults of their mode, as those of the state', async () => {
    const { path, database } = await filled();
    const [endpoint] = first.endpoints;
    const change = {
      ...changeBetween(first, first),
      endpoints: { removed: [], added: [{ ...endpoint, options: { mode: 'tcp' } }] },
    };
    const plan = JSON.stringify({ steps: [{ kind: 'commit_state', change }] });
    await execute(path, `UPDATE operation SET plan = '${plan}' WHERE id = 1`);
    const [recorded] = await back(database, 1);
    expect(recorded?.change.endpoints.added[0]?.options).toEqual(endpointOptions({ mode: 'tcp' }));
  });
});

describe('the revision an operation led to', () => {
  it('is recorded with the change, in the same transaction', async () => {
    const database = await open(await freshPath());
    const start = { command: 'addservice webapp', actor: 'alice@admin', reason: null, baseRevision: 0 };
    const journal = await beginOperation(database, { ...start, plan: planOf(emptyState, first) });
    const wrong = changeBetween(emptyState, { ...first, services: [] });
    await expect(journal.commit(wrong)).rejects.toThrow('CONSTRAINT');
    expect((await readOperations(database.source))[0]).toMatchObject({ revision: null, summary: null });
    await journal.commit(changeBetween(emptyState, first));
    expect((await readOperations(database.source))[0]).toMatchObject({ revision: 1, status: 'running' });
  });
});
