import { describe, expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState } from '../../src/model/state.ts';
import type { Database } from '../../src/store/database.ts';
import { freeze, unfreeze } from '../../src/store/freezes.ts';
import { readOperations } from '../../src/store/history.ts';
import { isFresh } from '../../src/store/identity.ts';
import { beginOperation, takeUpOperation, type Journal } from '../../src/store/journal.ts';
import { forgetHost, pinHost } from '../../src/store/knownHosts.ts';
import { supersede } from '../../src/store/supersede.ts';
import { readEvents, readRulesInForce, verifyHistory, type Mark } from '../../src/store/verifyHistory.ts';
import { execute, executeGuarded, rowsOf } from '../support/database.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const first = makeState({ webapp: { endpoints: { prod: {} } } });
const second = changeRow(first, 'endpoints', 'webapp-endpoint-prod', { port: 81 });
const rules = { cmanage: '0.1.0', text: 'stages: [prod]\n' };

function begin(database: Database, revision: number, reason: string | null = null): Promise<Journal> {
  const plan = revision === 0 ? planOf(emptyState, first) : planOf(first, second);
  const start = { command: 'a command', actor: 'alice@admin', reason, baseRevision: revision, plan, rules };
  return beginOperation(database, start);
}

/** Three operations: one that is done, one that was undone, and one whose process died and that another one finished. */
async function recorded(): Promise<{ path: string; database: Database }> {
  const path = await freshPath();
  const database = await open(path);
  const one = await begin(database, 0, 'ticket 4711');
  one.settle(1, 'done', 'present');
  await one.commit(changeBetween(emptyState, first));
  await one.finish('done', null);
  await (await begin(database, 1)).finish('undone', 'no answer');
  const died = await begin(database, 1);
  await begin(database, 1).then((journal) => journal.finish('undone', 'no answer'));
  const by = { actor: 'bob@admin', command: 'resume 3' };
  const taken = await takeUpOperation(database, { operation: died.operation, from: 1, by, rules });
  await taken.commit(changeBetween(first, second));
  await taken.finish('done', null);
  return { path, database };
}

const verdictOf = async ({ source }: Database, mark: Mark | null = null) => {
  const { edits, ...counts } = await verifyHistory(source, mark);
  return { ...counts, edits: edits.map(({ object, fact }) => `${object}: ${fact}`) };
};

describe('the events of operations', () => {
  it('say who took over from one that was killed while it mended something', async () => {
    const database = await open(await freshPath());
    const died = await begin(database, 0);
    await begin(database, 0).then((journal) => journal.finish('done', null));
    const by = { actor: 'bob@admin', command: 'heal' };
    await supersede(database, [died.operation], by);
    const [last] = (await readEvents(database.source, died.operation)).slice(-1);
    expect(last).toMatchObject({ kind: 'ended', ...by, status: 'done' });
    expect(await verdictOf(database)).toMatchObject({ operations: 2, edits: [] });
  });

  it('are of deeds without steps, too, in the transaction of the deed', async () => {
    const database = await open(await freshPath());
    const since = new Date().toISOString();
    const [actor, reason] = ['alice@admin', 'the shop opens on Monday'];
    const deed = {
      command: 'lock webapp',
      actor,
      reason,
      services: ['webapp'],
      message: 'webapp was frozen',
    };
    const row = { name: 'service:webapp', actor, since, reason };
    expect(await freeze(database, row, deed)).toBeNull();
    expect(await freeze(database, row, deed)).toEqual(row);
    const lifted = await unfreeze(database, row.name, (was) => ({
      ...{ ...deed, command: 'unlock webapp', reason: null },
      message: `it was frozen by ${was.actor}`,
    }));
    expect(lifted).toEqual(row);
    await pinHost(database, 'docker01', 'an engine');
    const forgotten = { ...deed, command: 'forgethost docker01', services: [] };
    expect(await forgetHost(database, 'docker01', forgotten)).toBe(true);
    expect(await forgetHost(database, 'docker01', forgotten)).toBe(false);
    const told = (await readOperations(database.source)).map(({ command, status, message, summary }) => [
      ...[command, status, message, summary?.map(({ service }) => service)],
    ]);
    expect(told).toEqual([
      ['lock webapp', 'done', 'webapp was frozen', ['webapp']],
      ['unlock webapp', 'done', 'it was frozen by alice@admin', ['webapp']],
      ['forgethost docker01', 'done', 'webapp was frozen', []],
    ]);
    expect(await verdictOf(database)).toMatchObject({ operations: 3, edits: [] });
    // It is no change that a recovery would overwrite.
    expect(await isFresh(database.source)).toBe(true);
  });

  it('say who began, what happened, and who brought it to its end', async () => {
    const { database } = await recorded();
    const events = await readEvents(database.source, 3);
    expect(
      events.map(({ kind, actor, command, status, message }) => [kind, actor, command, status, message]),
    ).toEqual([
      ['begun', 'alice@admin', 'a command', null, null],
      ['died', null, null, 'unfinished', 'its process died'],
      ['taken-up', 'bob@admin', 'resume 3', null, null],
      ['ended', null, null, 'done', null],
    ]);
    expect((await verdictOf(database)).edits).toEqual([]);
  });

  it('keep the text of the rules once', async () => {
    const { path, database } = await recorded();
    const [{ rules: digest } = { rules: null }] = await readEvents(database.source, 1);
    expect(await readRulesInForce(database.source, digest ?? '')).toEqual(rules);
    expect(await rowsOf(path, 'SELECT count(*) AS texts FROM rules')).toEqual([{ texts: 1 }]);
  });
});

describe('the guards of the history', () => {
  it.each([
    ['DELETE FROM operation', 'nothing is removed from it'],
    ['DELETE FROM step WHERE operation = 1', 'nothing is removed from it'],
    ['DELETE FROM event WHERE seq = 1', 'nothing is removed from it'],
    ['DELETE FROM rules', 'nothing is removed from it'],
    [`UPDATE operation SET actor = 'mallory' WHERE id = 5`, 'what was asked and planned stays as it is'],
    [`UPDATE operation SET reason = 'none' WHERE id = 5`, 'what was asked and planned stays as it is'],
    [`UPDATE operation SET plan = '{}' WHERE id = 5`, 'what was asked and planned stays as it is'],
    [`UPDATE operation SET status = 'done' WHERE id = 2`, 'an operation that has ended stays as it is'],
    [
      'UPDATE operation SET revision = 7 WHERE id = 5',
      'the revision that an operation led to stays as it is',
    ],
    [`UPDATE step SET result = 'other' WHERE operation = 1`, 'an operation that has ended stays as it is'],
    [`UPDATE step SET object = 'other' WHERE operation = 5`, 'what was planned stays as it is'],
    [
      `INSERT INTO step (operation, seq, kind, host, object, status) VALUES (1, 99, 'pause', 'a', 'b', 'done')`,
      'an operation that has ended stays as it is',
    ],
    [`UPDATE event SET actor = 'mallory'`, 'what is recorded stays as it is'],
    [`UPDATE rules SET text = ''`, 'what is recorded stays as it is'],
  ])('refuse %s', async (statement, fact) => {
    const { path, database } = await recorded();
    const running = await begin(database, 2);
    await running.commit(changeBetween(second, first));
    await expect(executeGuarded(path, statement)).rejects.toThrow(`the history is append-only: ${fact}`);
    expect((await verdictOf(database)).edits).toEqual([]);
  });
});

describe('verifyHistory', () => {
  it('counts what it has looked at, and gives the end of the chain', async () => {
    const { path, database } = await recorded();
    const [end] = await rowsOf<Mark>(path, 'SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1');
    expect(await verdictOf(database)).toEqual({ operations: 4, events: 10, last: end, edits: [] });
    expect(await verdictOf(await open(await freshPath()))).toEqual({
      operations: 0,
      events: 0,
      last: null,
      edits: [],
    });
  });

  it.each([
    [
      `UPDATE operation SET actor = 'mallory' WHERE id = 1`,
      ['operation 1: what was asked or planned is no longer what it was'],
    ],
    [
      `UPDATE operation SET plan = '{}' WHERE id = 2`,
      ['operation 2: what was asked or planned is no longer what it was'],
    ],
    [
      `UPDATE step SET host = 'docker09' WHERE operation = 1 AND seq = 1`,
      ['operation 1: what was asked or planned is no longer what it was'],
    ],
    [
      `UPDATE operation SET message = NULL WHERE id = 2`,
      ['operation 2: how it ended is no longer what was recorded'],
    ],
    [
      `UPDATE operation SET finished_by = NULL WHERE id = 3`,
      ['operation 3: how it ended is no longer what was recorded'],
    ],
    [
      `UPDATE step SET result = 'other' WHERE operation = 1 AND seq = 1`,
      ['operation 1: how it ended is no longer what was recorded'],
    ],
    [
      `UPDATE operation SET status = 'done' WHERE id = 2`,
      ['operation 2: it is done, and by its last event undone'],
    ],
    [
      `UPDATE event SET actor = 'mallory' WHERE seq = 5`,
      ['event 5: its digest does not follow from it and from the event before it'],
    ],
    [
      `INSERT INTO operation (command, actor, base_revision, fence, status, plan, started_at) VALUES ('a', 'b', 0, 1, 'done', '{}', 'now')`,
      ['operation 5: no event says that it was begun'],
    ],
    [
      `UPDATE rules SET text = 'stages: []'`,
      [expect.stringMatching(/^rules [0-9a-f]{12}: their text is no longer what it was$/)],
    ],
    ['DELETE FROM event WHERE seq = 4', ['event 5: event 4 is missing before it']],
    [
      'PRAGMA foreign_keys = OFF; DELETE FROM step WHERE operation = 2; DELETE FROM operation WHERE id = 2',
      ['operation 2: what was asked or planned is no longer what it was'],
    ],
  ])('finds %s', async (edit, found) => {
    const { path, database } = await recorded();
    await execute(path, edit);
    expect((await verdictOf(database)).edits).toEqual(expect.arrayContaining(found));
  });

  it('finds an end that was cut off by what was noted elsewhere, and only by that', async () => {
    const { path, database } = await recorded();
    const { last } = await verdictOf(database);
    expect((await verdictOf(database, last)).edits).toEqual([]);
    await execute(
      path,
      `PRAGMA foreign_keys = OFF; DELETE FROM event WHERE operation = 4;
       DELETE FROM event WHERE seq > 6; DELETE FROM step WHERE operation = 4; DELETE FROM operation WHERE id = 4;
       UPDATE operation SET status = 'unfinished' WHERE id = 3`,
    );
    expect((await verdictOf(database)).edits).toEqual([]);
    expect((await verdictOf(database, last)).edits).toEqual(['event 10: it is missing']);
    const other = { seq: 1, chain: '0'.repeat(64) };
    expect((await verdictOf(database, other)).edits).toEqual([
      expect.stringMatching(/^event 1: its digest is [0-9a-f]{64}, and not the one that was noted$/),
    ]);
  });
});
