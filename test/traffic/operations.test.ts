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
}));
const services = [service('webapp', 4, doors), service('training', 3), service('ledger', 5)];

function drawn(seed: number, links: 'doors' | 'routed', only?: string[]): Operation {
  const random = chance(seed);
  const situation = { services, hosts: 3, links, random: (below: number) => Math.floor(random() * below) };
  return drawOperation(situation, only);
}
const seeds = Array.from({ length: 500 }, (_, seed) => seed);

it('every kind comes, and the same seed gives the same', () => {
  const kinds = new Set(seeds.map((seed) => drawn(seed, 'routed').kind));
  expect([...kinds].sort()).toEqual([
    'branch',
    'changetree',
    'door',
    'pop',
    'release',
    'replace',
    'rollback',
    'scale',
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

it('a kind that nobody knows is a mistake', () => {
  expect(() => drawn(1, 'doors', ['explode'])).toThrow(/explode is none of release, pop/);
});
