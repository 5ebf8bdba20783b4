import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { diff } from '../../src/plan/diff.ts';
import type { Plan } from '../../src/plan/step.ts';
import type { Strategy } from '../../src/plan/strategy.ts';
import { planLines } from '../../src/report/planText.ts';
import { makeEnvironment } from './makeState.ts';

/** What lies on each load balancer when nobody has touched it since the state was applied. */
export function liveOf(state: State, environment: Environment): Map<string, string> {
  return new Map(
    environment.loadBalancers.map((balancer) => [
      balancer.name,
      render(routes(state, environment, balancer), balancer),
    ]),
  );
}

/** The plan of a change that starts from a world which is as the state says. */
export function planOf(
  before: State,
  next: State,
  environment: Environment = makeEnvironment(),
  onError: Strategy = 'rollback',
): Plan {
  return diff(before, next, { environment, live: liveOf(before, environment), commit: true, onError });
}

/** The plan as text, as a test writes it by hand. */
export function printed(plan: Plan): string {
  return `\n${planLines(plan).join('\n')}\n`;
}
