import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import { prune, retain } from '../../src/actions/retention.ts';
import { rollback } from '../../src/actions/rollback.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import type { Step } from '../../src/plan/step.ts';
import { undo } from '../../src/plan/undo.ts';
import { frozen, makeEnvironment, makeFacts, makeHost, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf, printed } from '../support/plans.ts';

const environment = frozen(makeEnvironment());
const versions = ['v1', 'v2', 'v3', 'v4', 'v5'];

function starting(warm: boolean): State {
  const retention = { by: 'count', limit: 1, warm } as const;
  return frozen(makeState({ webapp: { versions, endpoints: { prod: {} }, retention } }));
}

const popped = (state: State): State =>
  frozen({
    ...accepted(retain(state, popService(state, { service: 'webapp', position: 0, single: false }), 0)),
    revision: state.revision + 1,
  });
const rolledBack = (state: State, then: State, where: Environment = environment): State =>
  accepted(retain(state, rollback(state, then, { service: 'webapp' }, where), 0));

describe('the plan of a pop that keeps the container', () => {
  const start = starting(false);

  it('stops it and removes nothing, so that all of it can be undone', () => {
    const plan = planOf(start, popped(start));
    expect(printed(plan)).toBe(`
 1  check_host      docker01  engine                                   every host is asked before anything changes
 2  check_config    lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 3  wait_healthy    docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 4  add_server      lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v1 to v2
 5  drain_server    lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v1 to v2
 6  write_config    lb01      haproxy.cfg                              a restart of HAProxy gives the same
 7  wait_drained    lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
 8  remove_server   lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
 9  stop_container  docker01  webapp-stack1-app1 (v1)                  webapp-stack1 no longer has v1 at position 0, and keeps it for a rollback
10  commit_state    state     revision 1                               the change is recorded when everything it says is true
`);
    expect(plan.pivot).toBe(10);
  });

  it('undone sends to it again only when it is healthy', () => {
    const { steps } = planOf(start, popped(start));
    const line = ({ seq, kind, needs }: Step): string => `${seq} ${kind} after ${needs.join()}`;
    expect(undo(steps, steps.length).map(line)).toEqual([
      '9 start_container after ',
      '11 wait_healthy after 9',
      '5 add_server after 9,11',
      '4 remove_server after 5,9,11',
      '6 write_config after 9,11,5,4',
    ]);
  });

  it('removes the one that was kept before, which is past the pivot', () => {
    const once = popped(start);
    const plan = planOf(once, popped(once));
    expect(printed(plan)).toContain(`
 9  stop_container    docker01  webapp-stack1-app2 (v2)                  webapp-stack1 no longer has v2 at position 0, and keeps it for a rollback
10  remove_container  docker01  webapp-stack1-app1 (v1)                  webapp-stack1 no longer keeps v1 for a rollback
11  commit_state `);
    expect(plan.pivot).toBe(9);
  });

  it('lets it run where it is kept warm', () => {
    const plan = planOf(starting(true), popped(starting(true)));
    expect(plan.steps.map(({ kind }) => kind)).toEqual([
      ...['check_host', 'check_config', 'wait_healthy', 'add_server', 'drain_server', 'write_config'],
      ...['wait_drained', 'remove_server', 'commit_state'],
    ]);
    expect(plan.pivot).toBe(9);
  });
});

describe('the plan of a rollback to what was kept', () => {
  it('starts it, and makes nothing', () => {
    const start = starting(false);
    const before = popped(start);
    expect(printed(planOf(before, rolledBack(before, start)))).toContain(`
 3  start_container  docker01  webapp-stack1-app1                       webapp-stack1 gets v1 back at position 0; it was kept
 4  wait_healthy     docker01  webapp-stack1-app1                       nothing is sent to a container before it is healthy
 5  add_server       lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v2 to v1
`);
  });

  it('only waits where it runs, and never stops it on the way back', () => {
    const start = starting(true);
    const before = popped(start);
    const { steps, pivot } = planOf(before, rolledBack(before, start));
    const about = steps.filter(({ object }) => object === 'webapp-stack1-app1').map(({ kind }) => kind);
    expect(about).toEqual(['wait_healthy']);
    const back = undo(steps.slice(0, pivot), steps.length).map(({ kind }) => kind);
    expect(back).not.toContain('stop_container');
  });

  it.each([
    [false, ['host-capacity docker01 after step 3 (start_container webapp-stack1-app1) 6 containers']],
    [true, []],
  ])('is judged where it starts one more than there may be on the host (warm: %s)', (warm, expected) => {
    const start = starting(warm);
    const facts = makeFacts('registry.example/webapp', ['v6']);
    const before = accepted(
      release(popped(start), { service: 'webapp', versions: ['v6'] }, environment, facts),
    );
    const tight = makeEnvironment({ hosts: [makeHost('docker01', { maxContainers: warm ? 6 : 5 })] });
    const next = rolledBack(before, start, tight);
    const found = checkEveryStep(before, next, planOf(before, next, tight), tight);
    const texts = found.map(({ code, object, fact }) => `${code} ${object} ${fact}`);
    expect(texts.map((text) => text.split(' are too many')[0])).toEqual(expected);
  });
});

describe('the plan of a prune', () => {
  it.each([
    [false, ['check_host', 'remove_container', 'commit_state']],
    [true, ['check_host', 'stop_container', 'remove_container', 'commit_state']],
  ])('removes what is kept (warm: %s)', (warm, kinds) => {
    const before = popped(starting(warm));
    const next = accepted(prune(before, { service: null, all: true, now: 0 }));
    const { steps, pivot } = planOf(before, next);
    expect(steps.map(({ kind }) => kind)).toEqual(kinds);
    expect(pivot).toBe(1);
  });
});
