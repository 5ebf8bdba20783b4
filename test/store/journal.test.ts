import { describe, expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import type { Database } from '../../src/store/database.ts';
import { beginOperation, type Journal, type OperationStart } from '../../src/store/journal.ts';
import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { rowsOf } from '../support/database.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const next = makeState({ webapp: {} });
const plan = planOf(emptyState, next);
const start: OperationStart = {
  command: 'cmanage addservice webapp',
  actor: 'tester@here',
  reason: 'a test',
  baseRevision: 0,
  plan,
};

async function begin(): Promise<{ path: string; database: Database; journal: Journal }> {
  const path = await freshPath();
  const database = await open(path);
  return { path, database, journal: await beginOperation(database, start) };
}

async function statuses(path: string): Promise<string[]> {
  const rows = await rowsOf(path, 'SELECT status FROM step ORDER BY seq');
  return rows.map((row) => String(row.status));
}

/** The database with something happening at the end of every transaction, such as a full disk. */
function interrupted(database: Database): { database: Database; atEnd: (happen: () => void) => void } {
  let happen = (): void => undefined;
  const transaction: Database['transaction'] = (work) =>
    database.transaction(async () => {
      const result = await work();
      happen();
      return result;
    });
  return {
    database: { ...database, transaction },
    atEnd: (then) => {
      happen = then;
    },
  };
}

function fullDisk(): never {
  throw new Error('the disk is full');
}

const nothing = (): void => undefined;

describe('beginOperation', () => {
  it('writes the plan and its steps before the first of them is sent', async () => {
    const { path, journal } = await begin();
    const [operation] = await rowsOf(path, 'SELECT * FROM operation');
    expect(operation).toMatchObject({
      ...{ id: journal.operation, command: start.command, actor: 'tester@here', reason: 'a test' },
      ...{ base_revision: 0, fence: 1, status: 'running', message: null, finished_at: null },
    });
    expect(JSON.parse(String(operation?.plan))).toEqual(plan);
    const steps = await rowsOf(path, 'SELECT seq, kind, host, object, status FROM step ORDER BY seq');
    expect(steps).toEqual(
      plan.steps.map(({ seq, kind, host, object }) => ({ seq, kind, host, object, status: 'planned' })),
    );
  });

  it('raises the fence with every operation', async () => {
    const { path, database } = await begin();
    await beginOperation(database, start);
    expect(await rowsOf(path, 'SELECT fence FROM operation')).toEqual([{ fence: 1 }, { fence: 2 }]);
  });

  it('says which operations lost their process, and records them as unfinished', async () => {
    const { path, database, journal } = await begin();
    const { died, operation } = await beginOperation(database, start);
    expect(died.map(({ id }) => id)).toEqual([journal.operation]);
    const rows = await rowsOf(path, 'SELECT id, status FROM operation ORDER BY id');
    expect(rows).toEqual([
      { id: journal.operation, status: 'unfinished' },
      { id: operation, status: 'running' },
    ]);
    expect((await beginOperation(database, start)).died.map(({ id }) => id)).toEqual([operation]);
  });

  it('begins nothing on a state that has moved on', async () => {
    const path = await freshPath();
    const database = await open(path);
    const late = beginOperation(database, { ...start, baseRevision: 3 });
    await expect(late).rejects.toThrow('the state is at revision 0, and this change began at 3');
    expect(await rowsOf(path, 'SELECT fence FROM environment')).toEqual([{ fence: 0 }]);
    expect(await rowsOf(path, 'SELECT * FROM operation')).toEqual([]);
  });

  it('takes a plan of thousands of steps', async () => {
    const path = await freshPath();
    const [first] = plan.steps;
    if (!first) throw new Error('the plan is empty');
    const steps = Array.from({ length: 5001 }, (_, index) => ({ ...first, seq: index + 1 }));
    await beginOperation(await open(path), { ...start, plan: { steps, pivot: 0 } });
    expect(await rowsOf(path, 'SELECT count(*) AS n FROM step')).toEqual([{ n: 5001 }]);
  });
});

describe('intend', () => {
  it('is on the disk when it resolves', async () => {
    const { path, journal } = await begin();
    await journal.intend(1, 'sent');
    expect((await statuses(path)).slice(0, 2)).toEqual(['sent', 'planned']);
    await journal.intend(1, 'compensating');
    expect((await statuses(path)).slice(0, 2)).toEqual(['compensating', 'planned']);
  });

  it('of several steps at once is on the disk for each of them', async () => {
    const { path, journal } = await begin();
    const seqs = plan.steps.map((step) => step.seq);
    await Promise.all(
      seqs.map(async (seq) => {
        await journal.intend(seq, 'sent');
        expect((await statuses(path))[seq - 1]).toBe('sent');
      }),
    );
  });

  it('takes along what was settled meanwhile', async () => {
    const { path, journal } = await begin();
    await journal.intend(1, 'sent');
    journal.settle(1, 'done', 'answers');
    expect((await statuses(path))[0]).toBe('sent');
    await journal.intend(2, 'sent');
    const rows = await rowsOf(path, 'SELECT status, result, finished_at FROM step WHERE seq = 1');
    expect(rows).toMatchObject([{ status: 'done', result: 'answers' }]);
    expect(rows[0]?.finished_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('is refused when another operation has begun since', async () => {
    const { path, database, journal } = await begin();
    await beginOperation(database, start);
    const stale = 'another cmanage has taken the locks of operation 1 away (its fence was 1)';
    await expect(journal.intend(1, 'sent')).rejects.toThrow(stale);
    await expect(journal.commit(changeBetween(emptyState, next))).rejects.toThrow(stale);
    await expect(journal.finish('done', null)).rejects.toThrow(stale);
    expect((await statuses(path))[0]).toBe('planned');
    expect(await rowsOf(path, 'SELECT revision FROM environment')).toEqual([{ revision: 0 }]);
  });

  it('fails when it cannot be written, and keeps the record for the next time', async () => {
    const path = await freshPath();
    const { database, atEnd } = interrupted(await open(path));
    const journal = await beginOperation(database, start);
    await journal.intend(1, 'sent');
    journal.settle(1, 'done', null);
    atEnd(fullDisk);
    await expect(journal.intend(2, 'sent')).rejects.toThrow('the disk is full');
    expect((await statuses(path)).slice(0, 2)).toEqual(['sent', 'planned']);
    atEnd(nothing);
    await journal.intend(3, 'sent');
    expect((await statuses(path)).slice(0, 3)).toEqual(['done', 'sent', 'sent']);
  });

  it('that joins a transaction which then fails does not resolve without being written', async () => {
    const path = await freshPath();
    const { database, atEnd } = interrupted(await open(path));
    const journal = await beginOperation(database, start);
    atEnd(fullDisk);
    const first = journal.intend(1, 'sent');
    first.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const second = journal.intend(2, 'sent').then(
      async () => (await statuses(path))[1],
      () => 'refused',
    );
    await expect(first).rejects.toThrow('the disk is full');
    atEnd(nothing);
    expect(['sent', 'refused']).toContain(await second);
  });
});

describe('settle', () => {
  it('is on the disk with the end of the operation', async () => {
    const { path, journal } = await begin();
    await journal.intend(1, 'sent');
    journal.settle(1, 'failed', 'no answer');
    journal.settle(2, 'skipped', null);
    await journal.finish('undone', 'no answer');
    expect((await statuses(path)).slice(0, 3)).toEqual(['failed', 'skipped', 'planned']);
    const [operation] = await rowsOf(path, 'SELECT status, message, finished_at FROM operation');
    expect(operation).toMatchObject({ status: 'undone', message: 'no answer' });
    expect(operation?.finished_at).not.toBeNull();
  });

  it('is not forgotten when it comes while an earlier record is being written', async () => {
    const path = await freshPath();
    const { database, atEnd } = interrupted(await open(path));
    const journal = await beginOperation(database, start);
    atEnd(() => {
      journal.settle(1, 'done', null);
    });
    await journal.intend(1, 'sent');
    expect((await statuses(path))[0]).toBe('sent');
    atEnd(nothing);
    await journal.finish('done', null);
    expect((await statuses(path))[0]).toBe('done');
  });

  it('survives a commit that fails', async () => {
    const { path, journal } = await begin();
    await journal.intend(1, 'sent');
    journal.settle(1, 'done', null);
    const wrong: State = { ...next, services: [] };
    await expect(journal.commit(changeBetween(emptyState, wrong))).rejects.toThrow('CONSTRAINT');
    await journal.finish('unfinished', 'the commit failed');
    expect((await statuses(path))[0]).toBe('done');
  });
});

describe('commit', () => {
  it('writes the state and the record in one transaction', async () => {
    const { path, journal } = await begin();
    journal.settle(1, 'done', null);
    await journal.commit(changeBetween(emptyState, next));
    expect((await statuses(path))[0]).toBe('done');
    expect(await rowsOf(path, 'SELECT revision FROM environment')).toEqual([{ revision: 1 }]);
    expect(await rowsOf(path, 'SELECT name FROM service')).toEqual([{ name: 'webapp' }]);
  });

  it('writes neither where one of them cannot be written', async () => {
    const { path, journal } = await begin();
    journal.settle(1, 'done', null);
    await expect(journal.commit(changeBetween(emptyState, { ...next, services: [] }))).rejects.toThrow(
      'CONSTRAINT',
    );
    expect((await statuses(path))[0]).toBe('planned');
    expect(await rowsOf(path, 'SELECT count(*) AS n FROM stack')).toEqual([{ n: 0 }]);
    expect(await rowsOf(path, 'SELECT revision FROM environment')).toEqual([{ revision: 0 }]);
  });
});
