import { describe, expect, it } from '@jest/globals';
import { differenceIn } from '../../src/haproxy/differences.ts';
import { driftOfHosts, type Observed } from '../../src/plan/drift.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { heal, type Healing } from '../../src/plan/heal.ts';
import type { SeenServer } from '../../src/plan/seenBalancer.ts';
import type { Step } from '../../src/plan/step.ts';
import { makeEnvironment, makeState, quiet } from '../support/makeState.ts';
import { answeringIn, meant, sightingsOf, take, wellWorld, type SickWorld } from '../support/sickWorld.ts';

const state = makeState({
  webapp: { hosts: ['docker01', 'docker02'], versions: ['v0.1'], endpoints: { prod: {} } },
});
const environment = quiet(makeEnvironment());
const [one, other] = ['webapp-stack1-app1', 'webapp-stack2-app1'];

function healed(
  world: SickWorld,
  more: { allowOutage?: boolean; spared?: ReadonlyMap<string, string> } = {},
): Healing {
  const { allowOutage = false, spared = new Map() } = more;
  const known = { meant, explained: new Set<string>(), lastOperation: 9, spared };
  const seen = { sightings: sightingsOf(world), balancers: new Map([['lb01', world.balancer]]) };
  return heal(state, seen, { environment, known, allowOutage });
}

type Spoiling = readonly [name: string, spoil: (world: SickWorld, container: string) => void];

function hostOf(container: string): string {
  return container === one ? 'docker01' : 'docker02';
}

function onContainer(how: (found: Observed) => Observed[]): Spoiling[1] {
  return (world, container) => {
    const seen = world.hosts.get(hostOf(container)) ?? [];
    world.hosts.set(
      hostOf(container),
      seen.flatMap((found) => (found.name === container ? how(found) : [found])),
    );
  };
}

function onServer(how: (found: SeenServer) => SeenServer[]): Spoiling[1] {
  return ({ balancer }, container) => {
    for (const [backend, servers] of balancer.servers)
      balancer.servers.set(
        backend,
        servers.flatMap((server) => (server.name === container ? how(server) : [server])),
      );
  };
}

const containers: readonly Spoiling[] = [
  ['well', () => undefined],
  ['missing', onContainer(() => [])],
  ['stopped', onContainer((found) => [{ ...found, status: 'exited' }])],
  ['paused', onContainer((found) => [{ ...found, status: 'paused' }])],
  ['dead', onContainer((found) => [{ ...found, status: 'dead' }])],
  ['ill', onContainer((found) => [{ ...found, problem: 'GET / answers 500' }])],
  ['starting', onContainer((found) => [{ ...found, problem: 'starting', isStarting: true }])],
  ['limited otherwise', onContainer((found) => [{ ...found, limits: { ...found.limits, Memory: '9' } }])],
  [
    'without its policy',
    onContainer((found) => [{ ...found, limits: { ...found.limits, RestartPolicy: 'Name=no' } }]),
  ],
  ['of another image', onContainer((found) => [{ ...found, image: 'webapp:latest' }])],
  ['renamed', onContainer((found) => [{ ...found, name: 'other' }])],
  ['renamed and stopped', onContainer((found) => [{ ...found, name: 'other', status: 'exited' }])],
  ['foreign', onContainer((found) => [{ ...found, isOurs: false }])],
  ['of another specification', onContainer((found) => [{ ...found, spec: 'another', labels: {} }])],
  ['on a host that is away', (world, container) => world.away.add(hostOf(container))],
];

const servers: readonly Spoiling[] = [
  ['ready', () => undefined],
  ['down', onServer((found) => [{ ...found, up: false }])],
  ['in maintenance', onServer((found) => [{ ...found, state: 'maint', up: false }])],
  ['draining', onServer((found) => [{ ...found, state: 'drain' }])],
  ['of another weight', onServer((found) => [{ ...found, weight: 7 }])],
  ['missing', onServer(() => [])],
  ['elsewhere', onServer((found) => [{ ...found, port: 9 }])],
];

const orphan =
  (port: number) =>
  (found: Observed): Observed[] => [
    { ...found, id: 'stray', name: 'stray', madeAs: 'stray', hostPorts: [port] },
  ];

/** What is wrong beside the containers and servers of the state. */
const others: readonly Spoiling[] = [
  ['nothing', () => undefined],
  [
    'the file is edited',
    ({ balancer }) => void Object.assign(balancer, { live: `${balancer.live}# edited\n` }),
  ],
  ['another generation runs', ({ balancer }) => void Object.assign(balancer, { generation: 'other' })],
  [
    'a server too many',
    ({ balancer }) => {
      const [found] = [...balancer.servers.values()].flat();
      const extra: SeenServer = {
        name: 'extra',
        address: '192.0.2.9',
        port: 9,
        weight: 100,
        state: 'ready',
        up: true,
      };
      balancer.servers.set('webapp-endpoint-prod', [...(found ? [found] : []), extra]);
    },
  ],
  ['an orphan', (world) => world.hosts.get('docker01')?.push(...orphan(9)(wellOne(world)))],
  ['an orphan at its port', (world) => world.hosts.get('docker01')?.push(...orphan(20000)(wellOne(world)))],
];

function wellOne(world: SickWorld): Observed {
  const fresh = wellWorld(state, environment).hosts.get('docker01')?.[0];
  if (!fresh) throw new Error(`no container among ${world.hosts.size} hosts`);
  return fresh;
}

/** Two orders that the executor may take: as the plan has it, and the last step that may run first. */
const orders: readonly ((steps: readonly Step[]) => Step[])[] = [
  (steps) => [...steps],
  (steps) => {
    const [rest, done, order] = [[...steps], new Set<number>(), [] as Step[]];
    while (rest.length > 0) {
      const at = rest.findLastIndex(({ needs }) => needs.every((need) => done.has(need)));
      const [step] = rest.splice(at, 1);
      if (!step) throw new Error('a step needs one that is not there');
      done.add(step.seq);
      order.push(step);
    }
    return order;
  },
];

function spoiled(how: readonly [Spoiling, Spoiling, Spoiling, Spoiling, Spoiling]): SickWorld {
  const world = wellWorld(state, environment);
  const [first, second, serverOne, serverOther, rest] = how;
  rest[1](world, one);
  serverOne[1](world, one);
  serverOther[1](world, other);
  first[1](world, one);
  second[1](world, other);
  return world;
}

/** What is still otherwise, but for what the plan said it leaves. */
function remaining(world: SickWorld, { left }: Healing): string[] {
  const known = new Set(left.map(({ object }) => object));
  const drifts = driftOfHosts(state, sightingsOf(world), null, meant).filter(
    ({ object }) => !known.has(object),
  );
  const traffic = known.size > 0 ? null : differenceIn(world.balancer, world.balancer.live);
  return [...drifts.map(({ object, fact }) => `${object}: ${fact}`), ...(traffic === null ? [] : [traffic])];
}

/** What goes wrong when a world is healed, in an order of its steps. */
function faultsOf(world: SickWorld, order: (typeof orders)[number]): string[] {
  const healing = healed(world);
  const served = answeringIn(world, state).get('webapp-endpoint-prod') ?? [];
  const hadOwn = served.some((name) => name !== 'extra');
  const faults = checkEveryStep(state, state, healing.plan, environment, healing.start).map(
    ({ fact }) => fact,
  );
  for (const step of order(healing.plan.steps)) {
    try {
      take(world, step);
    } catch (error) {
      return [...faults, `step ${step.seq}: ${(error as Error).message}`];
    }
    const now = answeringIn(world, state).get('webapp-endpoint-prod') ?? [];
    if (hadOwn && now.length === 0) return [...faults, `nobody answers after step ${step.seq} ${step.kind}`];
  }
  return [...faults, ...remaining(world, healing)];
}

describe('heal', () => {
  it('leads from any world to the state, leaves no endpoint without a server that had one, and touches nobody else', () => {
    const wrong: string[] = [];
    let cases = 0;
    for (const first of containers)
      for (const second of containers)
        for (const serverOne of servers)
          for (const serverOther of servers)
            for (const rest of others) {
              // All of them take two minutes.
              if (process.env.HEAL_ALL === undefined && (cases + 1) % 11 !== 0) {
                cases++;
                continue;
              }
              const order = orders[cases++ % 2] ?? ((steps) => [...steps]);
              const faults = faultsOf(spoiled([first, second, serverOne, serverOther, rest]), order);
              if (faults.length === 0) continue;
              const names = [first, second, serverOne, serverOther, rest].map(([name]) => name);
              wrong.push(`${names.join(' | ')}: ${faults.join('; ')}`);
            }
    expect(wrong.slice(0, 9)).toEqual([]);
    expect(cases).toBe(15 * 15 * 7 * 7 * 6);
  });

  it('has nothing to do where all is as the state says', () => {
    const { plan, left } = healed(wellWorld(state, environment));
    expect([plan.steps, left]).toEqual([[], []]);
  });
});
