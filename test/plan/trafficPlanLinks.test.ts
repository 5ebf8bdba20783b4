import { describe, expect, it } from '@jest/globals';
import { removeService } from '../../src/actions/deletions.ts';
import { popService, release } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { drainHost, replaceService, scaleService } from '../../src/actions/stackProcesses.ts';
import { changeTree, connectService, disconnectService } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import type { Outcome } from '../../src/model/violation.ts';
import { diff } from '../../src/plan/diff.ts';
import type { Plan } from '../../src/plan/step.ts';
import { withLinks } from '../support/links.ts';
import {
  changeRow,
  makeBalancer,
  makeEnvironment,
  makeFacts,
  makeState,
  ruleSet,
  type ServiceSketch,
} from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf, printed } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const versions = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
const stages = { prod: {}, qa: {}, dev: {} };

/** A service that calls another one at the stages named, each at its own position. */
function linked(webapp: ServiceSketch): State {
  const services = makeState({ webapp, mail: {} });
  const trees = services.endpoints.reduce(
    (state, { name }) => withTree(state, name, 'webapp > mail'),
    services,
  );
  return withLinks(trees);
}

const provided = (before: State, outcome: Outcome): State =>
  accepted(provideLinks(before, accepted(outcome), environment));
const popped = (state: State): State =>
  accepted(popService(state, { service: 'webapp', position: 0, single: false }));

/** What each step waits for. */
function needsIn({ steps }: Plan): string[] {
  return steps.map(({ seq, needs }) => `${seq}: ${needs.join(' ')}`.trimEnd());
}

describe('the links of a plan', () => {
  it('of a pop over three stages: a container is at rest before it is led to its new stage', () => {
    const state = linked({ versions, endpoints: stages });
    const plan = planOf(state, popped(state));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  webapp-stack1-app4                       it is there already, and gets requests that it did not get before
 4  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 5  wait_healthy      docker01  webapp-stack1-app3                       it is there already, and gets requests that it did not get before
 6  add_server        lb01      webapp-endpoint-dev/webapp-stack1-app4   webapp-endpoint-dev goes from v0.3 to v0.4
 7  drain_server      lb01      webapp-endpoint-dev/webapp-stack1-app3   webapp-endpoint-dev goes from v0.3 to v0.4
 8  wait_drained      lb01      webapp-endpoint-dev/webapp-stack1-app3   requests that are under way end where they began
 9  set_map           lb01      webapp-stack1-app3 to mail               webapp-stack1-app3 calls mail at position 1
10  wait_drained      lb01      webapp-stack1-app3 to mail               requests that are under way end where they began
11  add_server        lb01      webapp-endpoint-qa/webapp-stack1-app3    webapp-endpoint-qa goes from v0.2 to v0.3
12  drain_server      lb01      webapp-endpoint-qa/webapp-stack1-app2    webapp-endpoint-qa goes from v0.2 to v0.3
13  wait_drained      lb01      webapp-endpoint-qa/webapp-stack1-app2    requests that are under way end where they began
14  set_map           lb01      webapp-stack1-app2 to mail               webapp-stack1-app2 calls mail at position 0
15  wait_drained      lb01      webapp-stack1-app2 to mail               requests that are under way end where they began
16  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
17  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
18  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
19  remove_server     lb01      webapp-endpoint-dev/webapp-stack1-app3   nothing is sent to it any more
20  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
21  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
22  remove_server     lb01      webapp-endpoint-qa/webapp-stack1-app2    nothing is sent to it any more
23  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
24  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
25  set_map           lb01      webapp-stack1-app1 to mail               nobody calls from there any more
26  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1',
      '5: 1',
      '6: 1 2 3 4 5',
      '7: 1 2 3 4 5 6',
      '8: 7',
      '9: 1 2 3 4 5 8',
      '10: 9',
      '11: 1 2 3 4 5 9 10',
      '12: 1 2 3 4 5 11',
      '13: 12',
      '14: 1 2 3 4 5 13',
      '15: 14',
      '16: 1 2 3 4 5 14 15',
      '17: 1 2 3 4 5 16',
      '18: 1 2 3 4 5 6 7 9 10 11 12 14 15 16 17',
      '19: 8',
      '20: 17',
      '21: 20',
      '22: 13',
      '23: 18 20',
      '24: 23',
      '25: 24',
      '26: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25',
    ]);
    expect(plan.pivot).toBe(18);
    // In numbers: dev's container serves qa, and qa's serves prod.
    const maps = plan.steps.flatMap((step) => (step.kind === 'set_map' ? [step] : []));
    expect(
      maps.map(({ port, previous, backend }) => `${port} ${previous ?? ''} -> ${backend ?? ''}`),
    ).toEqual([
      '10002 link.mail.2 -> link.mail.1',
      '10001 link.mail.1 -> link.mail.0',
      '10000 link.mail.0 -> ',
    ]);
  });

  it('of a release: they lead to their places before the container starts', () => {
    const state = linked({ endpoints: stages });
    const facts = makeFacts('registry.example/webapp', ['v0.4']);
    const request = { service: 'webapp', versions: ['v0.4'] };
    const plan = planOf(state, provided(state, release(state, request, environment, facts)));
    expect(printed(plan)).toBe(`
1  check_host        docker01  engine                                 every host is asked before anything changes
2  check_config      lb01      haproxy.cfg                            a configuration that HAProxy would refuse is noticed before anything changes
3  pull_image        docker01  webapp:v0.4 (a37f4f70f92d)             docker01 is to run webapp v0.4
4  create_container  docker01  webapp-stack1-app4 (v0.4, port 20006)  webapp-stack1 gets v0.4 at position 3
5  set_map           lb01      webapp-stack1-app4 to mail             webapp-stack1-app4 calls mail at position 2
6  start_container   docker01  webapp-stack1-app4                     v0.4 answers on port 20006 of docker01
7  wait_healthy      docker01  webapp-stack1-app4                     nothing is sent to a container before it is healthy
8  write_config      lb01      haproxy.cfg                            a restart of HAProxy gives the same
9  commit_state      state     revision 1                             the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1 2 3',
      '5: 4',
      '6: 4 5',
      '7: 6',
      '8: 7',
      '9: 1 2 3 4 5 6 7 8',
    ]);
  });

  it('of a branching: the link is led elsewhere, and what is under way on the old way is waited for', () => {
    const state = linked({ endpoints: stages });
    const branch = { endpoint: 'webapp-endpoint-prod', child: 'mail', parent: null };
    const plan = planOf(state, accepted(changeTree(state, branch, { position: 2 })));
    expect(printed(plan)).toBe(`
1  check_config  lb01   haproxy.cfg                 a configuration that HAProxy would refuse is noticed before anything changes
2  set_map       lb01   webapp-stack1-app1 to mail  webapp-stack1-app1 calls mail at position 2
3  write_config  lb01   haproxy.cfg                 a restart of HAProxy gives the same
4  wait_drained  lb01   webapp-stack1-app1 to mail  requests that are under way end where they began
5  commit_state  state  revision 1                  the change is recorded when everything it says is true
`);
    expect(plan.steps[3]).toMatchObject({ of: { backend: 'link.mail.0', port: 10000 }, limit: 30 });
  });

  it('where a container that stays loses or gets a link: the file is written with what HAProxy must have forgotten by then', () => {
    const services = makeState({
      webapp: { versions, endpoints: { prod: { pointer: 0 }, dev: { pointer: 3 } } },
      mail: {},
    });
    // Only dev calls it; what serves no endpoint calls as dev does.
    const state = withLinks(withTree(services, 'webapp-endpoint-dev', 'webapp > mail'));
    const next = changeRow(state, 'endpoints', 'webapp-endpoint-prod', { pointer: 1 });
    const [first, second] = state.containers.map(({ links }) => links.mail?.port);
    const moved = planOf(state, next).steps.find(({ kind }) => kind === 'write_config');
    expect(moved).toMatchObject({ links: [first, second] });
    // Those of containers that come or go may be in it meanwhile.
    const popping = planOf(state, popped(state)).steps.find(({ kind }) => kind === 'write_config');
    expect(popping).toMatchObject({ links: [second] });
  });

  it('of a branching in the middle: those called next are led to their places first, those called no more last', () => {
    const services = makeState({
      webapp: { versions: ['v0.1', 'v0.2'], endpoints: { prod: {}, qa: {} } },
      mail: {},
      log: {},
    });
    const trees = services.endpoints.reduce(
      (given, { name }) => withTree(given, name, 'webapp > mail', 'mail > log'),
      services,
    );
    const state = withLinks(trees);
    const branch = { endpoint: 'webapp-endpoint-prod', child: 'mail', parent: null };
    const plan = planOf(state, accepted(changeTree(state, branch, { position: 2 })));
    expect(printed(plan)).toBe(`
1  check_config  lb01   haproxy.cfg                 a configuration that HAProxy would refuse is noticed before anything changes
2  set_map       lb01   mail-stack1-app3 to log     mail-stack1-app3 calls log at position 0
3  wait_drained  lb01   mail-stack1-app3 to log     requests that are under way end where they began
4  set_map       lb01   webapp-stack1-app1 to mail  webapp-stack1-app1 calls mail at position 2
5  wait_drained  lb01   webapp-stack1-app1 to mail  requests that are under way end where they began
6  set_map       lb01   mail-stack1-app1 to log     mail-stack1-app1 calls log at position 1
7  wait_drained  lb01   mail-stack1-app1 to log     requests that are under way end where they began
8  write_config  lb01   haproxy.cfg                 a restart of HAProxy gives the same
9  commit_state  state  revision 1                  the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2: 1',
      '3: 2',
      '4: 1 2 3',
      '5: 4',
      '6: 1 5',
      '7: 6',
      '8: 1 2 3 4 6 7',
      '9: 1 2 3 4 5 6 7 8',
    ]);
  });

  it('where a reload before the containers start is all there is: none stops before its successor is healthy', () => {
    const rules = ruleSet('links', { unassigned: 'none' });
    const house = makeEnvironment({ rules });
    const services = makeState({ webapp: { versions: ['v0.1', 'v0.2'], endpoints: { prod: {} } }, mail: {} });
    const state = withLinks(withTree(services, 'webapp-endpoint-prod', 'webapp > mail'));
    const request = { service: 'webapp', position: 1, direction: 'down' } as const;
    const next = provided(state, replaceService(state, request, house));
    const live = new Map([['lb01', 'global\n']]);
    const plan = diff(state, next, { environment: house, live, commit: true });
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                 every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                            a configuration that HAProxy would refuse is noticed before anything changes
 3  pull_image        docker01  webapp:v0.1 (2c4997e85b0a)             docker01 is to run webapp v0.1
 4  create_container  docker01  webapp-stack1-app3 (v0.1, port 20005)  webapp-stack1 gets v0.1 at position 1
 5  reload            lb01      haproxy.cfg                            the file on the load balancer is not what the state says
 6  start_container   docker01  webapp-stack1-app3                     v0.1 answers on port 20005 of docker01
 7  wait_healthy      docker01  webapp-stack1-app3                     nothing is sent to a container before it is healthy
 8  wait_drained      lb01      old workers                            requests that are under way end where they began
 9  stop_container    docker01  webapp-stack1-app2 (v0.2)              webapp-stack1 no longer has v0.2 at position 1
10  remove_container  docker01  webapp-stack1-app2 (v0.2)              it is stopped and belongs to no stack
11  commit_state      state     revision 1                             the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1 2 3',
      '5: 4',
      '6: 4 5',
      '7: 6',
      '8: 5',
      '9: 5 7 8',
      '10: 9',
      '11: 1 2 3 4 5 6 7 8 9 10',
    ]);
  });

  it('where a reload comes before: nobody is led elsewhere while a worker knows the old places', () => {
    const state = linked({ endpoints: { prod: {}, qa: {} } });
    const rules = { ...environment.rules, stages: ['prod', 'qa'] };
    const next = accepted(
      changeTree(state, { endpoint: 'webapp-endpoint-qa', child: null, parent: null }, { position: 2 }),
    );
    const plan = planOf(state, next, makeEnvironment({ rules }));
    expect(printed(plan)).toBe(`
 1  check_host     docker01  engine                                 every host is asked before anything changes
 2  check_config   lb01      haproxy.cfg                            a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy   docker01  webapp-stack1-app3                     it is there already, and gets requests that it did not get before
 4  wait_healthy   docker01  mail-stack1-app3                       it is there already, and gets requests that it did not get before
 5  reload         lb01      haproxy.cfg                            the way its endpoints are served changes
 6  wait_drained   lb01      old workers                            requests that are under way end where they began
 7  set_map        lb01      webapp-stack1-app3 to mail             webapp-stack1-app3 calls mail at position 2
 8  wait_drained   lb01      webapp-stack1-app3 to mail             requests that are under way end where they began
 9  add_server     lb01      webapp-endpoint-qa/webapp-stack1-app3  webapp-endpoint-qa goes from v0.2 to v0.3
10  drain_server   lb01      webapp-endpoint-qa/webapp-stack1-app2  webapp-endpoint-qa goes from v0.2 to v0.3
11  wait_drained   lb01      webapp-endpoint-qa/webapp-stack1-app2  requests that are under way end where they began
12  set_map        lb01      webapp-stack1-app2 to mail             webapp-stack1-app2 calls mail at position 2
13  wait_drained   lb01      webapp-stack1-app2 to mail             requests that are under way end where they began
14  write_config   lb01      haproxy.cfg                            a restart of HAProxy gives the same
15  remove_server  lb01      webapp-endpoint-qa/webapp-stack1-app2  nothing is sent to it any more
16  commit_state   state     revision 1                             the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1',
      '5: 1 2 3 4',
      '6: 5',
      '7: 1 2 3 4 5 6',
      '8: 7',
      '9: 1 2 3 4 5 7 8',
      '10: 1 2 3 4 5 9',
      '11: 10',
      '12: 1 2 3 4 5 6 11',
      '13: 12',
      '14: 1 2 3 4 5 7 8 9 10 12 13',
      '15: 11',
      '16: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15',
    ]);
  });
});

describe('the links of a plan: services that are connected', () => {
  const alone = makeState({
    webapp: { versions: ['v0.1'], endpoints: { prod: {} } },
    mail: { versions: ['v0.1'] },
    log: { versions: ['v0.1'] },
  });
  const relatives = { service: 'webapp', children: ['mail'], parents: [], endpoints: [] };
  const connected = provided(alone, connectService(alone, relatives));

  it('for the first time: links are loaded before the new containers start, which replace all', () => {
    const plan = planOf(alone, connected);
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  mail-stack1-app1                         it is there already, and gets requests that it did not get before
 4  pull_image        docker01  webapp:v0.1 (2c4997e85b0a)               docker01 is to run webapp v0.1
 5  create_container  docker01  webapp-stack1-app2 (v0.1, port 20003)    webapp-stack1 gets v0.1 at position 0
 6  reload            lb01      haproxy.cfg                              containers reach the services they call through it
 7  start_container   docker01  webapp-stack1-app2                       v0.1 answers on port 20003 of docker01
 8  wait_healthy      docker01  webapp-stack1-app2                       nothing is sent to a container before it is healthy
 9  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod moves to webapp-stack1-app2
10  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod moves to webapp-stack1-app2
11  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
12  wait_drained      lb01      old workers                              requests that are under way end where they began
13  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
14  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
15  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
16  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
17  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1',
      '5: 1 2 3 4',
      '6: 5',
      '7: 5 6',
      '8: 7',
      '9: 6 8',
      '10: 6 8 9',
      '11: 6 8 9 10',
      '12: 6',
      '13: 10',
      '14: 13',
      '15: 11 12 13',
      '16: 15',
      '17: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
    ]);
  });

  it('with one more: its backends are loaded before the links that lead there', () => {
    const both = connectService(connected, { ...relatives, children: ['log'] });
    const plan = planOf(connected, provided(connected, both));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy      docker01  log-stack1-app1                          it is there already, and gets requests that it did not get before
 4  pull_image        docker01  webapp:v0.1 (2c4997e85b0a)               docker01 is to run webapp v0.1
 5  create_container  docker01  webapp-stack1-app3 (v0.1, port 20000)    webapp-stack1 gets v0.1 at position 0
 6  reload            lb01      haproxy.cfg                              the way its endpoints are served changes
 7  set_map           lb01      webapp-stack1-app3 to log                webapp-stack1-app3 calls log at position 0
 8  set_map           lb01      webapp-stack1-app3 to mail               webapp-stack1-app3 calls mail at position 0
 9  start_container   docker01  webapp-stack1-app3                       v0.1 answers on port 20000 of docker01
10  wait_healthy      docker01  webapp-stack1-app3                       nothing is sent to a container before it is healthy
11  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app3  webapp-endpoint-prod moves to webapp-stack1-app3
12  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod moves to webapp-stack1-app3
13  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
14  wait_drained      lb01      old workers                              requests that are under way end where they began
15  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app2  requests that are under way end where they began
16  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app2  nothing is sent to it any more
17  stop_container    docker01  webapp-stack1-app2 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
18  remove_container  docker01  webapp-stack1-app2 (v0.1)                it is stopped and belongs to no stack
19  set_map           lb01      webapp-stack1-app2 to mail               nobody calls from there any more
20  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1',
      '4: 1',
      '5: 1 2 3 4',
      '6: 5',
      '7: 5 6',
      '8: 5 6',
      '9: 5 6 7 8',
      '10: 9',
      '11: 6 10',
      '12: 6 10 11',
      '13: 6 10 11 12',
      '14: 6',
      '15: 12',
      '16: 15',
      '17: 13 14 15',
      '18: 17',
      '19: 18',
      '20: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19',
    ]);
  });

  it('no more: what links led to is unloaded when nobody calls it', () => {
    const plan = planOf(connected, provided(connected, disconnectService(connected, relatives, false)));
    expect(printed(plan)).toBe(`
1  check_config  lb01   haproxy.cfg                 a configuration that HAProxy would refuse is noticed before anything changes
2  set_map       lb01   webapp-stack1-app2 to mail  nobody calls from there any more
3  reload        lb01   haproxy.cfg                 nobody calls any more what it led to
4  commit_state  state  revision 1                  the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual(['1:', '2: 1', '3: 1 2', '4: 1 2 3']);
  });

  it('with the caller deleted: its requests under way still reach whom they call', () => {
    const plan = planOf(connected, accepted(removeService(connected, { service: 'webapp', cascade: true })));
    expect(printed(plan)).toBe(`
1  check_host        docker01  engine                     every host is asked before anything changes
2  check_config      lb01      haproxy.cfg                a configuration that HAProxy would refuse is noticed before anything changes
3  reload            lb01      haproxy.cfg                webapp-endpoint-prod ends
4  wait_drained      lb01      old workers                requests that are under way end where they began
5  reload            lb01      haproxy.cfg                nobody calls any more what it led to
6  wait_drained      lb01      old workers                requests that are under way end where they began
7  stop_container    docker01  webapp-stack1-app2 (v0.1)  webapp-stack1 no longer has v0.1 at position 0
8  remove_container  docker01  webapp-stack1-app2 (v0.1)  it is stopped and belongs to no stack
9  commit_state      state     revision 1                 the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3: 1 2',
      '4: 3',
      '5: 1 2 3 4',
      '6: 3 5',
      '7: 5 6',
      '8: 7',
      '9: 1 2 3 4 5 6 7 8',
    ]);
  });

  it('and moved from their host', () => {
    const plan = planOf(connected, provided(connected, drainHost(connected, 'docker01', environment)));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_host        docker02  engine                                   every host is asked before anything changes
 3  check_host        docker03  engine                                   every host is asked before anything changes
 4  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 5  pull_image        docker02  webapp:v0.1 (2c4997e85b0a)               docker02 is to run webapp v0.1
 6  pull_image        docker03  mail:v0.1 (f6f2fd049d41)                 docker03 is to run mail v0.1
 7  pull_image        docker02  log:v0.1 (2d739c2efbf8)                  docker02 is to run log v0.1
 8  create_container  docker02  webapp-stack2-app1 (v0.1, port 20000)    webapp-stack2 gets v0.1 at position 0
 9  create_container  docker03  mail-stack2-app1 (v0.1, port 20000)      mail-stack2 gets v0.1 at position 0
10  create_container  docker02  log-stack2-app1 (v0.1, port 20001)       log-stack2 gets v0.1 at position 0
11  set_map           lb01      webapp-stack2-app1 to mail               webapp-stack2-app1 calls mail at position 0
12  start_container   docker02  webapp-stack2-app1                       v0.1 answers on port 20000 of docker02
13  start_container   docker03  mail-stack2-app1                         v0.1 answers on port 20000 of docker03
14  start_container   docker02  log-stack2-app1                          v0.1 answers on port 20001 of docker02
15  wait_healthy      docker02  webapp-stack2-app1                       nothing is sent to a container before it is healthy
16  wait_healthy      docker03  mail-stack2-app1                         nothing is sent to a container before it is healthy
17  wait_healthy      docker02  log-stack2-app1                          nothing is sent to a container before it is healthy
18  add_server        lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod moves to webapp-stack2-app1
19  add_server        lb01      link.mail.0/mail-stack2-app1             calls to mail at position 0 move to mail-stack2-app1
20  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod moves to webapp-stack2-app1
21  drain_server      lb01      link.mail.0/mail-stack1-app1             calls to mail at position 0 move to mail-stack2-app1
22  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
23  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app2  requests that are under way end where they began
24  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app2  nothing is sent to it any more
25  wait_drained      lb01      link.mail.0/mail-stack1-app1             requests that are under way end where they began
26  remove_server     lb01      link.mail.0/mail-stack1-app1             nothing is sent to it any more
27  stop_container    docker01  webapp-stack1-app2 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
28  stop_container    docker01  mail-stack1-app1 (v0.1)                  mail-stack1 no longer has v0.1 at position 0
29  stop_container    docker01  log-stack1-app1 (v0.1)                   log-stack1 no longer has v0.1 at position 0
30  remove_container  docker01  webapp-stack1-app2 (v0.1)                it is stopped and belongs to no stack
31  remove_container  docker01  mail-stack1-app1 (v0.1)                  it is stopped and belongs to no stack
32  remove_container  docker01  log-stack1-app1 (v0.1)                   it is stopped and belongs to no stack
33  set_map           lb01      webapp-stack1-app2 to mail               nobody calls from there any more
34  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
  });

  const scaled = scaleService(connected, { service: 'mail', stacks: 2 }, environment);
  const wide = provided(connected, scaled);

  it('and given more stacks: who calls them reaches these, too', () => {
    expect(printed(planOf(connected, wide))).toBe(`
1  check_host        docker02  engine                               every host is asked before anything changes
2  check_config      lb01      haproxy.cfg                          a configuration that HAProxy would refuse is noticed before anything changes
3  pull_image        docker02  mail:v0.1 (f6f2fd049d41)             docker02 is to run mail v0.1
4  create_container  docker02  mail-stack2-app1 (v0.1, port 20000)  mail-stack2 gets v0.1 at position 0
5  start_container   docker02  mail-stack2-app1                     v0.1 answers on port 20000 of docker02
6  wait_healthy      docker02  mail-stack2-app1                     nothing is sent to a container before it is healthy
7  add_server        lb01      link.mail.0/mail-stack2-app1         calls to mail at position 0 move to mail-stack1-app1, mail-stack2-app1
8  write_config      lb01      haproxy.cfg                          a restart of HAProxy gives the same
9  commit_state      state     revision 1                           the change is recorded when everything it says is true
`);
  });

  it('and given fewer stacks', () => {
    const narrow = accepted(scaleService(wide, { service: 'mail', stacks: 1 }, environment));
    expect(printed(planOf(wide, narrow))).toBe(`
1  check_host        docker02  engine                        every host is asked before anything changes
2  check_config      lb01      haproxy.cfg                   a configuration that HAProxy would refuse is noticed before anything changes
3  drain_server      lb01      link.mail.0/mail-stack2-app1  calls to mail at position 0 move to mail-stack1-app1
4  write_config      lb01      haproxy.cfg                   a restart of HAProxy gives the same
5  wait_drained      lb01      link.mail.0/mail-stack2-app1  requests that are under way end where they began
6  remove_server     lb01      link.mail.0/mail-stack2-app1  nothing is sent to it any more
7  stop_container    docker02  mail-stack2-app1 (v0.1)       mail-stack2 no longer has v0.1 at position 0
8  remove_container  docker02  mail-stack2-app1 (v0.1)       it is stopped and belongs to no stack
9  commit_state      state     revision 1                    the change is recorded when everything it says is true
`);
  });
});

describe('the links of a plan for two load balancers', () => {
  const loadBalancers = [makeBalancer(), makeBalancer({ name: 'lb02' })];
  const state = linked({ versions, endpoints: { prod: {}, qa: {} } });

  it('has a container at rest on both before it is led elsewhere on either, and led on both before it serves', () => {
    const plan = planOf(state, popped(state), makeEnvironment({ loadBalancers }));
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  check_config      lb02      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 4  wait_healthy      docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 5  wait_healthy      docker01  webapp-stack1-app3                       it is there already, and gets requests that it did not get before
 6  add_server        lb01      webapp-endpoint-qa/webapp-stack1-app3    webapp-endpoint-qa goes from v0.2 to v0.3
 7  drain_server      lb01      webapp-endpoint-qa/webapp-stack1-app2    webapp-endpoint-qa goes from v0.2 to v0.3
 8  wait_drained      lb01      webapp-endpoint-qa/webapp-stack1-app2    requests that are under way end where they began
 9  add_server        lb02      webapp-endpoint-qa/webapp-stack1-app3    webapp-endpoint-qa goes from v0.2 to v0.3
10  drain_server      lb02      webapp-endpoint-qa/webapp-stack1-app2    webapp-endpoint-qa goes from v0.2 to v0.3
11  wait_drained      lb02      webapp-endpoint-qa/webapp-stack1-app2    requests that are under way end where they began
12  set_map           lb01      webapp-stack1-app2 to mail               webapp-stack1-app2 calls mail at position 0
13  wait_drained      lb01      webapp-stack1-app2 to mail               requests that are under way end where they began
14  set_map           lb02      webapp-stack1-app2 to mail               webapp-stack1-app2 calls mail at position 0
15  wait_drained      lb02      webapp-stack1-app2 to mail               requests that are under way end where they began
16  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
17  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
18  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
19  add_server        lb02      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.2
20  drain_server      lb02      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
21  write_config      lb02      haproxy.cfg                              a restart of HAProxy gives the same
22  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
23  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
24  remove_server     lb01      webapp-endpoint-qa/webapp-stack1-app2    nothing is sent to it any more
25  wait_drained      lb02      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
26  remove_server     lb02      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
27  remove_server     lb02      webapp-endpoint-qa/webapp-stack1-app2    nothing is sent to it any more
28  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
29  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
30  set_map           lb01      webapp-stack1-app1 to mail               nobody calls from there any more
31  set_map           lb02      webapp-stack1-app1 to mail               nobody calls from there any more
32  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(needsIn(plan)).toEqual([
      '1:',
      '2:',
      '3:',
      '4: 1',
      '5: 1',
      '6: 1 2 3 4 5',
      '7: 1 2 3 4 5 6',
      '8: 7',
      '9: 1 2 3 4 5',
      '10: 1 2 3 4 5 9',
      '11: 10',
      '12: 1 2 3 4 5 8 11',
      '13: 12',
      '14: 1 2 3 4 5 8 11',
      '15: 14',
      '16: 1 2 3 4 5 12 13 14 15',
      '17: 1 2 3 4 5 16',
      '18: 1 2 3 4 5 6 7 12 13 16 17',
      '19: 1 2 3 4 5 12 13 14 15',
      '20: 1 2 3 4 5 19',
      '21: 1 2 3 4 5 9 10 14 15 19 20',
      '22: 17',
      '23: 22',
      '24: 8',
      '25: 20',
      '26: 25',
      '27: 11',
      '28: 18 21 22 25',
      '29: 28',
      '30: 29',
      '31: 29',
      '32: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31',
    ]);
  });
});
