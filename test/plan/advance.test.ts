import { describe, expect, it } from '@jest/globals';
import { replace } from '../../src/actions/replace.ts';
import { changeBetween } from '../../src/model/change.ts';
import { advance, worldOf, type World } from '../../src/plan/advance.ts';
import { specOf } from '../../src/plan/spec.ts';
import { frozen, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment({ loadBalancers: [makeBalancer(), makeBalancer({ name: 'lb02' })] });
const state = frozen(
  makeState({
    webapp: { versions: ['v1', 'v2'], endpoints: { prod: {} } },
    mail: { hosts: ['docker02'], versions: [] },
  }),
);
const next = accepted(replace(state, { stack: 'webapp-stack1', position: 0, direction: 'up' }, environment));
const [app1, app2, app3] = ['webapp-stack1-app1', 'webapp-stack1-app2', 'webapp-stack1-app3'];

/** A world in few words: the containers with their phases, then what serves and what drains. */
function inWords({ standing, serving, draining, recorded }: World): string[] {
  return [
    [...standing].map(([name, { host, phase }]) => `${host} ${name.slice(-4)} ${phase}`).join(', '),
    [...serving]
      .map(([balancer, servers]) => `${balancer} ${servers.map((name) => name.slice(-4)).join()}`)
      .join(' '),
    [...draining]
      .map(([balancer, servers]) => `${balancer} ${servers.map((name) => name.slice(-4)).join()}`)
      .join(' '),
    `revision ${recorded.revision}`,
  ];
}

describe('worldOf', () => {
  it('has every container healthy, and traffic where the endpoints point', () => {
    const host = 'docker01';
    expect(worldOf(state, environment)).toEqual({
      recorded: state,
      standing: new Map(
        state.containers.map((row) => [row.name, { host, spec: specOf(state, row), phase: 'healthy' }]),
      ),
      serving: new Map([
        ['lb01', [app1]],
        ['lb02', [app1]],
      ]),
      draining: new Map(),
    });
  });

  it('of the empty state is empty', () => {
    expect(worldOf(makeState(), makeEnvironment({ loadBalancers: [] }))).toEqual({
      recorded: makeState(),
      standing: new Map(),
      serving: new Map(),
      draining: new Map(),
    });
  });
});

describe('advance', () => {
  it('leads step by step from one state to the next', () => {
    const old = 'docker01 app1 healthy, docker01 app2 healthy';
    const both = `${old}, docker01 app3 healthy`;
    const [before, after] = ['lb01 app1 lb02 app1', 'lb01 app3 lb02 app3'];
    const gone = 'docker01 app2 healthy, docker01 app3 healthy';
    const steps: [string, string[]][] = [
      ['check_host', [old, before, '', 'revision 0']],
      ['check_config', [old, before, '', 'revision 0']],
      ['check_config', [old, before, '', 'revision 0']],
      ['pull_image', [old, before, '', 'revision 0']],
      ['create_container', [`${old}, docker01 app3 created`, before, '', 'revision 0']],
      ['start_container', [`${old}, docker01 app3 started`, before, '', 'revision 0']],
      ['wait_healthy', [both, before, '', 'revision 0']],
      ['switch_traffic', [both, 'lb01 app3 lb02 app1', 'lb01 app1', 'revision 0']],
      ['switch_traffic', [both, after, 'lb01 app1 lb02 app1', 'revision 0']],
      ['wait_drained', [both, after, 'lb02 app1', 'revision 0']],
      ['wait_drained', [both, after, '', 'revision 0']],
      ['stop_container', [both.replace('app1 healthy', 'app1 stopped'), after, '', 'revision 0']],
      ['remove_container', [gone, after, '', 'revision 0']],
      ['commit_state', [gone, after, '', 'revision 1']],
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

  it('has nothing to drain on a load balancer that served nothing', () => {
    const bare = { ...worldOf(state, environment), serving: new Map<string, string[]>() };
    const step = planOf(state, next, environment).steps.find(({ kind }) => kind === 'switch_traffic');
    expect(step && advance(bare, step).draining).toEqual(new Map([['lb01', []]]));
  });

  it('records no change of another state', () => {
    const commit = planOf(state, next, environment).steps.at(-1);
    expect(() => commit && advance(worldOf(next, environment), commit)).toThrow(
      'the plan records a change of another state than the one it begins with',
    );
  });
});
