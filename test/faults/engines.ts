import { setTimeout as sleep } from 'node:timers/promises';
import { engineGet } from '../../lab/engineApi.ts';
import { cutHost, freezeEngine, joinHost, killEngine, startEngine, thawEngine } from '../../lab/faults.ts';
import type { Lab, LabHost } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import type { StepKind } from '../../src/plan/step.ts';
import { succeed, type Answer } from '../support/cmanage.ts';
import { hostOf, type Listed } from '../support/world.ts';
import type { Phase } from './build.ts';
import { endure, pointOf, type Case, type Fault } from './fault.ts';
import { gathering, startWaiting } from './meeting.ts';
import type { Place } from './place.ts';

/** An engine fails while several commands are at it, each at another step. They all meet the same fault at the same moment. */

type Meeting = {
  readonly args: (place: Place) => readonly string[];
  readonly at: readonly [StepKind, Phase];
  /** What leads back where it was done. */
  readonly back: (place: Place) => readonly string[];
};

const release = {
  args: ({ web }: Place) => ['release', web, '-v', 'v5'],
  back: ({ web }: Place) => ['pop', web, '--stackpointer', '4'],
};
const pop = { args: ({ web }: Place) => ['pop', web], back: ({ web }: Place) => ['rollback', web] };

/** What each place does meanwhile; with fewer places, fewer of them. */
const meetings: readonly Meeting[] = [
  { ...release, at: ['create_container', 'after-intent'] },
  { ...pop, at: ['stop_container', 'after-intent'] },
  { ...release, at: ['start_container', 'after-intent'] },
  { ...pop, at: ['wait_healthy', 'after-intent'] },
  { ...release, at: ['wait_healthy', 'after-intent'] },
  { ...pop, at: ['remove_container', 'after-intent'] },
];

type Failing = {
  readonly begin: (host: LabHost) => Promise<void>;
  readonly end: (lab: Lab, host: LabHost) => Promise<void>;
  /** Seconds after which it is over by itself; null where it lasts until every command has given up. */
  readonly lasts: number | null;
};

function fault(what: string, failing: Failing): Fault {
  return { what, run: (places) => together(what, places.slice(0, meetings.length), failing) };
}

/** One command at each place; the fault begins when all of them are at their points. */
async function together(
  what: string,
  places: readonly Place[],
  { begin, end, lasts }: Failing,
): Promise<Case[]> {
  const lab = places[0]?.whole;
  if (!lab) return [];
  const host = hostOf(lab, 1);
  const was = await runningOn(host);
  const mend = async (): Promise<void> => {
    await end(lab, host);
    await waitUntil(async () => areAgain(was, await everyOn(host)), 15_000);
  };
  let over: Promise<void> | null = null;
  const everyone = gathering(places.length, async () => {
    await begin(host);
    if (lasts !== null) over = sleep(lasts * 1000).then(mend);
  });
  const afterwards = gathering(places.length, () => over ?? mend());
  const meet = async (place: Place, { args: argsOf, at, back }: Meeting): Promise<Case> => {
    const args = argsOf(place);
    const point = await pointOf(place, args, ...at, host.name);
    const run = async (): Promise<Answer> => {
      const waiting = startWaiting(place, point, args);
      await waiting.arrived;
      await everyone.come();
      waiting.goOn();
      return waiting.ended;
    };
    const name = `${what} while ${args.join(' ')} is at ${at[0]}`;
    const found = await endure({ what: name, place, run, mend: afterwards.come });
    if (found.outcome.endsWith('new')) await succeed(place.lab, ...back(place));
    return found;
  };
  const meeting = places.flatMap((place, index) => {
    const found = meetings[index];
    return found ? [meet(place, found)] : [];
  });
  return Promise.all(meeting);
}

async function everyOn({ socket }: LabHost): Promise<Listed[]> {
  return (await engineGet(socket, '/containers/json?all=1')) as Listed[];
}

async function runningOn(host: LabHost): Promise<string[]> {
  return (await everyOn(host)).filter(({ State }) => State === 'running').map(({ Id }) => Id);
}

/** An engine that was started again brings its containers back one by one; those that were removed meanwhile stay away. */
function areAgain(was: readonly string[], now: readonly Listed[]): boolean {
  return now.every(({ Id, State }) => !was.includes(Id) || State === 'running');
}

const frozen: Failing['begin'] = (host) => {
  freezeEngine(host);
  return Promise.resolve();
};
const thawed: Failing['end'] = (_lab, host) => {
  thawEngine(host);
  return Promise.resolve();
};
const joined: Failing['end'] = (_lab, host) => joinHost(host);

export const engineFaults: Readonly<Record<string, Fault>> = {
  'engine-freezes-briefly': fault('an engine is frozen for 3 s', { begin: frozen, end: thawed, lasts: 3 }),
  'engine-freezes': fault('an engine is frozen', { begin: frozen, end: thawed, lasts: null }),
  'engine-restarts': fault('an engine is killed and started again', {
    begin: killEngine,
    end: startEngine,
    lasts: 0,
  }),
  'engine-dies': fault('an engine is killed', { begin: killEngine, end: startEngine, lasts: null }),
  'host-cut-briefly': fault('a host is cut off for 3 s', { begin: cutHost, end: joined, lasts: 3 }),
  'host-cut': fault('a host is cut off', { begin: cutHost, end: joined, lasts: null }),
};
