import { render } from '../haproxy/render.ts';
import { routes } from '../haproxy/routes.ts';
import { changeBetween, isEmptyChange } from '../model/change.ts';
import type { Environment, LoadBalancer } from '../model/environment.ts';
import type { Container, State } from '../model/state.ts';
import { PlanBuilder, type StepDraft } from './builder.ts';
import { becauseOfTraffic } from './because.ts';
import { specOf, type ContainerSpec } from './spec.ts';
import type { Plan } from './step.ts';
import { stackNamed } from '../model/lookup.ts';

export type DiffContext = {
  readonly environment: Environment;
  /** The configuration that lies on each load balancer now, by its name; null for a change that moves no traffic. */
  readonly live: ReadonlyMap<string, string> | null;
  /** Whether the next state is to be stored; false where it is the stored one already, as when deploying it again. */
  readonly commit: boolean;
};

/**
 * The differ: the ordered steps that lead from one state to the next, in the canonical order
 * check, pull, create, start, wait healthy, switch traffic, wait drained, stop, remove, write state.
 * It is the only place where steps are made; release, pop, delete and deploy are all the same difference.
 */
export function diff(before: State, next: State, context: DiffContext): Plan {
  const kept = new Set(before.containers.map((container) => container.name));
  const wanted = new Set(next.containers.map((container) => container.name));
  const added = next.containers.filter((container) => !kept.has(container.name)).map(placedIn(next));
  const removed = before.containers.filter((container) => !wanted.has(container.name)).map(placedIn(before));
  const plan = new PlanBuilder();

  const asked = checkHosts(plan, [...added, ...removed]);
  const switches = planSwitches(before, next, context);
  const judged = 'a configuration that HAProxy would refuse is noticed before anything changes';
  const checked = switches.map(({ host, object, config, previous }) =>
    plan.add({ kind: 'check_config', host, object, config, previous, because: judged }, []),
  );
  const healthy = addContainers(plan, added, asked, [...asked.values(), ...checked]);
  const ready = healthy.length > 0 ? healthy : [...asked.values(), ...checked];
  const switched = switches.map((change) => plan.add({ ...change, kind: 'switch_traffic' }, ready));
  const lastBeforeRemoval = plan.lastSeq;
  const drained = removed.length === 0 ? [] : waitDrained(plan, switches, switched);
  removeContainers(plan, removed, drained.length > 0 ? drained : ready);
  const change = changeBetween(before, next);
  if (context.commit && !isEmptyChange(change)) {
    const revision = before.revision + 1;
    const because = 'the change is recorded when everything it says is true';
    plan.add(
      { kind: 'commit_state', host: 'state', object: `revision ${revision}`, revision, change, because },
      plan.all,
    );
  }
  // Where nothing is removed, everything can be undone, even a commit that failed.
  return { steps: plan.steps, pivot: removed.length > 0 ? lastBeforeRemoval : plan.lastSeq };
}

type Placed = { readonly host: string; readonly spec: ContainerSpec };

function placedIn(state: State): (container: Container) => Placed {
  return (container) => ({
    host: stackNamed(state, container.stack)?.host ?? '',
    spec: specOf(state, container),
  });
}

type Switch = Extract<StepDraft, { kind: 'switch_traffic' }>;

function planSwitches(before: State, next: State, context: DiffContext): Omit<Switch, 'kind'>[] {
  const { environment, live } = context;
  if (live === null) return [];
  return environment.loadBalancers.flatMap((balancer) => {
    const config = render(routes(next, environment, balancer), balancer);
    const previous = live.get(balancer.name) ?? '';
    if (config === previous) return [];
    const because = becauseOfTraffic(before, next) || becauseOfFile(previous, before, environment, balancer);
    const limit = balancer.drainLimit;
    return [{ host: balancer.name, object: 'haproxy.cfg', config, previous, limit, because }];
  });
}

/** Where no endpoint moves, either the configuration itself changes, or somebody else has changed the file. */
function becauseOfFile(
  previous: string,
  before: State,
  environment: Environment,
  balancer: LoadBalancer,
): string {
  const ours = previous === render(routes(before, environment, balancer), balancer);
  return ours
    ? 'the way its endpoints are served changes'
    : 'the file on the load balancer is not what the state says';
}

function checkHosts(plan: PlanBuilder, containers: readonly Placed[]): Map<string, number> {
  const hosts = [...new Set(containers.map((container) => container.host))].sort();
  const because = 'every host is asked before anything changes';
  return new Map(
    hosts.map((host) => [host, plan.add({ kind: 'check_host', host, object: 'engine', because }, [])]),
  );
}

/** Adds pull, create, start and wait for each new container, kind by kind; returns the waits. */
function addContainers(
  plan: PlanBuilder,
  added: readonly Placed[],
  asked: ReadonlyMap<string, number>,
  checks: readonly number[],
): number[] {
  const pulls = new Map<string, number>();
  for (const { host, spec } of added) {
    const key = `${host} ${spec.image}`;
    if (pulls.has(key)) continue;
    const because = `${host} is to run ${spec.service} ${spec.version}`;
    const object = `${spec.service}:${spec.version}`;
    const needs = [asked.get(host) ?? 0];
    pulls.set(key, plan.add({ kind: 'pull_image', host, object, image: spec.image, because }, needs));
  }
  // An image that is missing on one host fails here, before anything is created on the others.
  const ready = [...checks, ...pulls.values()];
  const creates = added.map(({ host, spec }) => {
    const because = `${spec.stack} gets ${spec.version} at position ${spec.position}`;
    return plan.add({ kind: 'create_container', host, object: spec.name, spec, because }, ready);
  });
  const starts = added.map(({ host, spec }, index) => {
    const because = `${spec.version} answers on port ${spec.hostPort} of ${host}`;
    return plan.add({ kind: 'start_container', host, object: spec.name, spec, because }, [
      creates[index] ?? 0,
    ]);
  });
  return added.map(({ host, spec }, index) => {
    const because = 'nothing is sent to a container before it is healthy';
    return plan.add({ kind: 'wait_healthy', host, object: spec.name, spec, because }, [starts[index] ?? 0]);
  });
}

function waitDrained(
  plan: PlanBuilder,
  switches: readonly Omit<Switch, 'kind'>[],
  switched: readonly number[],
): number[] {
  const because = 'requests that are under way end where they began';
  return switches.map(({ host, limit }, index) => {
    return plan.add({ kind: 'wait_drained', host, object: 'old workers', limit, because }, [
      switched[index] ?? 0,
    ]);
  });
}

function removeContainers(plan: PlanBuilder, removed: readonly Placed[], after: readonly number[]): void {
  const stops = removed.map(({ host, spec }) => {
    const because = `${spec.stack} no longer has ${spec.version} at position ${spec.position}`;
    return plan.add(
      { kind: 'stop_container', host, object: spec.name, spec, grace: spec.settings.stopGrace, because },
      after,
    );
  });
  removed.forEach(({ host, spec }, index) => {
    const because = 'it is stopped and belongs to no stack';
    plan.add({ kind: 'remove_container', host, object: spec.name, spec, because }, [stops[index] ?? 0]);
  });
}
