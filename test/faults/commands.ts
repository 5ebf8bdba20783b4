import { engineRequest } from '../../lab/engineApi.ts';
import { succeed } from '../support/cmanage.ts';
import { imageFor, targetAt, usual, type Place } from './place.ts';
import { stateOf } from './world.ts';

/**
 * The commands that are killed, in pairs: the one leads from the usual environment to another, and the other back. Both are
 * killed, so that nothing is done only to restore.
 */
export type Pair = {
  readonly there: (place: Place) => readonly string[];
  /** Null where `spoil` leads back, or where the first one leads to where it began. */
  readonly back: ((place: Place) => readonly string[]) | null;
  /** Commands given once before the first kill and after the last one. */
  readonly before?: (place: Place) => readonly (readonly string[])[];
  readonly after?: (place: Place) => readonly (readonly string[])[];
  /** Done before each time that the command `there` is given. */
  readonly spoil?: (place: Place) => Promise<void>;
  /** Whether what it mends is broken again when it is undone, so that nothing else than its end can be judged. */
  readonly mends?: boolean;
};

const prod = ({ web }: Place): string => `${web}-endpoint-prod`;
const dev = ({ web }: Place): string => `${web}-endpoint-dev`;

const rollback = ({ web }: Place): string[] => ['rollback', web];

const stages = ['prod', 'qa', 'dev'];

/** Removes the containers at the top of the inner service behind cmanage's back. */
async function removeTops({ lab, api }: Place): Promise<void> {
  const { stacks, containers } = await stateOf(lab);
  for (const { name, stack, position } of containers) {
    const { service, host } = stacks.find((row) => row.name === stack) ?? {};
    if (service !== api || position !== 2) continue;
    const { socket = '' } = lab.hosts.find((entry) => entry.name === host) ?? {};
    await engineRequest('DELETE', socket, `/containers/${name}?force=1`);
  }
}

/** Leaves a container more to be pruned at each stack. */
async function retainMore({ lab, web }: Place): Promise<void> {
  await succeed(lab, 'release', web, '-v', 'v4');
  await succeed(lab, 'pop', web, '--stackpointer', '4');
}

export const pairs: Readonly<Record<string, Pair>> = {
  release: {
    there: ({ web }) => ['release', web, '-v', 'v5'],
    back: ({ web }) => ['pop', web, '--stackpointer', '4'],
  },
  pop: { there: ({ web }) => ['pop', web], back: rollback },
  'pop, of a service that is called': {
    before: ({ api }) => [['release', api, '-v', 'v4']],
    there: ({ api }) => ['pop', api],
    back: ({ api }) => ['rollback', api],
    after: ({ api }) => [['pop', api, '--stackpointer', '3']],
  },
  replace: {
    there: ({ web }) => ['replace', web, '--position', '1', '--direction', 'up'],
    back: rollback,
  },
  'replace, the old one first': {
    before: ({ web }) => [['changeservice', web, '--order', 'stop-first']],
    there: ({ web }) => ['replace', web, '--position', '0', '--direction', 'up'],
    back: rollback,
    after: ({ web }) => [['changeservice', web, '--order', 'start-first']],
  },
  'replace, one by one and watched': {
    before: ({ web }) => [['changeservice', web, '--parallelism', '1', '--monitor', '1']],
    there: ({ web }) => ['replace', web, '--position', '2', '--direction', 'up'],
    back: rollback,
    after: ({ web }) => [['changeservice', web, '--parallelism', 'all', '--monitor', '0']],
  },
  scale: {
    there: ({ web }) => ['scale', web, '--stacks', '3'],
    back: ({ web }) => ['scale', web, '--stacks', '2'],
  },
  'host drain': {
    there: ({ lab }) => ['host', 'drain', lab.hosts[0]?.name ?? ''],
    back: ({ lab }) => ['host', 'drain', lab.hosts[2]?.name ?? ''],
  },
  changetree: {
    before: ({ api }) => [['release', api, '-v', 'v4']],
    after: ({ api }) => [['pop', api, '--stackpointer', '3']],
    there: (place) => ['changetree', dev(place), '--position', '3'],
    back: (place) => ['changetree', dev(place), '--position', '2'],
  },
  'changetree of a relation': {
    there: (place) => ['changetree', dev(place), '--child', place.api, '--position', '1'],
    back: (place) => ['changetree', dev(place), '--child', place.api, '--position', 'pointer'],
  },
  'connect and disconnect': {
    there: ({ web, db }) => ['connect', web, '-c', db],
    back: ({ web, db }) => ['disconnect', web, '-c', db],
  },
  'weight and abort': {
    there: (place) => ['weight', prod(place), '0=90', '1=10'],
    back: (place) => ['abort', prod(place)],
  },
  canary: {
    there: (place) => [
      ...['canary', prod(place), '--steps', '50,100'],
      ...['--pause', '1', '--min-requests', '0'],
    ],
    back: (place) => ['abort', prod(place)],
  },
  'promote, and rollback of a tree': {
    before: (place) => [['weight', prod(place), '0=50', '1=50']],
    there: (place) => ['promote', prod(place)],
    back: (place) => ['rollback', '--tree', prod(place)],
    after: (place) => [['abort', prod(place)]],
  },
  'addendpoint and delete endpoint': {
    there: ({ web }) => ['addendpoint', 'www', '-s', web, '-p', '8090', '--stage', 'prod'],
    back: ({ web }) => ['delete', 'endpoint', `${web}-endpoint-www`],
  },
  changeendpoint: {
    there: (place) => ['changeendpoint', dev(place), '--balance', 'leastconn', '-p', '8092'],
    back: (place) => ['changeendpoint', dev(place), '--balance', 'roundrobin', '-p', '8082'],
  },
  'addservice and delete service': {
    there: (place) => [
      ...['addservice', place.extra, '-i', imageFor(place), '-s', '2', '-v', 'v1', 'v2', 'v3'],
      ...usual,
    ],
    back: ({ extra }) => ['delete', 'service', extra, '--cascade', '--yes'],
  },
  'addexternal and delete external': {
    there: (place) => [
      'addexternal',
      `${place.db}-old`,
      ...stages.flatMap((stage) => targetAt(place, stage, 9003)),
    ],
    back: (place) => ['delete', 'external', `${place.db}-old`],
  },
  changeexternal: {
    before: ({ web, db }) => [['connect', web, '-c', db]],
    there: (place) => ['changeexternal', place.db, ...targetAt(place, 'prod', 9002)],
    back: (place) => ['changeexternal', place.db, ...targetAt(place, 'prod', 9001)],
    after: ({ web, db }) => [['disconnect', web, '-c', db]],
  },
  changeservice: {
    there: ({ web }) => ['changeservice', web, '--drain-limit', '20'],
    back: ({ web }) => ['changeservice', web, '--no-drain-limit'],
  },
  'pop that retains': {
    before: ({ web }) => [['changeservice', web, '--retain', '1']],
    there: ({ web }) => ['pop', web],
    back: rollback,
    after: ({ web }) => [['changeservice', web, '--no-retain']],
  },
  prune: {
    before: ({ web }) => [['changeservice', web, '--retain', '5', '--warm']],
    spoil: retainMore,
    there: ({ web }) => ['prune', web, '--all'],
    back: null,
    after: ({ web }) => [['changeservice', web, '--no-retain']],
  },
  'deploy containers': {
    spoil: removeTops,
    there: () => ['deploy', 'containers'],
    back: null,
    mends: true,
  },
  heal: {
    spoil: removeTops,
    there: () => ['heal'],
    back: null,
    mends: true,
  },
};
