import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import type { State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { diff } from '../../src/plan/diff.ts';
import { makeEnvironment, makeHost, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { liveOf, planOf, printed } from '../support/plans.ts';

const environment = makeEnvironment();
const versions = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
const popped = (state: State): State =>
  accepted(popService(state, { service: 'webapp', position: 0, single: false }));

describe('the traffic of a plan without links', () => {
  it('that gets a new endpoint: only a reload can bind its port', () => {
    const [before, next] = [{ prod: {} }, { prod: {}, qa: {} }].map((endpoints) =>
      makeState({ webapp: { endpoints } }),
    );
    expect(before && next && printed(planOf(before, next))).toBe(`
1  check_host    docker01  engine              every host is asked before anything changes
2  check_config  lb01      haproxy.cfg         a configuration that HAProxy would refuse is noticed before anything changes
3  wait_healthy  docker01  webapp-stack1-app2  it is there already, and gets requests that it did not get before
4  reload        lb01      haproxy.cfg         webapp-endpoint-qa begins with v0.2
5  commit_state  state     revision 1          the change is recorded when everything it says is true
`);
  });

  it('of a pop: all stages move side by side, each new server before the old one', () => {
    const state = makeState({ webapp: { versions, endpoints: { prod: {}, qa: {}, dev: {} } } });
    const plan = planOf(state, popped(state));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  webapp-stack1-app4                       it is there already, and gets requests that it did not get before
 4  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 5  wait_healthy      docker01  webapp-stack1-app3                       it is there already, and gets requests that it did not get before
 6  add_server        lb01      webapp-endpoint-dev/webapp-stack1-app4   webapp-endpoint-dev goes from v0.3 to v0.4
 7  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 8  add_server        lb01      webapp-endpoint-qa/webapp-stack1-app3    webapp-endpoint-qa goes from v0.2 to v0.3
 9  drain_server      lb01      webapp-endpoint-dev/webapp-stack1-app3   webapp-endpoint-dev goes from v0.3 to v0.4
10  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
11  drain_server      lb01      webapp-endpoint-qa/webapp-stack1-app2    webapp-endpoint-qa goes from v0.2 to v0.3
12  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
13  wait_drained      lb01      webapp-endpoint-dev/webapp-stack1-app3   requests that are under way end where they began
14  remove_server     lb01      webapp-endpoint-dev/webapp-stack1-app3   nothing is sent to it any more
15  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
16  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
17  wait_drained      lb01      webapp-endpoint-qa/webapp-stack1-app2    requests that are under way end where they began
18  remove_server     lb01      webapp-endpoint-qa/webapp-stack1-app2    nothing is sent to it any more
19  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
20  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
21  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1',
      '5: 1',
      '6: 1 2 3 4 5',
      '7: 1 2 3 4 5',
      '8: 1 2 3 4 5',
      '9: 1 2 3 4 5 6',
      '10: 1 2 3 4 5 7',
      '11: 1 2 3 4 5 8',
      '12: 1 2 3 4 5 6 7 8 9 10 11',
      '13: 9',
      '14: 13',
      '15: 10',
      '16: 15',
      '17: 11',
      '18: 17',
      '19: 12 15',
      '20: 19',
      '21: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20',
    ]);
  });

  it('of another share: the file is written when HAProxy has the new weights', () => {
    const [before, next] = [10, 50].map((share) => {
      const weights = [0, 1].map((position) => ({ position, weight: position === 0 ? 100 - share : share }));
      return makeState({
        webapp: {
          versions: ['v0.1', 'v0.2'],
          endpoints: { prod: { options: endpointOptions({ weights }) } },
        },
      });
    });
    if (!before || !next) throw new Error('unreachable');
    const plan = planOf(before, next);
    expect(printed(plan)).toBe(`
1  check_config  lb01   haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
2  set_weight    lb01   webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod gives it weight 50
3  set_weight    lb01   webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod gives it weight 50
4  write_config  lb01   haproxy.cfg                              a restart of HAProxy gives the same
5  commit_state  state  revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual(['1:', '2: 1', '3: 1', '4: 1 2 3', '5: 1 2 3 4']);
    expect(plan.steps.slice(1, 3)).toMatchObject([
      { server: { name: 'webapp-stack1-app1', weight: 50 }, previous: 90 },
      { server: { name: 'webapp-stack1-app2', weight: 50 }, previous: 10 },
    ]);
  });

  const state = makeState({ webapp: { versions, endpoints: { prod: {} } } });
  const [config = ''] = liveOf(state, environment).values();

  it('with a file that was edited by hand: it is loaded as it should be, before anything else', () => {
    const live = new Map([['lb01', config.replace('timeout connect 2s', 'timeout connect 9s')]]);
    const plan = diff(state, popped(state), { environment, live, commit: true });
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 4  reload            lb01      haproxy.cfg                              the file on the load balancer is not what the state says
 5  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 6  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 7  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
 8  wait_drained      lb01      old workers                              requests that are under way end where they began
 9  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
10  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
11  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
12  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
13  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1 2 3',
      '5: 1 2 3 4',
      '6: 1 2 3 4 5',
      '7: 1 2 3 4 5 6',
      '8: 4',
      '9: 6',
      '10: 9',
      '11: 7 8 9',
      '12: 11',
      '13: 1 2 3 4 5 6 7 8 9 10 11 12',
    ]);
    const [first, last] = plan.steps.flatMap((step) =>
      step.kind === 'reload' || step.kind === 'write_config' ? [step] : [],
    );
    expect(first).toMatchObject({ previous: live.get('lb01'), config });
    expect(last).toMatchObject({ previous: config, config: liveOf(popped(state), environment).get('lb01') });
  });

  it('with no file yet is the same as with one that was edited', () => {
    const plan = diff(state, popped(state), { environment, live: new Map(), commit: true });
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 4  reload            lb01      haproxy.cfg                              the file on the load balancer is not what the state says
 5  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 6  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 7  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
 8  wait_drained      lb01      old workers                              requests that are under way end where they began
 9  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
10  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
11  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
12  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
13  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(plan.steps.find(({ kind }) => kind === 'reload')).toMatchObject({ previous: '', config });
  });

  it('of a host whose address has changed: a server cannot have two, so it is reloaded', () => {
    const elsewhere = makeEnvironment({ hosts: [makeHost('docker01', { address: '192.0.2.99' })] });
    const live = liveOf(state, environment);
    const plan = diff(state, state, { environment: elsewhere, live, commit: false });
    expect(printed(plan)).toBe(`
1  check_config  lb01  haproxy.cfg  a configuration that HAProxy would refuse is noticed before anything changes
2  reload        lb01  haproxy.cfg  the file on the load balancer is not what the state says
`);
    const [, reload] = plan.steps;
    expect(reload).toMatchObject({ config: expect.stringContaining('webapp-stack1-app1 192.0.2.99:20000') });
  });
});

/** What each step waits for. */
function needsIn({ steps }: ReturnType<typeof planOf>): string[] {
  return steps.map(({ seq, needs }) => `${seq}: ${needs.join(' ')}`.trimEnd());
}
