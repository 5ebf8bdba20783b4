import { expect, it } from '@jest/globals';
import { chance } from '../prove/orders.ts';
import type { ServiceSeen } from './look.ts';
import { drawOperation, type Operation } from './operations.ts';

const service = (name: string, height: number, endpoints: ServiceSeen['endpoints'] = []): ServiceSeen => ({
  name,
  stacks: ['docker01', 'docker02'].map((host, place) => ({
    ...{ name: `${name}-stack${place + 1}`, host },
    containers: Array.from({ length: height }, (_, position) => {
      return { name: `${name}-stack${place + 1}-app${position + 1}`, version: `v1.${position}` };
    }),
  })),
  endpoints,
});
const doors = ['prod', 'qa', 'dev'].map((stage, pointer) => ({
  name: `webapp-endpoint-${stage}`,
  stage,
  pointer,
  options: { weights: [] },
}));
const services = [service('webapp', 4, doors), service('training', 3), service('ledger', 5)];

/** The same services, with endpoints of webapp that spread over positions. */
const spreading = (height: number, positions: Readonly<Record<string, readonly number[]>>): ServiceSeen[] => {
  const endpoints = doors.map((door) => {
    const weights = (positions[door.stage] ?? []).map((position) => ({ position, weight: 50 }));
    return { ...door, options: { weights } };
  });
  return [service('webapp', height, endpoints), ...services.slice(1)];
};

function drawn(seed: number, links: 'doors' | 'routed', only?: string[], now = services): Operation {
  const random = chance(seed);
  const hosts = 3;
  const fixed = [{ endpoint: 'webapp-endpoint-qa', child: 'ledger' }];
  const draw = (below: number) => Math.floor(random() * below);
  const situation = { services: now, fixed, hosts, links, random: draw };
  const operation = drawOperation(situation, only);
  if (!operation) throw new Error('none fits');
  return operation;
}
const seeds = Array.from({ length: 500 }, (_, seed) => seed);

it('every kind comes, and the same seed gives the same', () => {
  const now = spreading(4, { prod: [0, 1] });
  const kinds = new Set(seeds.map((seed) => drawn(seed, 'routed', undefined, now).kind));
  expect([...kinds].sort()).toEqual([
    'abort',
    'branch',
    'changetree',
    'door',
    'pop',
    'promote',
    'release',
    'replace',
    'rollback',
    'scale',
    'weight',
  ]);
  expect(drawn(7, 'routed')).toEqual(drawn(7, 'routed'));
});

it('nothing is released on the highest stack or popped from the lowest, and versions go up', () => {
  const releases = seeds.map((seed) => drawn(seed, 'routed', ['release']).args.join(' '));
  expect(new Set(releases)).toEqual(new Set(['release webapp -v v1.4', 'release training -v v1.3']));
  const popped = new Set(seeds.map((seed) => drawn(seed, 'routed', ['pop']).args[1]));
  expect(popped).toEqual(new Set(['webapp', 'ledger']));
});

it('a pointer moves to another position that every service has', () => {
  const moves = seeds.map((seed) => drawn(seed, 'doors', ['changetree']).args);
  const positions = (stage: string): string[] => {
    const own = moves.filter(([, endpoint]) => endpoint === `webapp-endpoint-${stage}`);
    return [...new Set(own.map((args) => args.at(-1) ?? ''))].sort();
  };
  expect(positions('prod')).toEqual(['1', '2']);
  expect(positions('qa')).toEqual(['0', '2']);
});

it('weights are of different positions that every service has', () => {
  const typed = seeds.map((seed) => drawn(seed, 'routed', ['weight']).args.slice(2));
  for (const weights of typed) {
    const positions = weights.map((weight) => weight.split('=', 1)[0]);
    expect(new Set(positions).size).toBe(positions.length);
    expect(['0', '1', '2']).toEqual(expect.arrayContaining(positions));
  }
  expect(new Set(typed.map(({ length }) => length))).toEqual(new Set([2, 3]));
});

it('while weights stand, positions below them are not popped, and all of them may end', () => {
  const now = spreading(5, { prod: [0, 1], qa: [3, 1] });
  const popped = seeds.map((seed) => drawn(seed, 'routed', ['pop'], now).args);
  const ofFront = popped.filter(([, name]) => name === 'webapp').map((args) => args.at(-1));
  expect(new Set(ofFront)).toEqual(new Set(['4']));
  const aborted = seeds.map((seed) => drawn(seed, 'routed', ['abort'], now).args.at(-1));
  expect(new Set(aborted)).toEqual(new Set(['webapp-endpoint-prod', 'webapp-endpoint-qa']));
});

it.each([
  ['a canary', 4, { prod: [0, 1] }, 'prod'],
  ['a canary above weights of others', 5, { prod: [0], qa: [1, 2] }, 'qa'],
])('%s is promoted', (_what, height, positions, stage) => {
  const { args } = drawn(1, 'routed', ['promote'], spreading(height, positions));
  expect(args).toEqual(['promote', `webapp-endpoint-${stage}`]);
});

it.each([
  ['stacks that would be too low', 4, { prod: [0, 2] }],
  ['weights of others that would shift', 5, { prod: [0, 1], qa: [1, 0] }],
  ['nothing above the pointer', 5, { dev: [0, 2] }],
  ['no weights', 5, {}],
])('nothing is promoted where there are %s', (_what, height, positions) => {
  const promote = (): unknown => drawn(1, 'routed', ['promote'], spreading(height, positions));
  expect(promote).toThrow('none fits');
});

it('a fixed position is made to follow its endpoint again, and any may be fixed', () => {
  const branches = seeds.map((seed) => drawn(seed, 'routed', ['branch']).args);
  const loosened = branches.filter((args) => args.at(-1) === 'pointer');
  expect(new Set(loosened.map((args) => args.join(' ')))).toEqual(
    new Set(['changetree webapp-endpoint-qa --child ledger --position pointer']),
  );
  expect(loosened.length).toBeGreaterThan(branches.length / 2);
  expect(new Set(branches.map(([, endpoint]) => endpoint)).size).toBe(3);
});

it('a kind that nobody knows is a mistake', () => {
  expect(() => drawn(1, 'doors', ['explode'])).toThrow(/explode is none of release, pop/);
});
