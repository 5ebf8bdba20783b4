import { describe, expect, it } from '@jest/globals';
import { canaryWeights, setWeights } from '../../src/actions/weights.ts';
import { changeBetween } from '../../src/model/change.ts';
import { canaryPlan } from '../../src/plan/canary.ts';
import type { CanaryLimits, Plan } from '../../src/plan/step.ts';
import { frozen, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { liveOf, planOf, printed } from '../support/plans.ts';

const prod = 'webapp-endpoint-prod';
const state = frozen({
  ...makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: { port: 80 } } } }),
  revision: 7,
});
const limits: CanaryLimits = { seconds: 60, failures: 0.01, responseTime: null, requests: 20 };

function planFor(
  shares: readonly number[],
  given: Partial<CanaryLimits> = {},
  environment = makeEnvironment(),
) {
  const states = shares.map((share) => accepted(setWeights(state, prod, canaryWeights(0, 1, share))));
  const course = { endpoint: prod, position: 1, states, limits: { ...limits, ...given } };
  const live = liveOf(state, environment);
  return { states, plan: canaryPlan(state, course, { environment, live, commit: true }) };
}

describe('the plan of a canary', () => {
  it('grows share by share, is judged at each, and records what it has come to', () => {
    expect(printed(planFor([5, 100]).plan)).toBe(`
 1  check_host     docker01  engine                                   every host is asked before anything changes
 2  check_host     docker02  engine                                   every host is asked before anything changes
 3  check_config   lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
 4  wait_healthy   docker01  webapp-stack1-app2                       it is there already, and gets requests that it did not get before
 5  wait_healthy   docker02  webapp-stack2-app2                       it is there already, and gets requests that it did not get before
 6  add_server     lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod goes from v0.1 to v0.1 and v0.2
 7  add_server     lb01      webapp-endpoint-prod/webapp-stack2-app2  webapp-endpoint-prod goes from v0.1 to v0.1 and v0.2
 8  set_weight     lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod gives it weight 95
 9  set_weight     lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod gives it weight 95
10  write_config   lb01      haproxy.cfg                              a restart of HAProxy gives the same
11  judge_canary   lb01      webapp-endpoint-prod                     5 % of the requests go to position 1; for 60 s, it goes back if more than 1 % fail
12  check_config   lb01      haproxy.cfg                              a configuration that HAProxy would refuse is noticed before anything changes
13  set_weight     lb01      webapp-endpoint-prod/webapp-stack1-app2  webapp-endpoint-prod gives it weight 100
14  set_weight     lb01      webapp-endpoint-prod/webapp-stack2-app2  webapp-endpoint-prod gives it weight 100
15  drain_server   lb01      webapp-endpoint-prod/webapp-stack1-app1  webapp-endpoint-prod goes from v0.1 and v0.2 to v0.2
16  drain_server   lb01      webapp-endpoint-prod/webapp-stack2-app1  webapp-endpoint-prod goes from v0.1 and v0.2 to v0.2
17  write_config   lb01      haproxy.cfg                              a restart of HAProxy gives the same
18  wait_drained   lb01      webapp-endpoint-prod/webapp-stack1-app1  requests that are under way end where they began
19  remove_server  lb01      webapp-endpoint-prod/webapp-stack1-app1  nothing is sent to it any more
20  wait_drained   lb01      webapp-endpoint-prod/webapp-stack2-app1  requests that are under way end where they began
21  remove_server  lb01      webapp-endpoint-prod/webapp-stack2-app1  nothing is sent to it any more
22  judge_canary   lb01      webapp-endpoint-prod                     100 % of the requests go to position 1; for 60 s, it goes back if more than 1 % fail
23  commit_state   state     revision 8                               the change is recorded when everything it says is true
`);
  });

  it('can be taken back up to its end, and begins each share when the one before is judged', () => {
    const { plan } = planFor([5, 25, 50, 100]);
    expect(plan.pivot).toBe(plan.steps.length);
    const judged = plan.steps.filter(({ kind }) => kind === 'judge_canary');
    expect(judged).toHaveLength(4);
    for (const { seq } of judged) {
      for (const step of plan.steps.filter((other) => other.seq > seq)) {
        expect(ancestorsOf(plan.steps, step.seq)).toContain(seq);
      }
      for (const step of plan.steps.filter((other) => other.seq < seq)) {
        expect(ancestorsOf(plan.steps, seq)).toContain(step.seq);
      }
    }
  });

  it('commits the last of its states', () => {
    const { plan, states } = planFor([5, 50]);
    const [commit] = plan.steps.filter((step) => step.kind === 'commit_state');
    expect(commit?.change).toEqual(changeBetween(state, states.at(-1) ?? state));
  });

  it('watches the containers of its position, on every load balancer, by its limits', () => {
    const balancers = ['lb01', 'lb02'].map((name) => makeBalancer({ name }));
    const given = { failures: 0.005, responseTime: 250, seconds: 9 };
    const { plan } = planFor([5], given, makeEnvironment({ loadBalancers: balancers }));
    const judged = plan.steps.filter((step) => step.kind === 'judge_canary');
    const because =
      '5 % of the requests go to position 1; for 9 s, it goes back if more than 0.5 % fail or answers take more than 250 ms';
    expect(judged).toMatchObject(
      ['lb01', 'lb02'].map((host) => ({
        ...{ host, backend: prod, because },
        servers: ['webapp-stack1-app2', 'webapp-stack2-app2'],
        limits: { ...limits, ...given },
      })),
    );
  });

  it('leads to what setting the last weights at once leads to', () => {
    const { plan, states } = planFor([5, 50]);
    const configOf = (steps: Plan['steps']): string | undefined =>
      steps.flatMap((step) => (step.kind === 'write_config' ? [step.config] : [])).at(-1);
    expect(configOf(plan.steps)).toBe(configOf(planOf(state, states.at(-1) ?? state).steps));
  });
});

/** The numbers of all steps that must be done before the given one, directly or not. */
function ancestorsOf(steps: Plan['steps'], seq: number): Set<number> {
  const found = new Set<number>();
  const waiting = [seq];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const need of steps.find((step) => step.seq === next)?.needs ?? []) {
      if (!found.has(need)) waiting.push(need);
      found.add(need);
    }
  }
  return found;
}
