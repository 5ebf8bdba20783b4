import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import { watchedIn } from '../../src/plan/watching.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf, printed } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4']);
const prod = 'webapp-endpoint-prod';
const rolling = { monitor: 30 };
const hosts = ['docker01', 'docker02'];
const state = makeState({
  webapp: { hosts, versions: ['v0.1', 'v0.2', 'v0.3', 'v0.4'], rolling, endpoints: { prod: { port: 80 } } },
});
const pop = (before: State, position = 0): State =>
  accepted(popService(before, { service: 'webapp', position, single: false }));
const names = (before: State, next: State): string[] => watchedIn(before, next).map(({ name }) => name);

describe('the containers that are watched', () => {
  it('are new ones', () => {
    const next = accepted(release(state, { service: 'webapp', versions: ['v0.4'] }, environment, facts));
    expect(names(state, next)).toEqual(['webapp-stack1-app5', 'webapp-stack2-app5']);
  });

  it('are those that serve anew, and none where nothing is served anew', () => {
    expect(names(state, pop(state))).toEqual(['webapp-stack1-app2', 'webapp-stack2-app2']);
    expect(names(state, pop(state, 3))).toEqual([]);
    expect(names(state, state)).toEqual([]);
  });

  it('are those that a tree leads to anew, by their own service', () => {
    const sketch = {
      webapp: { endpoints: { prod: {} } },
      mail: { rolling },
    };
    const before = withTree(makeState(sketch), prod, 'webapp > mail @ 0');
    const next = accepted(
      changeTree(before, { endpoint: prod, child: 'mail', parent: null }, { position: 2 }),
    );
    expect(names(before, next)).toEqual(['mail-stack1-app3']);
  });

  it('are none of a service that has none watched', () => {
    const plain = makeState({ webapp: { endpoints: { prod: {} } } });
    expect(names(plain, pop(plain))).toEqual([]);
  });
});

describe('the plan of a pop whose containers are watched', () => {
  it('watches when traffic has moved, before anything goes, on hosts that were asked', () => {
    const plan = planOf(state, pop(state));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_host        docker02  engine                                   every host is asked before anything changes
 3  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 4  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 5  wait_healthy      docker02  webapp-stack2-app2                       it is there already, and gets requests that it did not get before
 6  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 7  add_server        lb01      webapp-endpoint-prod/webapp-stack2-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 8  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 9  drain_server      lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod goes from v0.1 to v0.2
10  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
11  watch_health      docker01  webapp-stack1-app2 (30 s)                it must stay healthy for 30 s before the change is final
12  watch_health      docker02  webapp-stack2-app2 (30 s)                it must stay healthy for 30 s before the change is final
13  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
14  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
15  wait_drained      lb01      webapp-endpoint-prod/webapp-stack2-app1  requests that are under way end where they began
16  remove_server     lb01      webapp-endpoint-prod/webapp-stack2-app1  nothing is sent to it any more
17  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
18  stop_container    docker02  webapp-stack2-app1 (v0.1)                webapp-stack2 no longer has v0.1 at position 0
19  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
20  remove_container  docker02  webapp-stack2-app1 (v0.1)                it is stopped and belongs to no stack
21  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(plan.pivot).toBe(12);
  });

  it('of a release: watches before the change is recorded', () => {
    const next = accepted(release(state, { service: 'webapp', versions: ['v0.4'] }, environment, facts));
    const { steps, pivot } = planOf(state, next);
    expect(steps.slice(-3).map(({ kind }) => kind)).toEqual([
      ...['watch_health', 'watch_health', 'commit_state'],
    ]);
    expect(pivot).toBe(steps.length);
  });
});
