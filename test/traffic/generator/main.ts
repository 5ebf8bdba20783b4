import { createInterface } from 'node:readline';
import { chance } from '../../prove/orders.ts';
import { runClient } from './client.ts';
import { makeJudge, type Judge } from './judge.ts';
import type { Allowed, Door, Load, Order, Said } from './protocol.ts';
import { makeTally, type Tally } from './tally.ts';

/**
 * The load generator, a program of its own so that nothing else holds it up. It is told what to do line by line
 * (protocol.ts), answers each order with one line, and ends when it is told to or when whoever tells it is gone.
 */
type Run = {
  readonly tally: Tally;
  readonly judge: Judge;
  /** Stops asking, and resolves when the last answer has come. */
  readonly stop: () => Promise<unknown>;
  /** The operation under way, or the last one. */
  during: string;
};

let run: Run | null = null;

function start(load: Load, allowed: Allowed): Run {
  const [tally, judge] = [makeTally(), makeJudge(allowed)];
  let isGoing = true;
  const goesOn = (): boolean => isGoing;
  const clients = Array.from({ length: load.clients }, (_, place) => {
    const keeps = isOneOf(load.kept, place);
    const door = doorOf(load.doors, place / load.clients);
    const random = chance(load.seed + place);
    const interval = intervalOf(load, place, random);
    return runClient({ door, keeps, interval, load, random, judge, tally, goesOn });
  });
  const stop = (): Promise<unknown> => {
    isGoing = false;
    return Promise.all(clients);
  };
  return { tally, judge, stop, during: 'nothing' };
}

/** How long a client waits from one request to the next. */
function intervalOf(
  { lazy: [share, most], rate, clients }: Load,
  place: number,
  random: () => number,
): () => number {
  if (isOneOf(share, place)) return () => random() * most;
  const fixed = rate === null ? 0 : (1000 * clients * (1 - share)) / rate;
  return () => fixed;
}

/** Spreads a share evenly over places: of 0.75, three in four are in it. */
function isOneOf(share: number, place: number): boolean {
  return Math.floor((place + 1) * share) > Math.floor(place * share);
}

/** The door at a point between 0 and 1 of all doors' shares. */
function doorOf(doors: readonly Door[], point: number): Door {
  let left = point * doors.reduce((sum, { share }) => sum + share, 0);
  const door = doors.find(({ share }) => (left -= share) < 0) ?? doors.at(-1);
  if (!door) throw new Error('no door to ask');
  return door;
}

async function obey(order: Order): Promise<Said> {
  if (order.do === 'start') {
    if (run) throw new Error('started already');
    run = start(order.load, order.allowed);
    return { said: 'started' };
  }
  if (!run) throw new Error('not started');
  switch (order.do) {
    case 'begin':
      run.during = order.what;
      run.tally.during(order.what);
      run.judge.begin();
      return { said: 'begun' };
    case 'done':
      run.judge.done();
      run.tally.during(`after ${run.during}`);
      return { said: 'done' };
    case 'end':
      run.tally.during(`${run.during}, or just after it`);
      for (const { stage, chain, count, mixed } of run.judge.end(order.allowed, order.mixing)) {
        if (mixed) run.tally.mixed(count);
        else run.tally.wrongStage(stage, chain, count);
      }
      run.tally.during(`after ${run.during}`);
      return { said: 'ended' };
    case 'answers':
      return { said: 'answers', answers: run.judge.answers() };
    case 'report':
      return { said: 'report', report: run.tally.report() };
    case 'stop':
      await run.stop();
      return { said: 'stopped', report: run.tally.report() };
  }
}

// Whoever tells it what to do decides when it ends: a signal to all of them would lose what it has counted.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const said = await obey(JSON.parse(line) as Order);
  process.stdout.write(`${JSON.stringify(said)}\n`);
  if (said.said === 'stopped') break;
}
process.exit();
