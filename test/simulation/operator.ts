import { apply, claimOf, run, type Ended } from '../../src/cli/apply.ts';
import type { Session } from '../../src/cli/session.ts';
import { prepare } from '../../src/cli/takeUp.ts';
import type { Config } from '../../src/config/config.ts';
import { HostError, UnfinishedError } from '../../src/model/errors.ts';
import { everything } from '../../src/plan/beside.ts';
import type { OpenOperation } from '../../src/plan/course.ts';
import { takeUpOperation } from '../../src/store/journal.ts';
import { readOpenOperations } from '../../src/store/openOperations.ts';
import type { Case } from './cases.ts';
import { after, nextTime, setOwner, settled, step, virtualTime, type Owner } from './clock.ts';
import { lineEngine } from './docker.ts';
import type { World } from './world.ts';

/** Runs of cmanage in a world, each of which may be killed at any event. */

export type Run<T> =
  | { readonly kind: 'ended'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'killed' };

/** More than any command needs. */
const mostEvents = 100_000;

/** Lets the world go on until a run of cmanage ends or is killed at the event of a number, counted from its beginning. */
export async function runIn<T>(world: World, killAt: number | null, work: () => Promise<T>): Promise<Run<T>> {
  const owner: Owner = { isAlive: true };
  const began = world.events;
  const kill = (): void => {
    if (killAt === null || world.events - began < killAt) return;
    owner.isAlive = false;
  };
  world.onEvent = kill;
  setOwner(owner);
  const end: { told: Run<T> | null } = { told: null };
  work().then(
    (value) => (end.told = { kind: 'ended', value }),
    (error: unknown) => (end.told = { kind: 'failed', error }),
  );
  await settled();
  for (let events = 0; end.told === null && owner.isAlive; events++) {
    if (nextTime() === null) throw new Error('cmanage waits for something that never comes');
    if (events > mostEvents)
      throw new Error(`cmanage has not ended after ${mostEvents} events and ${virtualTime() / 1000} s`);
    step();
    await settled();
  }
  world.onEvent = null;
  setOwner(null);
  if (end.told !== null) return end.told;
  world.store.abandon();
  return { kind: 'killed' };
}

/** Lets so many milliseconds pass, in which nobody runs cmanage. */
export async function letPass(milliseconds: number): Promise<void> {
  const until = virtualTime() + milliseconds;
  after(milliseconds, () => undefined);
  for (let time = nextTime(); time !== null && time <= until; time = nextTime()) step();
  await settled();
}

function sessionIn(world: World, { environment }: Case, parallel: number): Session {
  const engines = environment.hosts.map(({ name, address }) => ({
    ...{ name, address, parallel },
    transport: { kind: 'unix', socket: '' } as const,
  }));
  const balancers = environment.loadBalancers.map(({ name, linkMap }) => ({
    ...{ name, run: [name], config: '/etc/haproxy/haproxy.cfg', linkMap },
    ...{ masterSocket: '/run/haproxy/master.sock', program: 'haproxy' },
  }));
  const config: Config = {
    settings: {
      directory: '',
      environmentName: 'simulated',
      statePath: 'state.db',
      lockWait: 0,
      logFile: null,
      watch,
    },
    environment,
    rulesText: null,
    connection: { engines, balancers, registries: [] },
  };
  return {
    ...{ config, database: world.store.open(), state: world.store.stateOf() },
    ...{ fence: Number(world.store.tables.get('environment')?.get('')?.fence), underWay: [] },
    lock: everythingLocked,
    engineOf: (host) => {
      const line = world.lines.get(host);
      if (!line) throw new HostError(host, 'connecting', 'no such host');
      return Promise.resolve(lineEngine(line));
    },
    close: () => Promise.resolve(),
  };
}

/** Nobody watches. */
const watch = { interval: 60, repairsPerHour: 0, repairsPerObject: 0, webhook: null, command: null };

/** One run after another, each has everything for itself. */
const everythingLocked: Session['lock'] = {
  names: () => [everything],
  covers: () => true,
  take: () => Promise.resolve(),
  takeTurn: () => Promise.resolve(),
  endTurn: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

const options = { quiet: true, output: 'json' } as const;

/** What became of a command: `unfinished` refuses because of an earlier one. */
export type Given = Ended | 'refused';

export async function giveCommand(world: World, one: Case, parallel: number): Promise<Given> {
  const { plan, summary, command, before } = one;
  try {
    const session = sessionIn(world, one, parallel);
    return await apply(session, options, { plan, summary, command, baseRevision: before.revision });
  } catch (error) {
    if (error instanceof UnfinishedError) return 'refused';
    throw error;
  }
}

/**
 * Takes the oldest unfinished operation up, as `resume` and `rollback --operation` do, or the next one where another one is in
 * its way; null where there is none.
 */
export async function takeUp(
  world: World,
  one: Case,
  wish: 'forward' | 'back',
  parallel: number,
): Promise<Given | null> {
  const session = sessionIn(world, one, parallel);
  for (const operation of await readOpenOperations(session.database.source)) {
    try {
      return await takeUpOne(session, operation, wish);
    } catch (error) {
      if (!(error instanceof UnfinishedError)) throw error;
    }
  }
  return null;
}

async function takeUpOne(
  session: Session,
  operation: OpenOperation,
  wish: 'forward' | 'back',
): Promise<Given> {
  const prepared = await prepare(session, operation, wish);
  if (!prepared.ok) return 'refused';
  const { steps, walk } = prepared.value;
  const plan = { steps, pivot: operation.plan.pivot };
  return run(session, options, plan, {
    hosts: operation.plan.steps.map(({ host }) => host),
    begin: async () => {
      const { claim, endTurn } = await claimOf(session, operation.services ?? []);
      const by = { actor: 'simulated', command: wish };
      const takingUp = { operation: operation.id, from: session.state.revision, by };
      const journal = await takeUpOperation(session.database, takingUp, claim);
      await endTurn();
      return journal;
    },
    walk,
  });
}
