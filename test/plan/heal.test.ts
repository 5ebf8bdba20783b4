import { describe, expect, it } from '@jest/globals';
import { differenceIn } from '../../src/haproxy/differences.ts';
import { driftOfHosts, type Observed } from '../../src/plan/drift.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { heal, type Healing } from '../../src/plan/heal.ts';
import type { SeenServer } from '../../src/plan/seenBalancer.ts';
import type { Step } from '../../src/plan/step.ts';
import { makeBalancer, makeEnvironment, makeState, quiet } from '../support/makeState.ts';
import { answeringIn, meant, sightingsOf, take, wellWorld, type SickWorld } from '../support/sickWorld.ts';

const state = makeState({
  webapp: { hosts: ['docker01', 'docker02'], versions: ['v0.1'], endpoints: { prod: {} } },
});
const environment = quiet(makeEnvironment());
const [one, other] = ['webapp-stack1-app1', 'webapp-stack2-app1'];

const nothingSpared = {
  meant,
  explained: new Set<string>(),
  handled: new Set(['1 docker01 stray', '1 docker03 stray']),
};

function healed(
  world: SickWorld,
  more: { allowOutage?: boolean; spared?: ReadonlyMap<string, string> } = {},
): Healing {
  const { allowOutage = false, spared = new Map() } = more;
  const known = { ...nothingSpared, spared };
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
  ['no map is used', ({ balancer }) => void Object.assign(balancer, { usesMap: false })],
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

type Case = readonly [Spoiling, Spoiling, Spoiling, Spoiling, Spoiling];

function spoiled(how: Case): SickWorld {
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
  const drifts = driftOfHosts(state, sightingsOf(world), null, nothingSpared).filter(
    ({ object }) => !known.has(object),
  );
  const traffic =
    known.size > 0 ? null : differenceIn(world.balancer, world.balancer.live, makeBalancer().linkMap);
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
    const all = containers.flatMap((first) =>
      containers.flatMap((second) =>
        servers.flatMap((ofFirst) =>
          servers.flatMap((ofSecond) => others.map((rest): Case => [first, second, ofFirst, ofSecond, rest])),
        ),
      ),
    );
    // No list has a multiple of 23, so that each pair of spoilings is met; all of them take two minutes.
    const stride = process.env.HEAL_ALL === undefined ? 23 : 1;
    const some = all.filter((_, index) => index % stride === 0);
    const wrong = some.flatMap((how, index) => {
      const order = orders[index % orders.length] ?? ((steps) => [...steps]);
      const faults = faultsOf(spoiled(how), order);
      return faults.length === 0 ? [] : [`${how.map(([name]) => name).join(' | ')}: ${faults.join('; ')}`];
    });
    expect(wrong.slice(0, 9)).toEqual([]);
    expect(all).toHaveLength(15 * 15 * 7 * 7 * 7);
  }, 600_000);

  it('has nothing to do where all is as the state says', () => {
    const { plan, left } = healed(wellWorld(state, environment));
    expect([plan.steps, left]).toEqual([[], []]);
  });

  const text = (healing: Healing): string[] =>
    healing.plan.steps.map(
      ({ seq, needs, kind, host, object }) => `${seq} ${kind} ${host} ${object} [${needs.join(' ')}]`,
    );
  const spoil = (name: string, container: string, world = wellWorld(state, environment)): SickWorld => {
    containers.find(([known]) => known === name)?.[1](world, container);
    return world;
  };

  it('replaces those that serve one after the other, each while the other one was seen to be well', () => {
    const world = spoil('limited otherwise', other, spoil('limited otherwise', one));
    expect(text(healed(world))).toEqual([
      '1 check_host docker01 engine []',
      '2 pull_image docker01 webapp:v0.1 [1]',
      '3 check_host docker02 engine []',
      '4 wait_healthy docker02 webapp-stack2-app1 [3]',
      '5 drain_server lb01 webapp-endpoint-prod/webapp-stack1-app1 [1 2 4]',
      '6 wait_drained lb01 webapp-endpoint-prod/webapp-stack1-app1 [5]',
      '7 remove_server lb01 webapp-endpoint-prod/webapp-stack1-app1 [6]',
      '8 stop_container docker01 webapp-stack1-app1 [1 2 4 7]',
      '9 remove_container docker01 webapp-stack1-app1 [8]',
      '10 create_container docker01 webapp-stack1-app1 [9]',
      '11 start_container docker01 webapp-stack1-app1 [10]',
      '12 wait_healthy docker01 webapp-stack1-app1 [11]',
      '13 add_server lb01 webapp-endpoint-prod/webapp-stack1-app1 [12]',
      '14 pull_image docker02 webapp:v0.1 [3]',
      '15 wait_healthy docker01 webapp-stack1-app1 [1 12 13]',
      '16 drain_server lb01 webapp-endpoint-prod/webapp-stack2-app1 [3 14 15]',
      '17 wait_drained lb01 webapp-endpoint-prod/webapp-stack2-app1 [16]',
      '18 remove_server lb01 webapp-endpoint-prod/webapp-stack2-app1 [17]',
      '19 stop_container docker02 webapp-stack2-app1 [3 14 15 18]',
      '20 remove_container docker02 webapp-stack2-app1 [19]',
      '21 create_container docker02 webapp-stack2-app1 [20]',
      '22 start_container docker02 webapp-stack2-app1 [21]',
      '23 wait_healthy docker02 webapp-stack2-app1 [22]',
      '24 add_server lb01 webapp-endpoint-prod/webapp-stack2-app1 [23]',
    ]);
  });

  it('leaves what alone serves, unless an outage is allowed', () => {
    const world = spoil('foreign', other, spoil('limited otherwise', one));
    world.balancer.servers.set(
      'webapp-endpoint-prod',
      (world.balancer.servers.get('webapp-endpoint-prod') ?? []).filter(({ name }) => name === one),
    );
    const { plan, left } = healed(world);
    expect(plan.steps.filter(({ object }) => object === one)).toEqual([]);
    expect(left.find(({ object }) => object === one)?.remedy).toMatch(
      /nothing else serves webapp-endpoint-prod: .*--allow-outage/,
    );
    const allowed = healed(world, { allowOutage: true });
    expect([...allowed.darkened]).toEqual(['lb01 webapp-endpoint-prod']);
    expect(allowed.plan.steps.map(({ kind }) => kind)).toContain('remove_container');
  });

  it('leaves what is spared, and what a load balancer that is away sends requests to', () => {
    const spared = new Map([[one, 'later']]);
    expect(healed(spoil('stopped', one), { spared })).toMatchObject({
      plan: { steps: [] },
      left: [{ object: one, remedy: 'later' }],
    });
    const blind = new Map([['lb01', 'later']]);
    const { plan, left } = healed(spoil('limited otherwise', one), { spared: blind });
    expect([plan.steps, left.map(({ object }) => object)]).toEqual([[], [one, 'haproxy']]);
  });

  it('leaves an orphan that alone serves, and removes it where others do', () => {
    const world = wellWorld(state, environment);
    const stray = { ...wellOne(world), id: 'stray', name: 'stray', madeAs: 'stray', hostPorts: [9] };
    world.hosts.get('docker03')?.push(stray);
    const [first, second] = world.balancer.servers.get('webapp-endpoint-prod') ?? [];
    if (!first || !second) throw new Error('no servers');
    world.balancer.servers.set('webapp-endpoint-prod', [first, second, { ...first, name: 'extra', port: 9 }]);
    const gone = ['drain_server', 'wait_drained', 'remove_server', 'check_host', 'remove_orphan'];
    expect(healed(world).plan.steps.map(({ kind }) => kind)).toEqual(gone);
    spoil('foreign', other, spoil('foreign', one, world));
    world.balancer.servers.set('webapp-endpoint-prod', [{ ...first, name: 'extra', port: 9 }]);
    const { steps } = healed(world).plan;
    expect(steps.map((step) => [step.kind, 'down' in step && step.down])).toEqual([
      ['add_server', true],
      ['add_server', true],
    ]);
  });

  it('goes on with everything that does not need what failed', () => {
    const { plan } = healed(spoil('stopped', one));
    expect(plan).toMatchObject({ pivot: 0, onFailure: { mends: true, tolerated: [{ failures: 1 }] } });
  });
});
