import { check } from '../constraints/check.ts';
import { render } from '../haproxy/render.ts';
import { haveSameRoutes, routes } from '../haproxy/routes.ts';
import type { Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { diff } from '../plan/diff.ts';
import { checkEveryStep } from '../plan/everyStep.ts';
import { lostServers } from '../plan/lostServers.ts';

/**
 * Why a change would be refused: what the rules say of its end, or where they have nothing against that, what would be wrong
 * after a step of its plan. Empty where it is allowed. The load balancers are taken to have what the state says.
 */
export function whyNot(before: State, next: State, environment: Environment): readonly Violation[] {
  const isError = ({ level }: Violation): boolean => level === 'error';
  const violations = check(before, next, environment).filter(isError);
  if (violations.length > 0) return violations;
  const movesTraffic = !haveSameRoutes(before, next, environment);
  const live = movesTraffic ? configsOf(before, environment) : null;
  const plan = diff(before, next, { environment, live, commit: true });
  const lost = plan.steps.some(({ kind }) => kind === 'check_config') ? lostServers(next, environment) : [];
  return [...lost, ...checkEveryStep(before, next, plan, environment)].filter(isError);
}

function configsOf(state: State, environment: Environment): ReadonlyMap<string, string> {
  return new Map(
    environment.loadBalancers.map((balancer) => [
      balancer.name,
      render(routes(state, environment, balancer), balancer),
    ]),
  );
}
