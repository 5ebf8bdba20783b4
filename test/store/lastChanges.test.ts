import { expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState } from '../../src/model/state.ts';
import { beginOperation } from '../../src/store/journal.ts';
import { readLastChanges } from '../../src/store/lastChanges.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();

it('is the last recorded operation on each service, whatever was undone since', async () => {
  const database = await open(await freshPath());
  expect(await readLastChanges(database.source)).toEqual(new Map());
  const states = [emptyState, makeState({ webapp: {}, mail: {} })];
  states.push(changeRow(states[1] ?? emptyState, 'services', 'mail', { nextStack: 9 }));
  const record = async (
    command: string,
    services: string[],
    from: number,
    isRecorded = true,
  ): Promise<void> => {
    const [before = emptyState, next = emptyState] = states.slice(from);
    const summary = services.map((service) => ({ service, changes: [] }));
    const plan = planOf(before, before);
    const start = { command, actor: 'alice@admin', reason: null, plan, summary };
    const journal = await beginOperation(database, { ...start, baseRevision: from });
    if (isRecorded) await journal.commit(changeBetween(before, next));
    await journal.finish(isRecorded ? 'done' : 'undone', null);
  };
  await record('add both', ['webapp', 'mail'], 0);
  await record('change mail', ['mail'], 1);
  await record('fails', ['webapp', 'mail'], 2, false);
  const changes = await readLastChanges(database.source);
  expect([...changes].sort()).toMatchObject([
    ['mail', { operation: 2, command: 'change mail', actor: 'alice@admin' }],
    ['webapp', { operation: 1, command: 'add both' }],
  ]);
  expect(Object.keys(changes.get('mail') ?? {})).toEqual(['operation', 'at', 'actor', 'command']);
  const [row] = await database.source.query<{ at: string }[]>(
    'SELECT started_at AS at FROM operation WHERE id = 2',
  );
  expect(changes.get('mail')?.at).toBe(row?.at);
});

it('leaves out what is damaged, which the history tells of', async () => {
  const database = await open(await freshPath());
  const plan = planOf(emptyState, emptyState);
  const start = { command: 'x', actor: 'a', reason: null, baseRevision: 0, plan };
  const summary = [{ service: 'webapp', changes: [] }];
  const journal = await beginOperation(database, { ...start, summary });
  await journal.commit(changeBetween(emptyState, makeState({ webapp: {} })));
  await journal.finish('done', null);
  expect((await readLastChanges(database.source)).size).toBe(1);
  const { source } = database;
  const triggers = await source.query<{ name: string }[]>(
    `SELECT name FROM sqlite_master WHERE type = 'trigger'`,
  );
  for (const { name } of triggers) await source.query(`DROP TRIGGER ${name}`);
  await source.query(`UPDATE operation SET summary = '[{"serv'`);
  expect(await readLastChanges(source)).toEqual(new Map());
});
