import { describe, expect, it } from '@jest/globals';
import { replace } from '../../src/actions/replace.ts';
import { changeBetween } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { advance, worldOf, type Serving, type World } from '../../src/plan/advance.ts';
import { specOf } from '../../src/plan/spec.ts';
import { withLinks } from '../support/links.ts';
import { frozen, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment({ loadBalancers: [makeBalancer(), makeBalancer({ name: 'lb02' })] });
const alone = makeEnvironment();
const state = frozen(
  makeState({
    webapp: { versions: ['v1', 'v2'], endpoints: { prod: {} } },
    mail: { hosts: ['docker02'], versions: [] },
  }),
);
const next = accepted(replace(state, { stack: 'webapp-stack1', position: 0, direction: 'up' }, environment));
const [app1, app2, app3] = ['webapp-stack1-app1', 'webapp-stack1-app2', 'webapp-stack1-app3'];

/** A load balancer in few words: `prod app2 drains app1, old app1` and where the links lead. */
function servingInWords({ taking, draining, oldWorkers, links }: Serving): string {
  const short = (names: readonly string[]): string => names.map((name) => name.slice(-4)).join();
  const backends = [...taking].map(([name, servers]) => {
    const left = short(draining.get(name) ?? []);
    return `${name.split('-').at(-1) ?? ''} ${short(servers)}${left === '' ? '' : ` drains ${left}`}`;
  });
  return [
    ...backends,
    ...(oldWorkers.length === 0 ? [] : [`old ${short(oldWorkers)}`]),
    ...[...links].map(([port, backend]) => `${port} to ${backend}`),
  ].join(', ');
}

/** A world in few words: the containers with their phases, then each load balancer. */
function inWords({ standing, balancers, recorded }: World): string[] {
  return [
    [...standing].map(([name, { host, phase }]) => `${host} ${name.slice(-4)} ${phase}`).join(', '),
    ...[...balancers].map(([name, serving]) => `${name} ${servingInWords(serving)}`),
    `revision ${recorded.revision}`,
  ];
}

function servingOf(taking: [string, string[]][], links: [number, string][] = []): Serving {
  return { taking: new Map(taking), draining: new Map(), oldWorkers: [], links: new Map(links) };
}

describe('worldOf', () => {
  it('has every container healthy, and traffic where the endpoints point', () => {
    const host = 'docker01';
    expect(worldOf(state, environment)).toEqual({
      recorded: state,
      standing: new Map(
        state.containers.map((row) => [row.name, { host, spec: specOf(state, row), phase: 'healthy' }]),
      ),
      balancers: new Map([
        ['lb01', servingOf([['webapp-endpoint-prod', [app1]]])],
        ['lb02', servingOf([['webapp-endpoint-prod', [app1]]])],
      ]),
    });
  });

  it('has the links where they lead, and what answers there', () => {
    const linked = withLinks(
      withTree(
        makeState({
          webapp: { versions: ['v1'], endpoints: { prod: {} } },
          mail: { versions: ['v1', 'v1'] },
        }),
        'webapp-endpoint-prod',
        'webapp > mail @ 1',
      ),
    );
    expect([...worldOf(linked, makeEnvironment()).balancers]).toEqual([
      [
        'lb01',
        servingOf(
          [
            ['webapp-endpoint-prod', [app1]],
            ['link.mail.0', ['mail-stack1-app1']],
            ['link.mail.1', ['mail-stack1-app2']],
            ['link.mail.2', []],
          ],
          [[10000, 'link.mail.1']],
        ),
      ],
    ]);
  });

  it('of the empty state is empty', () => {
    expect(worldOf(makeState(), makeEnvironment({ loadBalancers: [] }))).toEqual({
      recorded: makeState(),
      standing: new Map(),
      balancers: new Map(),
    });
  });
});

describe('advance', () => {
  it('leads step by step from one state to the next', () => {
    const old = 'docker01 app1 healthy, docker01 app2 healthy';
    const both = `${old}, docker01 app3 healthy`;
    const [one, two] = ['lb01 prod app1', 'lb02 prod app1'];
    const gone = 'docker01 app2 healthy, docker01 app3 healthy';
    const steps: [string, string[]][] = [
      ['check_host', [old, one, two, 'revision 0']],
      ['check_config', [old, one, two, 'revision 0']],
      ['check_config', [old, one, two, 'revision 0']],
      ['pull_image', [old, one, two, 'revision 0']],
      ['create_container', [`${old}, docker01 app3 created`, one, two, 'revision 0']],
      ['start_container', [`${old}, docker01 app3 started`, one, two, 'revision 0']],
      ['wait_healthy', [both, one, two, 'revision 0']],
      ['add_server', [both, 'lb01 prod app1,app3', two, 'revision 0']],
      ['drain_server', [both, 'lb01 prod app3 drains app1', two, 'revision 0']],
      ['write_config', [both, 'lb01 prod app3 drains app1', two, 'revision 0']],
      ['add_server', [both, 'lb01 prod app3 drains app1', 'lb02 prod app1,app3', 'revision 0']],
      ['drain_server', [both, 'lb01 prod app3 drains app1', 'lb02 prod app3 drains app1', 'revision 0']],
      ['write_config', [both, 'lb01 prod app3 drains app1', 'lb02 prod app3 drains app1', 'revision 0']],
      ['wait_drained', [both, 'lb01 prod app3', 'lb02 prod app3 drains app1', 'revision 0']],
      ['remove_server', [both, 'lb01 prod app3', 'lb02 prod app3 drains app1', 'revision 0']],
      ['wait_drained', [both, 'lb01 prod app3', 'lb02 prod app3', 'revision 0']],
      ['remove_server', [both, 'lb01 prod app3', 'lb02 prod app3', 'revision 0']],
      [
        'stop_container',
        [both.replace('app1 healthy', 'app1 stopped'), 'lb01 prod app3', 'lb02 prod app3', 'revision 0'],
      ],
      ['remove_container', [gone, 'lb01 prod app3', 'lb02 prod app3', 'revision 0']],
      ['commit_state', [gone, 'lb01 prod app3', 'lb02 prod app3', 'revision 1']],
    ];
    let world = worldOf(state, environment);
    const walked = planOf(state, next, environment).steps.map((step): [string, string[]] => {
      world = advance(world, step);
      return [step.kind, inWords(world)];
    });
    expect(walked).toEqual(steps);
    const made = next.containers.filter((row) => row.name === app3).map((row) => specOf(next, row));
    expect([world.standing.get(app3)?.spec]).toEqual(made);
    expect(changeBetween(world.recorded, next)).toEqual(changeBetween(next, next));
    expect(new Set(world.standing.keys())).toEqual(new Set([app2, app3]));
  });

  it('has in a reload what the file says, and the old workers with what they served', () => {
    const more = makeState({ webapp: { versions: ['v1', 'v2'], endpoints: { prod: {}, qa: {} } } });
    const none = { ...state, endpoints: [], containers: [] };
    const walk = (before: State, then: State): string[] => {
      let world = worldOf(before, alone);
      return planOf(before, then, alone).steps.map((step) => {
        world = advance(world, step);
        return `${step.kind} ${[...world.balancers.values()].map(servingInWords).join()}`;
      });
    };
    expect(walk(state, more)).toEqual([
      'check_host prod app1',
      'check_config prod app1',
      'wait_healthy prod app1',
      'reload prod app1, qa app2, old app1',
      'commit_state prod app1, qa app2, old app1',
    ]);
    expect(walk(state, none).filter((line) => /^(reload|wait)/.test(line))).toEqual([
      'reload old app1',
      'wait_drained ',
    ]);
  });

  it('has links lead where they are set', () => {
    const about = { seq: 1, needs: [], host: 'lb01', object: 'a', because: 'a test' };
    const set = { ...about, kind: 'set_map', map: '/m', port: 10000, previous: null, limit: 3 } as const;
    const world = worldOf(state, alone);
    const linked = advance(world, { ...set, backend: 'link.mail.0' });
    const links = (given: World) => [...(given.balancers.get('lb01')?.links ?? [])];
    expect(links(linked)).toEqual([[10000, 'link.mail.0']]);
    expect(links(advance(linked, { ...set, backend: 'link.mail.1' }))).toEqual([[10000, 'link.mail.1']]);
    expect(links(advance(linked, { ...set, backend: null }))).toEqual([]);
    const link = { backend: 'link.mail.0', port: 10000 };
    const wait = { ...about, kind: 'wait_drained', of: link, limit: 1 } as const;
    expect(advance(linked, wait)).toEqual(linked);
  });

  it('has a server that is ready again take requests, once', () => {
    const [drain] = planOf(state, next, alone).steps.filter((step) => step.kind === 'drain_server');
    if (!drain) throw new Error('the plan drains nothing');
    const world = worldOf(state, alone);
    const drained = advance(world, drain);
    const after = (given: World, kind: 'ready_server' | 'drain_server' | 'remove_server' | 'add_server') =>
      [...advance(given, { ...drain, kind }).balancers.values()].map(servingInWords).join();
    expect(after(drained, 'ready_server')).toBe('prod app1');
    expect(after(world, 'ready_server')).toBe('prod app1');
    expect(after(world, 'add_server')).toBe('prod app1');
    expect(after(drained, 'drain_server')).toBe('prod  drains app1');
    expect(after(drained, 'remove_server')).toBe('prod ');
    expect(after(world, 'remove_server')).toBe('prod ');
  });

  it('leaves the world before it as it was', () => {
    const world = worldOf(state, environment);
    const words = inWords(world);
    let later = world;
    for (const step of planOf(state, next, environment).steps) {
      const now = inWords(later);
      const after = advance(later, step);
      expect(inWords(later)).toEqual(now);
      later = after;
    }
    expect(inWords(world)).toEqual(words);
  });

  it('leaves a load balancer alone that it does not know', () => {
    const bare = { ...worldOf(state, environment), balancers: new Map<string, Serving>() };
    for (const step of planOf(state, next, environment).steps.filter(({ host }) => host.startsWith('lb')))
      expect(advance(bare, step)).toBe(bare);
  });

  it('records no change of another state', () => {
    const commit = planOf(state, next, environment).steps.at(-1);
    expect(() => commit && advance(worldOf(next, environment), commit)).toThrow(
      'the plan records a change of another state than the one it begins with',
    );
  });
});
