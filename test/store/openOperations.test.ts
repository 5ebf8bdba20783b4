import { describe, expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState } from '../../src/model/state.ts';
import { readOperations } from '../../src/store/history.ts';
import { beginOperation, takeUpOperation } from '../../src/store/journal.ts';
import { readHandled, readOpenOperations, readSteps } from '../../src/store/openOperations.ts';
import { execute, rowsOf } from '../support/database.ts';
import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const next = makeState({ webapp: {} });
const plan = planOf(emptyState, next);
const summary = [{ service: 'webapp', changes: [] }];
const start = {
  command: 'addservice webapp',
  actor: 'alice@admin',
  reason: null,
  baseRevision: 0,
  plan,
  summary,
};
const by = { actor: 'bob@admin', command: 'resume 1' };

describe('readHandled', () => {
  it('are the hosts and objects of the steps of some operations', async () => {
    const database = await open(await freshPath());
    const { operation } = await beginOperation(database, start);
    expect(await readHandled(database.source, [operation, 99])).toEqual(
      new Set(plan.steps.map(({ host, object }) => `${operation} ${host} ${object}`)),
    );
    expect(await readHandled(database.source, [99])).toEqual(new Set());
    expect(await readHandled(database.source, [])).toEqual(new Set());
  });
});

describe('readOpenOperations', () => {
  it('are those without an end, with their plans and how far their steps have come', async () => {
    const database = await open(await freshPath());
    const journal = await beginOperation(database, start);
    await journal.intend(1, 'sent');
    const [operation, ...others] = await readOpenOperations(database.source);
    expect(others).toEqual([]);
    expect(operation).toMatchObject({
      ...{ id: journal.operation, command: 'addservice webapp', actor: 'alice@admin', status: 'running' },
      ...{ baseRevision: 0, revision: null, services: ['webapp'], plan },
    });
    expect([...(operation?.statuses ?? [])].slice(0, 2)).toEqual([
      [1, 'sent'],
      [2, 'planned'],
    ]);
    await journal.finish('done', null);
    expect(await readOpenOperations(database.source)).toEqual([]);
  });

  it('are found by an index, so that nobody reads the plans of all others', async () => {
    const path = await freshPath();
    const query = `EXPLAIN QUERY PLAN SELECT id FROM operation WHERE status IN ('running', 'unfinished') ORDER BY id`;
    expect(JSON.stringify(await rowsOf(path, query))).toContain('operation_open');
  });

  it('says of a damaged journal that it is damaged', async () => {
    const path = await freshPath();
    const database = await open(path);
    await beginOperation(database, start);
    await execute(path, `UPDATE operation SET plan = 'rubbish'`);
    await expect(readOpenOperations(database.source)).rejects.toThrow('restore a backup');
  });
});

describe('takeUpOperation', () => {
  it('writes to the rows of the operation under a new fence, and remembers who', async () => {
    const path = await freshPath();
    const database = await open(path);
    const first = await beginOperation(database, start);
    await first.intend(1, 'sent');
    const second = await takeUpOperation(database, { operation: first.operation, from: 0, by });
    expect(second.died).toEqual([]);
    await expect(first.intend(2, 'sent')).rejects.toThrow('another cmanage has taken the lock');
    await second.intend(1, 'sent');
    second.settle(1, 'done', 'answers');
    await second.commit(changeBetween(emptyState, next));
    await second.finish('done', null);
    const [operation] = await readOperations(database.source);
    expect(operation).toMatchObject({ status: 'done', revision: 1, finishedBy: by, actor: 'alice@admin' });
    expect((await readSteps(database.source, first.operation))[0]).toMatchObject({
      status: 'done',
      result: 'answers',
    });
    expect(await rowsOf(path, 'SELECT fence FROM operation')).toEqual([{ fence: 2 }]);
  });

  it('records its change at the revision of now', async () => {
    const database = await open(await freshPath());
    const first = await beginOperation(database, start);
    const mail = changeBetween(emptyState, makeState({ mail: {} }));
    const other = await beginOperation(database, { ...start, command: 'addservice mail' });
    await other.commit(mail);
    await other.finish('done', null);
    const second = await takeUpOperation(database, { operation: first.operation, from: 1, by });
    await second.commit(changeBetween(emptyState, next));
    await second.finish('done', null);
    expect((await readOperations(database.source)).map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('begins nothing on a state that has moved on', async () => {
    const database = await open(await freshPath());
    const { operation } = await beginOperation(database, start);
    await expect(takeUpOperation(database, { operation, from: 3, by })).rejects.toThrow(
      'the state is at revision 0',
    );
  });
});
