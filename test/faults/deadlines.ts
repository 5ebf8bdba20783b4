import { freezeEngine, cutHost, joinHost, thawEngine } from '../../lab/faults.ts';
import { masterCommand } from '../../lab/haproxyApi.ts';
import type { Daemon, LabHost } from '../../lab/record.ts';
import { signal } from '../../lab/processes.ts';
import { startCmanage, succeed } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf, hostOf } from '../support/world.ts';
import { dyingAt } from './build.ts';
import { pointOf, type Case, type Fault } from './fault.ts';
import { bringToItsEnd } from './kills.ts';
import { watch, type Timing } from './overrun.ts';
import { runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf } from './world.ts';

/**
 * Whatever is frozen, every kind of command ends within its deadlines: those of its steps, which it names, and the time that it
 * takes where nothing is frozen. All kinds meet the same frozen thing at the same moment.
 */

/** Seconds that a command may take beyond that: the promise of reliability.md. */
const allowed = 2;

type Kind = {
  readonly name: string;
  /** Seconds that its answer waits for a host or a load balancer without naming them; it says that it is unreachable. */
  readonly deadline?: number;
  readonly args: (place: Place, id: number) => readonly string[];
};

const release: Kind = { name: 'release', args: ({ web }) => ['release', web, '-v', 'v5'] };
const pop: Kind = { name: 'pop', args: ({ web }) => ['pop', web] };
const resume: Kind = { name: 'resume', args: (_, id) => ['resume', String(id)] };

/** What each place is asked at once; one command that changes something, and any that only look. */
const asked: readonly (readonly Kind[])[] = [
  [release, { name: 'verify', deadline: 10, args: () => ['verify'] }],
  [pop, { name: 'show --live', deadline: 10, args: () => ['show', 'containers', '--live'] }],
  [resume, { name: 'upstream', args: ({ web }) => ['upstream', web] }],
  [
    {
      name: 'addendpoint',
      args: ({ web }) => ['addendpoint', 'www', '-s', web, '-p', '8090', '--stage', 'prod'],
    },
    { name: 'release --dry-run', args: ({ web }) => ['release', web, '-v', 'v6', '--dry-run'] },
    { name: 'deploy --dry-run', args: () => ['deploy', 'containers', '--dry-run'] },
  ],
];

type Freezing = {
  readonly freeze: (places: readonly Place[]) => Promise<void>;
  readonly thaw: (places: readonly Place[]) => Promise<void>;
};

function mustSignal(daemon: Daemon, name: NodeJS.Signals): void {
  if (!signal(daemon, name)) throw new Error(`process ${daemon.pid} does not run`);
}

function daemons(of: (place: Place) => readonly Daemon[]): Freezing {
  const send = (name: NodeJS.Signals) => (places: readonly Place[]) => {
    const all = new Map(places.flatMap(of).map((daemon) => [daemon.pid, daemon]));
    for (const daemon of all.values()) mustSignal(daemon, name);
    return Promise.resolve();
  };
  return { freeze: send('SIGSTOP'), thaw: send('SIGCONT') };
}

/** The worker's process of each place, by what its master tells. */
async function workersOf(places: readonly Place[]): Promise<number[]> {
  const lists = places.map(async ({ lab }) => {
    const answer = await masterCommand(lab.loadbalancer.masterSocket, 'show proc');
    return [...answer.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid));
  });
  return (await Promise.all(lists)).flat();
}

function workers(): Freezing {
  let pids: readonly number[] = [];
  return {
    freeze: async (places) => {
      pids = await workersOf(places);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
    },
    thaw: () => {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      return Promise.resolve();
    },
  };
}

function firstHost([place]: readonly Place[]): LabHost {
  if (!place) throw new Error('there is no place');
  return hostOf(place.whole, 1);
}

const things: Readonly<Record<string, Freezing>> = {
  'an engine that is frozen': {
    freeze: (places) => {
      freezeEngine(firstHost(places));
      return Promise.resolve();
    },
    thaw: (places) => {
      thawEngine(firstHost(places));
      return Promise.resolve();
    },
  },
  'a host that is cut off': {
    freeze: (places) => cutHost(firstHost(places)),
    thaw: (places) => joinHost(firstHost(places)),
  },
  'a registry that is frozen': daemons(({ whole }) => [whole.registry]),
  "HAProxy's master that is frozen": daemons(({ lab }) => [lab.loadbalancer]),
  "HAProxy's worker that is frozen": workers(),
};

/** Leaves an operation that `resume` can finish, where a place is asked to. */
async function leaveUnfinished(place: Place, kinds: readonly Kind[]): Promise<number> {
  if (!kinds.includes(resume)) return 0;
  const args = pop.args(place, 0);
  await runFaulty(place, dyingAt(await pointOf(place, args, 'wait_healthy', 'after-intent')), ...args);
  return (await latest(place)).id;
}

type Answered = {
  readonly place: Place;
  readonly kind: Kind;
  readonly exitCode: number;
  readonly timing: Timing;
};

async function askAll(places: readonly Place[], ids: readonly number[]): Promise<Answered[]> {
  const all = places.flatMap((place, index) =>
    (asked[index] ?? []).map(async (kind): Promise<Answered> => {
      const running = startCmanage(place.lab, ...kind.args(place, ids[index] ?? 0));
      const { timing } = watch(running);
      const { exitCode } = await running;
      return { place, kind, exitCode: exitCode ?? -1, timing: await timing() };
    }),
  );
  return Promise.all(all);
}

/** Leads every place back, where something was done since the operations of these numbers. */
async function restore(places: readonly Place[], before: readonly number[]): Promise<string[]> {
  const restored = places.map(async (place, index) => {
    const { lab, web } = place;
    const left = await latest(place);
    if (left.id > (before[index] ?? 0) && !['done', 'undone'].includes(left.status)) {
      await bringToItsEnd(lab, 'resume', left.id);
    }
    const { id, status } = await latest(place);
    if (id === before[index] || status !== 'done') return complaintsAbout(lab);
    const kinds = asked[index] ?? [];
    if (kinds.includes(release)) await succeed(lab, 'pop', web, '--stackpointer', '4');
    else if (kinds.includes(pop) || kinds.includes(resume)) await succeed(lab, 'rollback', web);
    else await succeed(lab, 'delete', 'endpoint', `${web}-endpoint-www`);
    return complaintsAbout(lab);
  });
  return (await Promise.all(restored)).flat();
}

async function latest({ lab }: Place): Promise<{ id: number; status: string }> {
  await stateOf(lab);
  return (await latestOperation(databaseOf(lab))) ?? { id: 0, status: 'done' };
}

function judge(thing: string, { kind, exitCode, timing }: Answered, usual: number): Case {
  const late = timing.late.filter(({ overrun }) => overrun > allowed);
  const unnamed = timing.late.length === 0 && timing.answer === 0 ? (kind.deadline ?? 0) : 0;
  // What is usual was taken with all of them at once, too.
  const beyond = timing.rest - unnamed - usual;
  const named = timing.late.map(
    ({ what, deadline, overrun }) => `${what} ${deadline} s + ${overrun.toFixed(1)} s`,
  );
  if (timing.answer > 0) named.push(`its answer ${timing.answer} s`);
  return {
    what: `${kind.name} and ${thing}`,
    outcome: `exit ${exitCode} after ${timing.elapsed.toFixed(1)} s (usually ${usual.toFixed(1)} s); ${named.join(', ')}`,
    complaints: [
      ...late.map(
        ({ what, deadline, overrun }) => `${what} took ${overrun.toFixed(1)} s longer than its ${deadline} s`,
      ),
      ...(beyond > allowed ? [`it took ${beyond.toFixed(1)} s more than its steps and what is usual`] : []),
    ],
  };
}

export const deadlines: Fault = {
  what: 'no command outlives its deadlines by more than 2 s, whatever is frozen',
  run: async (all) => {
    const places = all.slice(0, asked.length);
    const prepare = (): Promise<number[]> =>
      Promise.all(places.map((place, index) => leaveUnfinished(place, asked[index] ?? [])));
    const idsOf = (): Promise<number[]> => Promise.all(places.map(async (place) => (await latest(place)).id));
    let before = await idsOf();
    const usual = await askAll(places, await prepare());
    const cases: Case[] = [];
    const wrong = await restore(places, before);
    for (const [thing, { freeze, thaw }] of Object.entries(things)) {
      before = await idsOf();
      const ids = await prepare();
      await freeze(places);
      const answers = await askAll(places, ids).finally(() => thaw(places));
      cases.push(...answers.map((answer, n) => judge(thing, answer, usual[n]?.timing.elapsed ?? 0)));
      wrong.push(...(await restore(places, before)));
    }
    return [...cases, { what: 'afterwards', outcome: 'looked at', complaints: wrong }];
  },
};
