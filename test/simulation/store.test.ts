import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { createDatabase, openDatabase, type Database } from '../../src/store/database.ts';
import { beginOperation, takeUpOperation } from '../../src/store/journal.ts';
import { readOpenOperations, readSteps } from '../../src/store/openOperations.ts';
import { pinHost } from '../../src/store/knownHosts.ts';
import { loadState, readEnvironment } from '../../src/store/state.ts';
import { decode } from '../prove/decode.ts';
import { smallHouse } from '../prove/house.ts';
import { haveSameRows } from '../prove/walkPlan.ts';
import { temporaryDirectory } from '../support/files.ts';
import { emptyState } from '../../src/model/state.ts';
import { planOf } from '../support/plans.ts';
import { nextTime, resetClock, step } from './clock.ts';
import { simulateStore } from './store.ts';

/** The same calls of the journal to SQLite and to the simulated database: the same must be on record. */

const directory = temporaryDirectory();
const state = decode('a[1:2 2:2]{prod>0}', smallHouse.hosts);
const plan = planOf(emptyState, state);
const by = { actor: 'somebody', command: 'resume' };
let pump: NodeJS.Timeout;

beforeAll(() => {
  resetClock();
  // The simulated disk is as slow as its clock, which somebody has to drive.
  pump = setInterval(() => {
    while (nextTime() !== null) step();
  }, 1);
});

afterAll(() => {
  clearInterval(pump);
});

async function real(name: string): Promise<Database> {
  const path = `${directory}/${name}.db`;
  await createDatabase(path);
  return openDatabase(path, { readOnly: false });
}

function simulated(isFull = (): boolean => false): Database {
  return simulateStore(emptyState, 'this', { random: () => 0.5, isFull }).open();
}

/** What is on record, without times and ids of chance. */
async function recorded({ source }: Database, operation: number): Promise<unknown> {
  const open = await readOpenOperations(source);
  const steps = await readSteps(source, operation);
  const { revision, fence } = await readEnvironment(source);
  return {
    ...{ revision, fence },
    open: open.map(({ id, command, status, baseRevision, revision: led, services, statuses, plan: kept }) => {
      return {
        id,
        command,
        status,
        baseRevision,
        led,
        services,
        statuses: [...statuses],
        steps: kept.steps.length,
      };
    }),
    steps: steps.map(({ seq, kind, status, result, finishedAt }) => [
      seq,
      kind,
      status,
      result,
      finishedAt !== null,
    ]),
  };
}

const start = { command: 'a test', actor: 'somebody', reason: null, baseRevision: 0, plan };

describe('the simulated database', () => {
  it('has on record what SQLite has, call by call', async () => {
    const databases = [await real('one'), simulated()];
    const looks = await Promise.all(
      databases.map(async (database) => {
        const seen: unknown[] = [];
        const journal = await beginOperation(database, start);
        const look = async (): Promise<void> => void seen.push(await recorded(database, journal.operation));
        await look();
        await Promise.all([journal.intend(1, 'sent'), journal.intend(2, 'sent')]);
        await look();
        journal.settle(1, 'done', 'well');
        await look();
        await journal.intend(3, 'sent');
        await look();
        seen.push(await pinHost(database, 'h1', 'one'), await pinHost(database, 'h1', 'two'));
        const again = await takeUpOperation(database, { operation: journal.operation, from: 0, by });
        seen.push(again.died.map(({ id }) => id));
        await expect(journal.intend(4, 'sent')).rejects.toThrow('another cmanage has taken the lock');
        await again.commit(changeBetween(emptyState, state));
        await look();
        await expect(again.commit(changeBetween(emptyState, state))).rejects.toThrow('SQLITE_CONSTRAINT');
        await again.finish('unfinished', 'a reason');
        await look();
        return seen;
      }),
    );
    expect(looks[1]).toEqual(looks[0]);
    const [first] = databases;
    if (first) expect(haveSameRows(await loadState(first.source), state)).toBe(true);
    await first?.source.destroy();
  });

  it('keeps nothing of what was not committed', async () => {
    let isFull = false;
    const store = simulateStore(emptyState, 'this', { random: () => 0.5, isFull: () => isFull });
    const database = store.open();
    const journal = await beginOperation(database, start);
    const before = await recorded(database, journal.operation);
    isFull = true;
    await expect(journal.commit(changeBetween(emptyState, state))).rejects.toThrow('state: writing state.db');
    isFull = false;
    expect(await recorded(database, journal.operation)).toEqual(before);
    expect(haveSameRows(store.stateOf(), emptyState)).toBe(true);
  });
});
