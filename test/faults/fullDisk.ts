import { dirname } from 'node:path';
import type { StepKind } from '../../src/plan/step.ts';
import { succeed } from '../support/cmanage.ts';
import { databaseOf } from '../support/world.ts';
import { doingAt, doingBeforeItBegins, type Phase } from './build.ts';
import { endure, pointOf, type Case, type Fault } from './fault.ts';
import { runFaulty, type Place } from './place.ts';
import { onSmallDisk, type SmallDisk } from './smallDisk.ts';

/** The disk of the state database, or of HAProxy's file, is full from one moment on. */

type Filling = {
  readonly args: (place: Place) => readonly string[];
  /** Null is before anything is begun. */
  readonly at: readonly [StepKind, Phase] | null;
  readonly back: (place: Place) => readonly string[];
};

const release = {
  args: ({ web }: Place) => ['release', web, '-v', 'v5'],
  back: ({ web }: Place) => ['pop', web, '--stackpointer', '4'],
};
const pop = { args: ({ web }: Place) => ['pop', web], back: ({ web }: Place) => ['rollback', web] };
const addendpoint = {
  args: ({ web }: Place) => ['addendpoint', 'www', '-s', web, '-p', '8090', '--stage', 'prod'],
  back: ({ web }: Place) => ['delete', 'endpoint', `${web}-endpoint-www`],
};

const ofState: readonly Filling[] = [
  { ...release, at: null },
  { ...release, at: ['create_container', 'before-intent'] },
  { ...release, at: ['start_container', 'after-effect'] },
  { ...release, at: ['commit_state', 'before-intent'] },
  { ...pop, at: ['set_map', 'before-intent'] },
  { ...pop, at: ['write_config', 'after-effect'] },
  { ...pop, at: ['stop_container', 'before-intent'] },
  { ...pop, at: ['commit_state', 'after-intent'] },
];

const ofBalancer: readonly Filling[] = [
  { ...pop, at: ['check_config', 'before-intent'] },
  { ...pop, at: ['write_config', 'before-intent'] },
  { ...addendpoint, at: ['check_config', 'before-intent'] },
  { ...addendpoint, at: ['reload', 'before-intent'] },
];

async function fillAt(
  place: Place,
  disk: SmallDisk,
  { args: argsOf, at, back }: Filling,
  whose: string,
): Promise<Case> {
  const args = argsOf(place);
  const env = at ? doingAt(await pointOf(place, args, ...at), disk.fill) : doingBeforeItBegins(disk.fill);
  const found = await endure({
    what: `the disk of ${whose} is full from ${at?.join(' ') ?? 'the beginning'} of ${args.join(' ')} on`,
    ...{ place, says: [/No space|full|cannot/i] },
    run: () => runFaulty(place, env, ...args),
    mend: disk.empty,
  });
  if (found.outcome.endsWith('new')) await succeed(place.lab, ...back(place));
  return found;
}

function fault(whose: string, directoryOf: (place: Place) => string, fillings: readonly Filling[]): Fault {
  const tryAll = (place: Place, share: number, shares: number): Promise<Case[]> =>
    onSmallDisk(directoryOf(place), async (disk) => {
      const cases: Case[] = [];
      for (const filling of fillings.filter((_, index) => index % shares === share)) {
        cases.push(await fillAt(place, disk, filling, whose));
      }
      return cases;
    });
  return {
    what: `the disk of ${whose} is full`,
    run: async (places) =>
      (await Promise.all(places.map((place, share) => tryAll(place, share, places.length)))).flat(),
  };
}

export const fullStateDisk = fault('the state database', ({ lab }) => dirname(databaseOf(lab)), ofState);
export const fullBalancerDisk = fault(
  "HAProxy's file",
  ({ lab }) => dirname(lab.loadbalancer.config),
  ofBalancer,
);
