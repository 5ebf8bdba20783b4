import { render } from '../haproxy/render.ts';
import { routes } from '../haproxy/routes.ts';
import { changeBetween } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import { containersAt, endpointNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { PlanBuilder } from './builder.ts';
import { diff, type DiffContext } from './diff.ts';
import type { CanaryLimits, Plan } from './step.ts';

/** A canary that grows share by share. */
export type CanaryCourse = {
  readonly endpoint: string;
  /** The position whose containers are watched. */
  readonly position: number;
  /** The states with the shares between; the last one is what the plan leads to. */
  readonly states: readonly State[];
  readonly limits: CanaryLimits;
};

/**
 * The plan of a canary: from share to share as the differ says, and after each of them the canary is judged. Nothing of
 * it is ever taken away before the end, so that a judgement against it undoes everything that was done for it.
 */
export function canaryPlan(before: State, course: CanaryCourse, context: DiffContext): Plan {
  const plan = new PlanBuilder();
  const { environment } = context;
  let [state, live] = [before, context.live];
  for (const next of course.states) {
    plan.append(diff(state, next, { ...context, live, commit: false }).steps);
    judge(plan, next, course, environment);
    [state, live] = [next, liveOf(next, context)];
  }
  const because = 'the change is recorded when everything it says is true';
  const revision = before.revision + 1;
  const change = changeBetween(before, state);
  const commit = { host: 'state', object: `revision ${revision}`, revision, change, because };
  plan.add({ kind: 'commit_state', ...commit }, plan.all);
  return { steps: plan.steps, pivot: plan.lastSeq };
}

function judge(plan: PlanBuilder, state: State, course: CanaryCourse, { loadBalancers }: Environment): void {
  const { endpoint: name, position, limits } = course;
  const endpoint = endpointNamed(state, name);
  if (!endpoint) return;
  const servers = containersAt(state, endpoint.service, position).map((container) => container.name);
  const share = shareOf(endpoint.options.weights, position);
  const because = `${share} % of the requests go to position ${position}; ${limitText(limits)}`;
  const needs = plan.all;
  for (const balancer of loadBalancers) {
    const step = { host: balancer.name, object: name, backend: name, servers, limits, because };
    plan.add({ kind: 'judge_canary', ...step }, needs);
  }
}

function shareOf(weights: readonly { position: number; weight: number }[], position: number): number {
  const all = weights.reduce((sum, { weight }) => sum + weight, 0);
  const own = weights.find((share) => share.position === position)?.weight ?? 0;
  return Math.round((own / Math.max(1, all)) * 100);
}

function limitText({ seconds, failures, responseTime }: CanaryLimits): string {
  const slow = responseTime === null ? '' : ` or answers take more than ${responseTime} ms`;
  return `for ${seconds} s, it goes back if more than ${Number((failures * 100).toFixed(2))} % fail${slow}`;
}

function liveOf(state: State, { environment, fingerprints }: DiffContext): ReadonlyMap<string, string> {
  return new Map(
    environment.loadBalancers.map((balancer) => [
      balancer.name,
      render(routes(state, environment, balancer), balancer, fingerprints?.get(balancer.name)),
    ]),
  );
}
