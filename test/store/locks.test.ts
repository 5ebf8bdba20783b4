import { describe, expect, it } from '@jest/globals';
import { changeBetween } from '../../src/model/change.ts';
import { LockedError } from '../../src/model/errors.ts';
import { emptyState } from '../../src/model/state.ts';
import type { Database } from '../../src/store/database.ts';
import { beginOperation, takeUpOperation, type Journal } from '../../src/store/journal.ts';
import { findUnderWay, openLocks, readHeldLocks, takeAwayLocks, type Locks } from '../../src/store/locks.ts';
import { loadState, readEnvironment } from '../../src/store/state.ts';
import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { databases } from '../support/store.ts';

const { path: freshPath, open } = databases();
const webapp = makeState({ webapp: { hosts: ['docker01'] } });
const mail = makeState({ mail: { hosts: ['docker02'] } });

type Operator = {
  readonly database: Database;
  readonly locks: Locks;
  /** Takes names, and begins an operation under them as the commands do. */
  readonly begin: (names: readonly string[], next?: typeof webapp) => Promise<Journal>;
};

async function operatorOn(path: string, wait = 0): Promise<Operator> {
  const database = await open(path);
  const locks = openLocks(database, path, wait);
  const begin: Operator['begin'] = async (names, next = webapp) => {
    await locks.take(names);
    await locks.takeTurn();
    const { fence, revision } = await readEnvironment(database.source);
    const underWay = await findUnderWay(database, path, locks);
    const start = {
      ...{ command: `addservice ${names.join()}`, actor: 'alice@admin', reason: 'a test' },
      ...{ baseRevision: revision, plan: planOf(emptyState, next) },
    };
    const journal = await beginOperation(database, start, { names: locks.names(), fence, underWay });
    await locks.endTurn();
    return journal;
  };
  return { database, locks, begin };
}

async function statusesIn({ source }: Database): Promise<string[]> {
  const rows = await source.query<{ status: string }[]>('SELECT status FROM operation ORDER BY id');
  return rows.map(({ status }) => status);
}

describe('locks', () => {
  it('of different names are held side by side, and one name by one alone', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    await alice.locks.take(['service:webapp', 'balancer:lb01']);
    await bob.locks.take(['service:mail']);
    expect(alice.locks.names()).toEqual(['balancer:lb01', 'service:webapp']);
    await expect(bob.locks.take(['service:webapp'])).rejects.toThrow(
      'another cmanage is about to change service webapp; it was waited for 0 s. Try again when it has ended.',
    );
    await bob.locks.release();
    await alice.locks.release();
    await bob.locks.take(['service:webapp']);
    await bob.locks.release();
  });

  it('say who has had a name since when', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    const { operation } = await alice.begin(['balancer:lb01', 'service:webapp']);
    const refused = bob.locks.take(['balancer:lb01', 'service:mail']);
    await expect(refused).rejects.toThrow(LockedError);
    await expect(refused).rejects.toThrow(
      `operation ${operation} (addservice balancer:lb01,service:webapp) by alice@admin has held load balancer lb01 since`,
    );
    await alice.locks.release();
  });

  it('of everything wait for all others, and all others for them', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    await alice.begin(['service:webapp']);
    await expect(bob.locks.take(['everything'])).rejects.toThrow('has held service webapp since');
    await alice.locks.release();
    await bob.begin(['everything']);
    expect(bob.locks.covers(['service:webapp', 'balancer:lb01'])).toBe(true);
    await expect(alice.locks.take(['service:webapp'])).rejects.toThrow('has held everything since');
    await bob.locks.release();
  });

  it('of everything that somebody waits for are said to be wanted', async () => {
    const path = await freshPath();
    const operators = await Promise.all([operatorOn(path), operatorOn(path, 20), operatorOn(path)]);
    const [alice, bob, carol] = operators;
    await alice.begin(['service:webapp']);
    const all = bob.locks.take(['everything']);
    const isRefused = async (): Promise<string> => {
      for (;;) {
        const message = await carol.locks.take(['service:mail']).then(
          () => null,
          (error: unknown) => (error as Error).message,
        );
        if (message !== null) return message;
        await carol.locks.release();
      }
    };
    // Nobody overtakes who waits for everything, however many come.
    expect(await isRefused()).toContain('another cmanage wants to have everything; it was waited for 0 s');
    await alice.locks.release();
    await all;
    await bob.locks.release();
  });

  it('that grow are let go first, so that no two wait for each other', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path, 20), await operatorOn(path, 20)];
    await alice.locks.take(['service:b']);
    await bob.locks.take(['service:a']);
    const both = [alice, bob].map(async ({ locks }) => {
      await locks.take(['service:a', 'service:b']);
      expect(locks.names()).toEqual(['service:a', 'service:b']);
      await locks.release();
    });
    await Promise.all(both);
  });

  it('let one begin at a time', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    await alice.locks.takeTurn();
    let isBobs = false;
    const turn = bob.locks.takeTurn().then(() => (isBobs = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isBobs).toBe(false);
    await alice.locks.endTurn();
    await turn;
    await bob.locks.release();
  });
});

describe('operations of different names', () => {
  it('begin beside each other, and each records its change at the revision of then', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    const [first, second] = [await alice.begin(['service:webapp']), await bob.begin(['service:mail'], mail)];
    expect([...(await findUnderWay(bob.database, path, null))]).toEqual([first.operation, second.operation]);
    expect((await readHeldLocks(bob.database, path)).map(({ name }) => name)).toEqual([
      'service:mail',
      'service:webapp',
    ]);
    await second.commit(changeBetween(emptyState, mail));
    await first.commit(changeBetween(emptyState, webapp));
    await second.finish('done', null);
    await first.finish('done', null);
    const { revision, services } = await loadState(bob.database.source);
    expect([revision, services.map(({ name }) => name)]).toEqual([2, ['mail', 'webapp']]);
    expect(await readHeldLocks(bob.database, path)).toEqual([]);
    await alice.locks.release();
    await bob.locks.release();
  });

  it('do not begin beside one that was not there when they looked', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    const { fence } = await readEnvironment(alice.database.source);
    await bob.begin(['service:mail'], mail);
    const start = {
      command: 'x',
      actor: 'a',
      reason: null,
      baseRevision: 0,
      plan: planOf(emptyState, webapp),
    };
    await alice.locks.take(['service:webapp']);
    const claim = { names: alice.locks.names(), fence, underWay: new Set<number>() };
    await expect(beginOperation(alice.database, start, claim)).rejects.toThrow(LockedError);
    expect(await statusesIn(alice.database)).toEqual(['running']);
    await alice.locks.release();
    await bob.locks.release();
  });

  it('find those whose process died, and those alone, unfinished', async () => {
    const path = await freshPath();
    const operators = await Promise.all([1, 2, 3].map(() => operatorOn(path)));
    const [alice, bob, carol] = operators as [Operator, Operator, Operator];
    const { operation } = await alice.begin(['service:webapp']);
    await bob.begin(['service:mail'], mail);
    await alice.locks.release();
    expect((await carol.begin(['service:shop'])).died.map(({ id }) => id)).toEqual([operation]);
    expect(await statusesIn(carol.database)).toEqual(['unfinished', 'running', 'running']);
    await bob.locks.release();
    await carol.locks.release();
  });

  it('of everything are free when who had it died', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    const { operation } = await alice.begin(['everything']);
    await alice.locks.release();
    expect((await bob.begin(['everything'])).died.map(({ id }) => id)).toEqual([operation]);
    await bob.locks.release();
  });

  it('do not write over rows that others have changed', async () => {
    const path = await freshPath();
    const [alice, bob] = [await operatorOn(path), await operatorOn(path)];
    const first = await alice.begin(['service:webapp']);
    await first.commit(changeBetween(emptyState, webapp));
    const other = await bob.begin(['service:mail']);
    const stale = { ...webapp, services: webapp.services.map((row) => ({ ...row, nextStack: 9 })) };
    const change = changeBetween(stale, {
      ...stale,
      services: webapp.services.map((row) => ({ ...row, nextStack: 7 })),
    });
    await expect(other.commit(change)).rejects.toThrow(
      'the state no longer has webapp (services) as this change knew it',
    );
    expect((await loadState(bob.database.source)).revision).toBe(1);
    await alice.locks.release();
    await bob.locks.release();
  });
});

describe('takeAwayLocks', () => {
  it('lets others go on, and the fence keeps the holder from writing when it wakes up', async () => {
    const path = await freshPath();
    const [paused, bob] = [await operatorOn(path), await operatorOn(path)];
    const journal = await paused.begin(['balancer:lb01', 'service:webapp']);
    await journal.intend(1, 'sent');
    await takeAwayLocks(bob.database, path, journal.operation, 'its locks were taken away');
    expect(await statusesIn(bob.database)).toEqual(['unfinished']);
    await bob.locks.take(['balancer:lb01', 'service:webapp']);
    const stale = `another cmanage has taken the locks of operation ${journal.operation} away`;
    await expect(journal.intend(2, 'sent')).rejects.toThrow(stale);
    await expect(journal.commit(changeBetween(emptyState, webapp))).rejects.toThrow(stale);
    await expect(journal.finish('done', null)).rejects.toThrow(stale);
    expect((await loadState(bob.database.source)).revision).toBe(0);
    await expect(paused.locks.takeTurn()).rejects.toThrow('its locks were taken away by force');
    await bob.locks.release();
    await paused.locks.release();
  });

  it('also where the operation itself was taken up since', async () => {
    const path = await freshPath();
    const [paused, bob] = [await operatorOn(path), await operatorOn(path)];
    const journal = await paused.begin(['service:webapp']);
    const { operation } = journal;
    await takeAwayLocks(bob.database, path, operation, 'its locks were taken away');
    await bob.locks.take(['service:webapp']);
    const { fence } = await readEnvironment(bob.database.source);
    const claim = { names: bob.locks.names(), fence, underWay: new Set<number>() };
    const by = { actor: 'bob@admin', command: `resume ${operation}` };
    const resumed = await takeUpOperation(bob.database, { operation, from: 0, by }, claim);
    await expect(journal.intend(1, 'sent')).rejects.toThrow('has taken the locks');
    await resumed.intend(1, 'sent');
    await resumed.finish('undone', null);
    await bob.locks.release();
    await paused.locks.release();
  });

  it('leaves nobody alone with everything while others go on', async () => {
    const path = await freshPath();
    const operators = await Promise.all([1, 2, 3].map(() => operatorOn(path)));
    const [paused, bob, carol] = operators as [Operator, Operator, Operator];
    const journal = await paused.begin(['service:webapp']);
    await bob.begin(['service:mail'], mail);
    await takeAwayLocks(carol.database, path, journal.operation, 'its locks were taken away');
    await expect(carol.locks.take(['everything'])).rejects.toThrow('has held service mail since');
    await bob.locks.release();
    await carol.locks.take(['everything']);
    for (const { locks } of operators) await locks.release();
  });
});
