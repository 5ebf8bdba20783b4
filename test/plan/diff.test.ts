import { describe, expect, it } from '@jest/globals';
import { removeService } from '../../src/actions/deletions.ts';
import { addService, popService, release } from '../../src/actions/processes.ts';
import { replaceService } from '../../src/actions/stackProcesses.ts';
import { changeBetween } from '../../src/model/change.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import { diff } from '../../src/plan/diff.ts';
import { specOf } from '../../src/plan/spec.ts';
import {
  changeRow,
  frozen,
  makeBalancer,
  makeEnvironment,
  makeFacts,
  makeState,
} from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { liveOf, planOf, printed } from '../support/plans.ts';

const environment = makeEnvironment();
const prod = 'webapp-endpoint-prod';
const image = 'registry.example/webapp';
const facts = makeFacts(image, ['v0.1', 'v0.2', 'v0.3', 'v0.4']);
const hosts = ['docker01', 'docker02'];
const bare = frozen(makeState({ webapp: { hosts } }));
const state = frozen(makeState({ webapp: { hosts, endpoints: { prod: { port: 80 } } } }));
const higher = frozen(
  accepted(release(state, { service: 'webapp', versions: ['v0.4'] }, environment, facts)),
);

describe('the plan of', () => {
  it('addservice on two hosts', () => {
    const service = { name: 'webapp', image, pull: 'registry', settings: defaultSettings } as const;
    const request = { ...service, stacks: 2, versions: ['v0.1', 'v0.2', 'v0.3'] };
    const next = accepted(addService(makeState(), request, environment, facts));
    expect(printed(planOf(makeState(), next))).toBe(`
 1  check_host        docker01  engine                                 every host is asked before anything changes
 2  check_host        docker02  engine                                 every host is asked before anything changes
 3  pull_image        docker01  webapp:v0.1 (2c4997e85b0a)             docker01 is to run webapp v0.1
 4  pull_image        docker01  webapp:v0.2 (7df1e6816912)             docker01 is to run webapp v0.2
 5  pull_image        docker01  webapp:v0.3 (e4dc63e690c1)             docker01 is to run webapp v0.3
 6  pull_image        docker02  webapp:v0.1 (2c4997e85b0a)             docker02 is to run webapp v0.1
 7  pull_image        docker02  webapp:v0.2 (7df1e6816912)             docker02 is to run webapp v0.2
 8  pull_image        docker02  webapp:v0.3 (e4dc63e690c1)             docker02 is to run webapp v0.3
 9  create_container  docker01  webapp-stack1-app1 (v0.1, port 20000)  webapp-stack1 gets v0.1 at position 0
10  create_container  docker01  webapp-stack1-app2 (v0.2, port 20001)  webapp-stack1 gets v0.2 at position 1
11  create_container  docker01  webapp-stack1-app3 (v0.3, port 20002)  webapp-stack1 gets v0.3 at position 2
12  create_container  docker02  webapp-stack2-app1 (v0.1, port 20000)  webapp-stack2 gets v0.1 at position 0
13  create_container  docker02  webapp-stack2-app2 (v0.2, port 20001)  webapp-stack2 gets v0.2 at position 1
14  create_container  docker02  webapp-stack2-app3 (v0.3, port 20002)  webapp-stack2 gets v0.3 at position 2
15  start_container   docker01  webapp-stack1-app1                     v0.1 answers on port 20000 of docker01
16  start_container   docker01  webapp-stack1-app2                     v0.2 answers on port 20001 of docker01
17  start_container   docker01  webapp-stack1-app3                     v0.3 answers on port 20002 of docker01
18  start_container   docker02  webapp-stack2-app1                     v0.1 answers on port 20000 of docker02
19  start_container   docker02  webapp-stack2-app2                     v0.2 answers on port 20001 of docker02
20  start_container   docker02  webapp-stack2-app3                     v0.3 answers on port 20002 of docker02
21  wait_healthy      docker01  webapp-stack1-app1                     nothing is sent to a container before it is healthy
22  wait_healthy      docker01  webapp-stack1-app2                     nothing is sent to a container before it is healthy
23  wait_healthy      docker01  webapp-stack1-app3                     nothing is sent to a container before it is healthy
24  wait_healthy      docker02  webapp-stack2-app1                     nothing is sent to a container before it is healthy
25  wait_healthy      docker02  webapp-stack2-app2                     nothing is sent to a container before it is healthy
26  wait_healthy      docker02  webapp-stack2-app3                     nothing is sent to a container before it is healthy
27  commit_state      state     revision 1                             the change is recorded when everything it says is true
`);
  });

  it('addendpoint: only the load balancer changes', () => {
    expect(printed(planOf(bare, state))).toBe(`
1  check_host    docker01  engine              every host is asked before anything changes
2  check_host    docker02  engine              every host is asked before anything changes
3  check_config  lb01      haproxy.cfg         a configuration that HAProxy would refuse is noticed before anything changes
4  wait_healthy  docker01  webapp-stack1-app1  it is there already, and gets requests that it did not get before
5  wait_healthy  docker02  webapp-stack2-app1  it is there already, and gets requests that it did not get before
6  reload        lb01      haproxy.cfg         webapp-endpoint-prod begins with v0.1
7  commit_state  state     revision 1          the change is recorded when everything it says is true
`);
  });

  it('release: the load balancer is not touched, because nobody is promoted', () => {
    expect(printed(planOf(state, higher))).toBe(`
 1  check_host        docker01  engine                                 every host is asked before anything changes
 2  check_host        docker02  engine                                 every host is asked before anything changes
 3  pull_image        docker01  webapp:v0.4 (a37f4f70f92d)             docker01 is to run webapp v0.4
 4  pull_image        docker02  webapp:v0.4 (a37f4f70f92d)             docker02 is to run webapp v0.4
 5  create_container  docker01  webapp-stack1-app4 (v0.4, port 20003)  webapp-stack1 gets v0.4 at position 3
 6  create_container  docker02  webapp-stack2-app4 (v0.4, port 20003)  webapp-stack2 gets v0.4 at position 3
 7  start_container   docker01  webapp-stack1-app4                     v0.4 answers on port 20003 of docker01
 8  start_container   docker02  webapp-stack2-app4                     v0.4 answers on port 20003 of docker02
 9  wait_healthy      docker01  webapp-stack1-app4                     nothing is sent to a container before it is healthy
10  wait_healthy      docker02  webapp-stack2-app4                     nothing is sent to a container before it is healthy
11  commit_state      state     revision 1                             the change is recorded when everything it says is true
`);
  });

  it('pop of production: traffic moves before anything stops', () => {
    const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));
    const plan = planOf({ ...higher, revision: 7 }, popped);
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
11  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
12  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
13  wait_drained      lb01      webapp-endpoint-prod/webapp-stack2-app1  requests that are under way end where they began
14  remove_server     lb01      webapp-endpoint-prod/webapp-stack2-app1  nothing is sent to it any more
15  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
16  stop_container    docker02  webapp-stack2-app1 (v0.1)                webapp-stack2 no longer has v0.1 at position 0
17  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
18  remove_container  docker02  webapp-stack2-app1 (v0.1)                it is stopped and belongs to no stack
19  commit_state      state     revision 8                               the change is recorded when everything it says is true
`);
    expect(plan.pivot).toBe(10);
  });

  it('pop of a position that no endpoint has: there is nothing to drain', () => {
    const popped = accepted(popService(higher, { service: 'webapp', position: 3, single: false }));
    const plan = planOf(higher, popped);
    expect(printed(plan)).toBe(`
1  check_host        docker01  engine                     every host is asked before anything changes
2  check_host        docker02  engine                     every host is asked before anything changes
3  stop_container    docker01  webapp-stack1-app4 (v0.4)  webapp-stack1 no longer has v0.4 at position 3
4  stop_container    docker02  webapp-stack2-app4 (v0.4)  webapp-stack2 no longer has v0.4 at position 3
5  remove_container  docker01  webapp-stack1-app4 (v0.4)  it is stopped and belongs to no stack
6  remove_container  docker02  webapp-stack2-app4 (v0.4)  it is stopped and belongs to no stack
7  commit_state      state     revision 1                 the change is recorded when everything it says is true
`);
    expect(plan.pivot).toBe(2);
  });

  it('delete service --cascade', () => {
    const next = accepted(removeService(state, { service: 'webapp', cascade: true }));
    expect(printed(planOf(state, next))).toBe(`
 1  check_host        docker01  engine                     every host is asked before anything changes
 2  check_host        docker02  engine                     every host is asked before anything changes
 3  check_config      lb01      haproxy.cfg                a configuration that HAProxy would refuse is noticed before anything changes
 4  reload            lb01      haproxy.cfg                webapp-endpoint-prod ends
 5  wait_drained      lb01      old workers                requests that are under way end where they began
 6  stop_container    docker01  webapp-stack1-app1 (v0.1)  webapp-stack1 no longer has v0.1 at position 0
 7  stop_container    docker01  webapp-stack1-app2 (v0.2)  webapp-stack1 no longer has v0.2 at position 1
 8  stop_container    docker01  webapp-stack1-app3 (v0.3)  webapp-stack1 no longer has v0.3 at position 2
 9  stop_container    docker02  webapp-stack2-app1 (v0.1)  webapp-stack2 no longer has v0.1 at position 0
10  stop_container    docker02  webapp-stack2-app2 (v0.2)  webapp-stack2 no longer has v0.2 at position 1
11  stop_container    docker02  webapp-stack2-app3 (v0.3)  webapp-stack2 no longer has v0.3 at position 2
12  remove_container  docker01  webapp-stack1-app1 (v0.1)  it is stopped and belongs to no stack
13  remove_container  docker01  webapp-stack1-app2 (v0.2)  it is stopped and belongs to no stack
14  remove_container  docker01  webapp-stack1-app3 (v0.3)  it is stopped and belongs to no stack
15  remove_container  docker02  webapp-stack2-app1 (v0.1)  it is stopped and belongs to no stack
16  remove_container  docker02  webapp-stack2-app2 (v0.2)  it is stopped and belongs to no stack
17  remove_container  docker02  webapp-stack2-app3 (v0.3)  it is stopped and belongs to no stack
18  commit_state      state     revision 1                 the change is recorded when everything it says is true
`);
  });
});

describe('the plan of a replacement', () => {
  const request = { service: 'webapp', position: 0, direction: 'up' } as const;
  const next = accepted(replaceService(state, request, environment));
  const plan = planOf(state, next);

  it('has old and new beside each other until traffic has moved', () => {
    expect(printed(plan)).toBe(`
 1  check_host        docker01  engine                                   every host is asked before anything changes
 2  check_host        docker02  engine                                   every host is asked before anything changes
 3  check_config      lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 4  pull_image        docker01  webapp:v0.2 (7df1e6816912)               docker01 is to run webapp v0.2
 5  pull_image        docker02  webapp:v0.2 (7df1e6816912)               docker02 is to run webapp v0.2
 6  create_container  docker01  webapp-stack1-app4 (v0.2, port 20003)    webapp-stack1 gets v0.2 at position 0
 7  create_container  docker02  webapp-stack2-app4 (v0.2, port 20003)    webapp-stack2 gets v0.2 at position 0
 8  start_container   docker01  webapp-stack1-app4                       v0.2 answers on port 20003 of docker01
 9  start_container   docker02  webapp-stack2-app4                       v0.2 answers on port 20003 of docker02
10  wait_healthy      docker01  webapp-stack1-app4                       nothing is sent to a container before it is healthy
11  wait_healthy      docker02  webapp-stack2-app4                       nothing is sent to a container before it is healthy
12  add_server        lb01      webapp-endpoint-prod/webapp-stack1-app4  webapp-endpoint-prod goes from v0.1 to v0.2
13  add_server        lb01      webapp-endpoint-prod/webapp-stack2-app4  webapp-endpoint-prod goes from v0.1 to v0.2
14  drain_server      lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 to v0.2
15  drain_server      lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod goes from v0.1 to v0.2
16  write_config      lb01      haproxy.cfg                              a restart of HAProxy gives the same
17  wait_drained      lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
18  remove_server     lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
19  wait_drained      lb01      webapp-endpoint-prod/webapp-stack2-app1  requests that are under way end where they began
20  remove_server     lb01      webapp-endpoint-prod/webapp-stack2-app1  nothing is sent to it any more
21  stop_container    docker01  webapp-stack1-app1 (v0.1)                webapp-stack1 no longer has v0.1 at position 0
22  stop_container    docker02  webapp-stack2-app1 (v0.1)                webapp-stack2 no longer has v0.1 at position 0
23  remove_container  docker01  webapp-stack1-app1 (v0.1)                it is stopped and belongs to no stack
24  remove_container  docker02  webapp-stack2-app1 (v0.1)                it is stopped and belongs to no stack
25  commit_state      state     revision 1                               the change is recorded when everything it says is true
`);
    expect(plan.pivot).toBe(16);
  });

  it('says of each step which others it needs, and no more', () => {
    expect(plan.steps.map(({ seq, needs }) => `${seq}: ${needs.join(' ')}`.trimEnd())).toEqual([
      ...['1:', '2:', '3:', '4: 1', '5: 2'],
      ...['6: 1 2 3 4 5', '7: 1 2 3 4 5', '8: 6', '9: 7', '10: 8', '11: 9'],
      // Both new servers take over before an old one goes, and all is moved before the file says so.
      ...['12: 10 11', '13: 10 11', '14: 10 11 12 13', '15: 10 11 12 13', '16: 10 11 12 13 14 15'],
      // A container stops after its own server is drained, without waiting for the other's.
      ...['17: 14', '18: 17', '19: 15', '20: 19', '21: 16 17', '22: 16 19', '23: 21', '24: 22'],
      `25: ${Array.from({ length: 24 }, (_, index) => index + 1).join(' ')}`,
    ]);
  });

  it('has in each step what it takes to do it', () => {
    const specs = (of: typeof state, name: string) =>
      of.containers.filter((row) => row.name === name).map((row) => specOf(of, row));
    const spec = (kind: string, host: string) =>
      plan.steps.flatMap((step) =>
        'spec' in step && step.kind === kind && step.host === host ? [step.spec] : [],
      );
    for (const kind of ['create_container', 'start_container', 'wait_healthy'])
      expect(spec(kind, 'docker02')).toEqual(specs(next, 'webapp-stack2-app4'));
    for (const kind of ['stop_container', 'remove_container'])
      expect(spec(kind, 'docker02')).toEqual(specs(state, 'webapp-stack2-app1'));
    const [was, will] = [state, next].map((given) => liveOf(given, environment).get('lb01'));
    expect(plan.steps.filter(({ kind }) => kind === 'check_config')).toMatchObject([
      { config: will, previous: was },
    ]);
    expect(plan.steps.filter(({ kind }) => kind === 'write_config')).toMatchObject([
      { config: will, previous: was },
    ]);
    const server = (stack: number, app: number, port: number) => ({
      name: `webapp-stack${stack}-app${app}`,
      address: `192.0.2.1${stack}`,
      port,
      weight: 100,
    });
    const at = { backend: prod, limit: 30 };
    expect(plan.steps.filter(({ kind }) => kind === 'add_server')).toMatchObject([
      { ...at, server: server(1, 4, 20003) },
      { ...at, server: server(2, 4, 20003) },
    ]);
    for (const kind of ['drain_server', 'remove_server'])
      expect(plan.steps.filter((step) => step.kind === kind)).toMatchObject([
        { ...at, server: server(1, 1, 20000) },
        { ...at, server: server(2, 1, 20000) },
      ]);
    expect(plan.steps.filter(({ kind }) => kind === 'wait_drained')).toMatchObject([
      { of: { backend: prod, server: 'webapp-stack1-app1' }, limit: 30 },
      { of: { backend: prod, server: 'webapp-stack2-app1' }, limit: 30 },
    ]);
    expect(plan.steps.filter(({ kind }) => kind === 'stop_container')).toMatchObject([
      { grace: 10 },
      { grace: 10 },
    ]);
  });

  it('records the rows that change, and the next revision', () => {
    const later = planOf({ ...state, revision: 7 }, next).steps.at(-1);
    expect(later).toEqual({
      seq: 25,
      needs: Array.from({ length: 24 }, (_, index) => index + 1),
      kind: 'commit_state',
      host: 'state',
      object: 'revision 8',
      revision: 8,
      change: changeBetween(state, next),
      because: 'the change is recorded when everything it says is true',
    });
  });
});

describe('the plan of a change that moves no traffic', () => {
  const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));

  it('does not look at the load balancers, whatever lies there', () => {
    const kinds = (live: ReadonlyMap<string, string> | null) =>
      diff(higher, popped, { environment, live, commit: true }).steps.map(({ kind }) => kind);
    expect(kinds(null)).toEqual([
      ...['check_host', 'check_host', 'stop_container', 'stop_container'],
      ...['remove_container', 'remove_container', 'commit_state'],
    ]);
    expect(kinds(new Map())).toContain('reload');
  });

  it('waits for nothing but the hosts before it stops', () => {
    const { steps, pivot } = diff(higher, popped, { environment, live: null, commit: false });
    expect(steps.map(({ needs }) => needs)).toEqual([[], [], [1, 2], [1, 2], [3], [4]]);
    expect(pivot).toBe(2);
  });
});

describe('the plan of a deployment, which records nothing', () => {
  const context = { environment, live: liveOf(state, environment), commit: false };

  it('is empty, and so records nothing, where nothing changes', () => {
    const live = liveOf(state, environment);
    const equal = structuredClone(state);
    expect(diff(state, equal, { environment, live, commit: true })).toEqual({ steps: [], pivot: 0 });
  });

  it('is empty where everything is as the state says', () => {
    expect(diff(state, state, context)).toEqual({ steps: [], pivot: 0 });
  });

  it('makes what was not seen on one of the hosts', () => {
    const seen = { ...state, containers: state.containers.filter((row) => row.stack !== 'webapp-stack2') };
    expect(printed(diff(seen, state, context))).toBe(`
 1  check_host        docker02  engine                                 every host is asked before anything changes
 2  pull_image        docker02  webapp:v0.1 (2c4997e85b0a)             docker02 is to run webapp v0.1
 3  pull_image        docker02  webapp:v0.2 (7df1e6816912)             docker02 is to run webapp v0.2
 4  pull_image        docker02  webapp:v0.3 (e4dc63e690c1)             docker02 is to run webapp v0.3
 5  create_container  docker02  webapp-stack2-app1 (v0.1, port 20000)  webapp-stack2 gets v0.1 at position 0
 6  create_container  docker02  webapp-stack2-app2 (v0.2, port 20001)  webapp-stack2 gets v0.2 at position 1
 7  create_container  docker02  webapp-stack2-app3 (v0.3, port 20002)  webapp-stack2 gets v0.3 at position 2
 8  start_container   docker02  webapp-stack2-app1                     v0.1 answers on port 20000 of docker02
 9  start_container   docker02  webapp-stack2-app2                     v0.2 answers on port 20001 of docker02
10  start_container   docker02  webapp-stack2-app3                     v0.3 answers on port 20002 of docker02
11  wait_healthy      docker02  webapp-stack2-app1                     nothing is sent to a container before it is healthy
12  wait_healthy      docker02  webapp-stack2-app2                     nothing is sent to a container before it is healthy
13  wait_healthy      docker02  webapp-stack2-app3                     nothing is sent to a container before it is healthy
`);
  });

  it('redeploys everything from empty, as the first time but for the record', () => {
    const plan = diff({ ...state, containers: [] }, state, context);
    const first = planOf(makeState(), bare);
    expect(plan.steps).toEqual(first.steps.slice(0, -1));
    expect(plan.pivot).toBe(26);
  });

  it('mends a configuration that was edited by hand', () => {
    const plan = diff(state, state, { ...context, live: new Map([['lb01', 'edited']]) });
    expect(printed(plan)).toBe(`
1  check_config  lb01  haproxy.cfg  a configuration that HAProxy would refuse is noticed before anything changes
2  reload        lb01  haproxy.cfg  the file on the load balancer is not what the state says
`);
    expect(plan.steps.map((step) => ('previous' in step ? step.previous : ''))).toEqual(['edited', 'edited']);
  });

  it('says where the endpoints stay, and only the way they are served changes', () => {
    const settings = { ...defaultSettings, health: { ...defaultSettings.health, path: '/health' } };
    const next = changeRow(state, 'services', 'webapp', { settings });
    const [change] = diff(state, next, context).steps.filter((step) => step.kind === 'reload');
    expect(change?.because).toBe('the way its endpoints are served changes');
  });

  it('writes a configuration where there is none yet', () => {
    const { steps } = diff(state, state, { ...context, live: new Map() });
    expect(steps.map((step) => step.kind)).toEqual(['check_config', 'reload']);
    expect(steps.map((step) => ('previous' in step ? step.previous : null))).toEqual(['', '']);
  });
});

describe('the differ', () => {
  it('pulls an image once per host, however many positions run it', () => {
    const next = makeState({ webapp: { hosts, versions: ['v1', 'v1', 'v1'] } });
    const pulls = planOf(makeState(), next).steps.filter((step) => step.kind === 'pull_image');
    expect(pulls.map((step) => step.host)).toEqual(hosts);
  });

  it('runs an image by its digest, or by its id where nothing is pulled', () => {
    const images = (pull: 'registry' | 'never') =>
      planOf(makeState(), makeState({ webapp: { versions: ['v0.1'], pull } })).steps.flatMap((step) =>
        step.kind === 'create_container' ? [step.spec.image] : [],
      );
    const digest = 'sha256:2c4997e85b0ab7eabd3dc2f271631a9b0a806f7f2bb0b44b7bc31e0f2e021a83';
    expect(images('registry')).toEqual([`${image}@${digest}`]);
    expect(images('never')).toEqual([digest]);
  });

  it('moves traffic on every load balancer, and waits on each by its own limit', () => {
    const loadBalancers = [makeBalancer(), makeBalancer({ name: 'lb02', drainLimit: 5 })];
    const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));
    const plan = planOf(higher, popped, makeEnvironment({ loadBalancers }));
    const waits = plan.steps.flatMap((step) =>
      step.kind === 'wait_drained' ? [[step.host, step.limit, step.object]] : [],
    );
    expect(waits).toEqual([
      ['lb01', 30, `${prod}/webapp-stack1-app1`],
      ['lb01', 30, `${prod}/webapp-stack2-app1`],
      ['lb02', 5, `${prod}/webapp-stack1-app1`],
      ['lb02', 5, `${prod}/webapp-stack2-app1`],
    ]);
    // A container stops when its server is drained on both, and both files say so.
    const stops = plan.steps.filter((step) => step.kind === 'stop_container');
    expect(stops).toHaveLength(2);
    for (const { object, needs } of stops) {
      const steps = needs.map((need) => plan.steps[need - 1]);
      expect(steps.map((step) => step && `${step.kind} ${step.host} ${step.object}`)).toEqual([
        'write_config lb01 haproxy.cfg',
        'write_config lb02 haproxy.cfg',
        `wait_drained lb01 ${prod}/${object}`,
        `wait_drained lb02 ${prod}/${object}`,
      ]);
    }
  });

  it('gives a server the time that its service says, also where it goes or comes alone', () => {
    const patient = changeRow(higher, 'services', 'webapp', {
      traffic: { ...defaultServiceTraffic, drainLimit: 3 },
    });
    const popped = accepted(popService(patient, { service: 'webapp', position: 0, single: false }));
    const limits = planOf(patient, popped).steps.flatMap((step) => ('limit' in step ? [step.limit] : []));
    expect(limits).toEqual(Array.from({ length: 8 }, () => 3));
  });

  it.each([
    [
      'an empty position',
      { ...state, containers: [] },
      ['drain_server', 'drain_server'],
      'goes from v0.1 to nothing',
    ],
    [
      'the same version on other containers',
      makeState({ webapp: { hosts: ['docker01'], endpoints: { prod: { port: 80 } } } }),
      ['drain_server'],
      'moves to webapp-stack1-app1',
    ],
    [
      'another position',
      changeRow(state, 'endpoints', prod, { pointer: 1 }),
      ['add_server', 'add_server', 'drain_server', 'drain_server'],
      'goes from v0.1 to v0.2',
    ],
  ])('says what an endpoint will answer: %s', (_case, next, kinds, because) => {
    const moves = planOf(state, next).steps.filter(({ kind }) => /^(add|drain)_server$/.test(kind));
    expect(moves.map(({ kind }) => kind)).toEqual(kinds);
    for (const move of moves) expect(move.because).toBe(`${prod} ${because}`);
  });
});
