import { defaultHouse, smallHouse } from './house.ts';
import type { Scope } from './scope.ts';

const common = { from: [''], tagsMove: false, tags: ['latest'] } as const;

/**
 * The searches. A scope with a limit is walked breadth-first up to that many cases of a long run; all others are small
 * enough to be gone through to their end, and it is said if one was not. The smallest come first.
 */
export const scopes: readonly (Scope & { readonly limit: number | null })[] = [
  {
    ...common,
    name: 'tags that move',
    because: 'tags without an order are allowed, and move in the registry between two commands',
    house: { ...smallHouse, unordered: true },
    bounds: { services: 1, stacks: 2, height: 3, versions: 3, endpoints: 1, edges: 0 },
    tagsMove: true,
    limit: null,
  },
  {
    ...common,
    name: 'later only',
    because:
      'stacks in which every version must be later than the one below, and every endpoint counts as a tree',
    house: { ...defaultHouse, stages: ['prod', 'qa'], minContainers: 1, equal: false, countEndpoints: true },
    bounds: { services: 1, stacks: 2, height: 4, versions: 4, endpoints: 3, edges: 0 },
    limit: null,
  },
  {
    ...common,
    name: 'no twins',
    because: 'stack-twins only warns, so that stacks of different heights and versions come about',
    house: { ...smallHouse, stages: ['prod', 'qa'], relaxed: ['memory-limit', 'stack-twins'] },
    bounds: { services: 1, stacks: 2, height: 3, versions: 2, endpoints: 2, edges: 0 },
    limit: null,
  },
  {
    ...common,
    name: 'chain of three',
    because: 'three services of one stack: every tree of three, with branches and cycles',
    house: { ...smallHouse, stages: ['prod'], hosts: ['h1', 'h2'] },
    bounds: { services: 3, stacks: 1, height: 2, versions: 1, endpoints: 1, edges: 3 },
    limit: null,
  },
  {
    ...common,
    name: 'tight hosts',
    because:
      'hosts with room for three containers and four ports: capacity and ports run out, also on the way',
    house: { ...smallHouse, capacity: 3, ports: 4 },
    bounds: { services: 2, stacks: 3, height: 3, versions: 1, endpoints: 1, edges: 0 },
    limit: null,
  },
  {
    ...common,
    name: 'trees of two',
    because:
      'two services with one stage and two endpoints: every tree of two services, also those with cycles',
    house: smallHouse,
    bounds: { services: 2, stacks: 2, height: 2, versions: 2, endpoints: 2, edges: 2 },
    limit: null,
  },
  {
    ...common,
    name: 'stages of three',
    because:
      'two stages of three services, one below the other: every branching, pop and release of a deep tree',
    house: { ...smallHouse, stages: ['prod', 'qa'] },
    bounds: { services: 3, stacks: 1, height: 3, versions: 3, endpoints: 2, edges: 4 },
    from: [
      'a[1:2,4]{prod>0(a>b@* b>c@*) qa>1(a>b@* b>c@*)};b[1:2,4]{};c[1:2,4]{}',
      'a[1:2,4]{prod>0(a>b@* b>c@*) qa>1(a>b@*)};b[1:2,4]{};c[1:2,4]{}',
      'a[1:2,4]{prod>0(a>b@0 b>c@*)};b[1:2,4]{};c[1:2,4]{}',
    ],
    limit: 500_000,
  },
  {
    ...common,
    name: 'two load balancers',
    because: 'each of two load balancers may send a container requests, and be called by it',
    house: { ...smallHouse, stages: ['prod', 'qa'], balancers: ['lb', 'lb2'] },
    bounds: { services: 2, stacks: 2, height: 3, versions: 3, endpoints: 2, edges: 2 },
    from: ['a[1:2,4 2:2,4]{prod>0(a>b@*) qa>1(a>b@*)};b[1:2,4 3:2,4]{}'],
    limit: 500_000,
  },
  {
    ...common,
    name: 'one service',
    because: 'the default rules, with every height and every set of endpoints of one service',
    house: defaultHouse,
    bounds: { services: 1, stacks: 2, height: 4, versions: 4, endpoints: 3, edges: 0 },
    limit: null,
  },
  {
    ...common,
    name: 'full, from complete',
    because: 'the same bounds, beginning with two services that are complete, one below the other',
    house: defaultHouse,
    bounds: { services: 2, stacks: 2, height: 4, versions: 4, endpoints: 3, edges: 6 },
    from: ['a[1:2,4,6 2:2,4,6]{dev>2(a>b@*) prod>0(a>b@*) qa>1(a>b@*)};b[1:2,2,4 3:2,2,4]{}'],
    limit: 500_000,
  },
  {
    ...common,
    name: 'full, from nothing',
    because:
      'two services of two stacks, height 4, four versions and three endpoints with trees, on three hosts',
    house: defaultHouse,
    bounds: { services: 2, stacks: 2, height: 4, versions: 4, endpoints: 3, edges: 6 },
    limit: 500_000,
  },
];
