import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import { withLinks } from '../support/links.ts';
import { makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf, printed } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

/** Two stages of a service that calls another one; only production's tree goes on to a third. */
const trees = [
  ['webapp-endpoint-prod', 'webapp > mail'],
  ['webapp-endpoint-prod', 'mail > store'],
  ['webapp-endpoint-qa', 'webapp > mail'],
] as const;

function stages(prod: number, qa: number): State {
  const endpoints = { prod: { pointer: prod }, qa: { pointer: qa } };
  const services = makeState({ webapp: { endpoints }, mail: {}, store: {} });
  return withLinks(trees.reduce((state, [endpoint, edge]) => withTree(state, endpoint, edge), services));
}

const pointed = (state: State, position: number): State =>
  accepted(changeTree(state, { endpoint: 'webapp-endpoint-prod', child: null, parent: null }, { position }));

describe('the links of a plan where the trees of two stages differ below a service that both call', () => {
  it('a container serves a further stage when those it calls are led to where that stage calls', () => {
    const state = stages(0, 1);
    expect(printed(planOf(state, pointed(state, 1)))).toBe(`
 1  check_host     docker01  engine                                   every host is asked before anything changes
 2  check_config   lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy   docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 4  set_map        lb01      mail-stack1-app2 to store                mail-stack1-app2 calls store at position 1
 5  add_server     lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
 6  drain_server   lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
 7  wait_drained   lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
 8  set_map        lb01      webapp-stack1-app1 to mail               webapp-stack1-app1 calls mail at position 1
 9  wait_drained   lb01      webapp-stack1-app1 to mail               requests that are under way end where they began
10  set_map        lb01      mail-stack1-app1 to store                mail-stack1-app1 calls store at position 1
11  wait_drained   lb01      mail-stack1-app1 to store                requests that are under way end where they began
12  set_map        lb01      mail-stack1-app3 to store                mail-stack1-app3 calls store at position 1
13  wait_drained   lb01      mail-stack1-app3 to store                requests that are under way end where they began
14  write_config   lb01      haproxy.cfg                              a restart of HAProxy gives the same
15  remove_server  lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
16  commit_state   state     revision 1                               the change is recorded when everything it says is true
`);
  });

  it('those it calls are led away when it has no request of the stage any more', () => {
    const state = stages(1, 1);
    expect(printed(planOf(state, pointed(state, 0)))).toBe(`
 1  check_host     docker01  engine                                   every host is asked before anything changes
 2  check_config   lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy   docker01  webapp-stack1-app1                       it is there already, and gets requests that it did not get before
 4  set_map        lb01      mail-stack1-app1 to store                mail-stack1-app1 calls store at position 0
 5  wait_drained   lb01      mail-stack1-app1 to store                requests that are under way end where they began
 6  set_map        lb01      webapp-stack1-app1 to mail               webapp-stack1-app1 calls mail at position 0
 7  wait_drained   lb01      webapp-stack1-app1 to mail               requests that are under way end where they began
 8  add_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.2 to v0.1
 9  drain_server   lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.2 to v0.1
10  wait_drained   lb01      webapp-endpoint-prod/webapp-stack1-app2  requests that are under way end where they began
11  set_map        lb01      mail-stack1-app2 to store                nobody calls from there any more
12  wait_drained   lb01      mail-stack1-app2 to store                requests that are under way end where they began
13  set_map        lb01      mail-stack1-app3 to store                mail-stack1-app3 calls store at position 0
14  wait_drained   lb01      mail-stack1-app3 to store                requests that are under way end where they began
15  write_config   lb01      haproxy.cfg                              a restart of HAProxy gives the same
16  remove_server  lb01      webapp-endpoint-prod/webapp-stack1-app2  nothing is sent to it any more
17  commit_state   state     revision 1                               the change is recorded when everything it says is true
`);
  });

  it('those it calls are led away when it has no request any more, also where it goes', () => {
    const all = makeState({ webapp: { endpoints: { prod: { pointer: 0 } } }, mail: {}, store: {} });
    const before = withLinks(
      ['webapp > mail', 'mail > store'].reduce(
        (state, edge) => withTree(state, 'webapp-endpoint-prod', edge),
        all,
      ),
    );
    const gone = accepted(popService(before, { service: 'webapp', position: 0, single: false }));
    const steps = printed(planOf(before, pointed(gone, 1))).split('\n');
    const at = (text: string): number => steps.findIndex((line) => line.includes(text));
    const drained = at('wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1');
    const led = at('set_map           lb01      mail-stack1-app1 to store');
    expect([drained > 0, led > drained]).toEqual([true, true]);
  });
});
