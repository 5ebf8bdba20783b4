import { describe, expect, it } from '@jest/globals';
import { drainHost, replaceService } from '../../src/actions/stackProcesses.ts';
import { popService, release } from '../../src/actions/processes.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { successionsIn } from '../../src/plan/stopFirst.ts';
import type { Plan } from '../../src/plan/step.ts';
import { undo } from '../../src/plan/undo.ts';
import type { State } from '../../src/model/state.ts';
import type { Rolling } from '../../src/model/rolling.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { liveOf, planOf, printed } from '../support/plans.ts';
import { diff } from '../../src/plan/diff.ts';

const environment = makeEnvironment();
const prod = 'webapp-endpoint-prod';

function stateOf(rolling: Partial<Rolling>, hosts: readonly string[] = ['docker01']): State {
  return makeState({ webapp: { hosts, rolling, endpoints: { prod: { port: 80 } } } });
}

function replaced(state: State): State {
  return accepted(replaceService(state, { service: 'webapp', position: 0, direction: 'up' }, environment));
}

const pairs = (before: State, next: State): string[] =>
  [...successionsIn(before, next)].map(([name, old]) => `${name} for ${old.name}`);
const told = (plan: Plan, before: State, next: State) =>
  checkEveryStep(before, next, plan, environment).map(
    ({ level, code, object, fact }) => `${level} ${code} ${object}: ${fact}`,
  );

const alone = stateOf({ order: 'stop-first' });
const twins = stateOf({ order: 'stop-first', parallelism: 1 }, ['docker01', 'docker02']);

describe('who takes whose place', () => {
  it('is the new container at the same position of the same stack', () => {
    expect(pairs(alone, replaced(alone))).toEqual(['webapp-stack1-app4 for webapp-stack1-app1']);
  });

  it('is that of the stack which comes for one that leaves', () => {
    expect(pairs(alone, accepted(drainHost(alone, 'docker01', environment)))).toEqual(
      [1, 2, 3].map((number) => `webapp-stack2-app${number} for webapp-stack1-app${number}`),
    );
  });

  it('is nobody in a release or a pop, or of a service that is start-first', () => {
    const facts = makeFacts('registry.example/webapp', ['v0.4']);
    const higher = accepted(release(alone, { service: 'webapp', versions: ['v0.4'] }, environment, facts));
    expect(pairs(alone, higher)).toEqual([]);
    const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));
    expect(pairs(higher, popped)).toEqual([]);
    expect(pairs(stateOf({}), replaced(stateOf({})))).toEqual([]);
  });
});

describe('the plan of a replacement that is stop-first', () => {
  it('drains and stops the old one before the new one starts, and removes it at the end', () => {
    const plan = planOf(alone, replaced(alone));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  pull_image        docker01  webapp:v0.2 (7df1e6816912)               docker01 is to run webapp v0.2
 4  create_container  docker01  webapp-stack1-app4 (v0.2, port 20003)    webapp-stack1 gets v0.2 at position 0
 5  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 6  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
 7  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp is stop-first: webapp-stack1-app4 starts when it is down
 8  start_container   docker01  webapp-stack1-app4                       v0.2 answers on port 20003 of docker01
 9  wait_healthy      docker01  webapp-stack1-app4                       nothing is sent to a container before it is healthy
10  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app4  webapp-endpoint-prod goes from v0.1 to v0.2
11  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
12  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
13  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
14  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(plan.steps[plan.pivot - 1]?.kind).toBe('write_config');
    expect(told(plan, alone, replaced(alone))).toEqual([
      `warn stop-first ${prod}: after step 5 (drain_server ${prod}/webapp-stack1-app1) lb01 has no server for it until webapp-stack1-app4 is healthy: webapp is stop-first`,
    ]);
  });

  it('changes one stack after the other where one comes up at a time, and somebody always answers', () => {
    const plan = planOf(twins, replaced(twins));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_host        docker02  engine                                   every host is asked before anything changes
 3  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 4  pull_image        docker01  webapp:v0.2 (7df1e6816912)               docker01 is to run webapp v0.2
 5  pull_image        docker02  webapp:v0.2 (7df1e6816912)               docker02 is to run webapp v0.2
 6  create_container  docker01  webapp-stack1-app4 (v0.2, port 20003)    webapp-stack1 gets v0.2 at position 0
 7  create_container  docker02  webapp-stack2-app4 (v0.2, port 20003)    webapp-stack2 gets v0.2 at position 0
 8  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 9  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
10  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp is stop-first: webapp-stack1-app4 starts when it is down
11  start_container   docker01  webapp-stack1-app4                       v0.2 answers on port 20003 of docker01
12  wait_healthy      docker01  webapp-stack1-app4                       nothing is sent to a container before it is healthy
13  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app4  webapp-endpoint-prod goes from v0.1 to v0.2
14  drain_server      lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod goes from v0.1 to v0.2
15  wait_drained      lb01      webapp-endpoint-prod/webapp-stack2-app1  requests that are under way end where they began
16  stop_container    docker02  webapp-stack2-app1 (v0.1)                webapp is stop-first: webapp-stack2-app4 starts when it is down
17  start_container   docker02  webapp-stack2-app4                       v0.2 answers on port 20003 of docker02
18  wait_healthy      docker02  webapp-stack2-app4                       nothing is sent to a container before it is healthy
19  add_server        lb01      webapp-endpoint-prod/webapp-stack2-app4  webapp-endpoint-prod goes from v0.1 to v0.2
20  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
21  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
22  remove_server     lb01      webapp-endpoint-prod/webapp-stack2-app1  nothing is sent to it any more
23  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
24  remove_container  docker02  webapp-stack2-app1 (v0.1)                it is stopped and belongs to no stack
25  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(told(plan, twins, replaced(twins))).toEqual([]);
  });

  it('is undone by starting the old one again, and no request goes there before it is healthy', () => {
    const { steps, pivot } = planOf(alone, replaced(alone));
    const back = undo(steps.slice(0, pivot), steps.length);
    expect(back.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      `remove_server ${prod}/webapp-stack1-app4`,
      'stop_container webapp-stack1-app4',
      'start_container webapp-stack1-app1',
      'wait_healthy webapp-stack1-app1',
      `ready_server ${prod}/webapp-stack1-app1`,
      'write_config haproxy.cfg',
      'remove_container webapp-stack1-app4',
    ]);
    const [ready, healthy] = ['ready_server', 'wait_healthy'].map((kind) =>
      back.find((step) => step.kind === kind),
    );
    expect(ready?.needs).toContain(healthy?.seq);
  });

  it('loads what is not there without the new one, where the file on the load balancer is not what the state says', () => {
    const live = new Map(
      [...liveOf(alone, environment)].map(([name, config]) => [name, `${config}# edited\n`]),
    );
    const next = replaced(alone);
    const plan = diff(alone, next, { environment, live, commit: true });
    expect(plan.steps.map(({ kind, object }) => `${kind} ${object}`).slice(4, 12)).toEqual([
      'reload haproxy.cfg',
      `drain_server ${prod}/webapp-stack1-app1`,
      `wait_drained ${prod}/webapp-stack1-app1`,
      'wait_drained old workers',
      'stop_container webapp-stack1-app1',
      'start_container webapp-stack1-app4',
      'wait_healthy webapp-stack1-app4',
      `add_server ${prod}/webapp-stack1-app4`,
    ]);
    const load = plan.steps.find((step) => step.kind === 'reload');
    expect(load?.config).not.toContain('webapp-stack1-app4');
    expect(told(plan, alone, next)).toHaveLength(1);
  });
});

describe('checkEveryStep of a service that is stop-first', () => {
  const plan = planOf(alone, replaced(alone));

  it('refuses a plan that starts the new one while the old one runs', () => {
    const stop = plan.steps.find(({ kind }) => kind === 'stop_container');
    const early = { ...plan, steps: plan.steps.filter((step) => step !== stop) };
    expect(told(early, alone, replaced(alone))).toContain(
      'error every-step webapp-stack1-app4: after step 8 (start_container webapp-stack1-app4) webapp-stack1-app1, whose place it takes, still runs, and its service is stop-first',
    );
  });

  it('refuses the same darkness where the service is start-first', () => {
    const before = stateOf({});
    expect(told(plan, before, replaced(before))).toEqual([
      `error every-step ${prod}: after step 5 (drain_server ${prod}/webapp-stack1-app1) lb01 has no server for it`,
    ]);
  });
});
