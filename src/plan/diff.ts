import type { Fingerprints } from '../haproxy/endpointLines.ts';
import { changeBetween, isEmptyChange } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import { PlanBuilder } from './builder.ts';
import { failurePolicyOf } from './failures.ts';
import { handOverOf } from './handOver.ts';
import { calleesFirst } from './calleesFirst.ts';
import { addContainers } from './newContainers.ts';
import { placedIn, type Placed } from './placed.ts';
import { bringBack, keep, removeExpired, retainedChange } from './retainedSteps.ts';
import { bestEffortPolicy } from './bestEffort.ts';
import type { Plan } from './step.ts';
import type { Strategy } from './strategy.ts';
import { isLinked, switchesOf } from './traffic.ts';
import { TrafficPlan } from './trafficPlan.ts';
import { watch, watchedIn } from './watching.ts';

export type DiffContext = {
  readonly environment: Environment;
  /** The configuration that lies on each load balancer now, by its name; null for a change that moves no traffic. */
  readonly live: ReadonlyMap<string, string> | null;
  /** What is known of the certificates' files on each load balancer, by its name. */
  readonly fingerprints?: ReadonlyMap<string, Fingerprints>;
  /** Whether the next state is to be stored; false where it is the stored one already, as when deploying it again. */
  readonly commit: boolean;
  /** Whether it leads back to what was: then containers that are there already and turn out to be ill do not stop it. */
  readonly goesBack?: boolean;
  /** What becomes of it where something fails; without it, what was done is undone. */
  readonly onError?: Strategy;
};

/**
 * The differ: the ordered steps that lead from one state to the next, in the canonical order
 * check, pull, create, start, wait healthy, switch traffic, wait drained, stop, remove, write state.
 * It is the only place where steps are made; release, pop, delete and deploy are all the same difference.
 */
export function diff(before: State, next: State, context: DiffContext): Plan {
  const kept = new Set([...before.containers, ...before.retained].map((container) => container.name));
  const wanted = new Set([...next.containers, ...next.retained].map((container) => container.name));
  const added = next.containers.filter((container) => !kept.has(container.name)).map(placedIn(next));
  const removed = before.containers.filter((container) => !wanted.has(container.name)).map(placedIn(before));
  const retained = retainedChange(before, next);
  const { back, kept: leaving, expired } = retained;
  const plan = new PlanBuilder();

  const { environment, live, fingerprints } = context;
  const switches = live === null ? [] : switchesOf(before, next, environment, live, fingerprints);
  const joining = [...new Set(switches.flatMap((change) => change.joining))].map(placedIn(next));
  const watched = watchedIn(before, next).map(placedIn(next));
  const asked = checkHosts(plan, [
    ...[...added, ...removed, ...joining, ...leaving.stopped, ...watched],
    ...[back, expired].flatMap(({ stopped, running }) => [...stopped, ...running]),
  ]);
  const traffic = TrafficPlan.ofAll(plan, switches);
  const judged = 'a configuration that HAProxy would refuse is noticed before anything changes';
  const checked = switches.map(({ balancer, config, previous }) => {
    const step = { host: balancer.name, object: 'haproxy.cfg', config, previous, because: judged };
    return plan.add({ kind: 'check_config', ...step }, []);
  });
  const well = joining.map(({ host, spec }) => {
    const because = 'it is there already, and gets requests that it did not get before';
    const step = { host, object: spec.name, spec, because };
    return plan.add({ kind: 'wait_healthy', ...step }, [asked.get(host) ?? 0]);
  });
  const checks = [...asked.values(), ...checked, ...well];
  const link = ({ container }: Placed, needs: readonly number[]): number[] =>
    traffic.flatMap((part) => part.link(container, needs));
  const handOver = handOverOf(plan, traffic, { before, next }, [...removed, ...leaving.stopped]);
  const reach = ({ container }: Placed, needs: readonly number[]): number[] =>
    traffic.flatMap((part) => part.admit(container, needs, isLinked));
  const order = calleesFirst(added, before, next, environment);
  const made = addContainers(plan, added, { next, asked, checks, link, handOver, order, reach });
  const healthy = [...made, ...bringBack(plan, retained, checks, link, handOver)];
  const ready = healthy.length > 0 ? healthy : checks;
  for (const part of traffic) part.begin(ready);
  const moved = traffic.flatMap((part) => part.move());
  const switched = moved.length > 0 ? moved : ready;
  const watches = watch(plan, watched, next, switched);
  const lastBeforeRemoval = plan.lastSeq;
  const leave = removed.length + leaving.stopped.length + leaving.running.length;
  for (const part of traffic) part.settle({ containersGo: leave > 0 });
  const change = changeBetween(before, next);
  const commit = (): number => {
    const revision = before.revision + 1;
    const because = 'the change is recorded when everything it says is true';
    const step = { host: 'state', object: `revision ${revision}`, revision, change, because };
    return plan.add({ kind: 'commit_state', ...step }, plan.all);
  };
  const records = context.commit && !isEmptyChange(change);
  // All that the new state says is true by now; what it no longer has goes when it is recorded.
  const recorded = records && context.onError === 'commit-at-end' ? [commit()] : [];
  const unreached = ({ container }: Placed): number[] => [
    ...recorded,
    ...switched,
    ...watches,
    ...traffic.flatMap((part) => part.drained(container)),
  ];
  const stops = keep(plan, retained, handOver.stops, unreached);
  for (const [{ container }, needs] of stops) {
    for (const part of traffic) part.unlink(container, needs);
  }
  // What is kept can be started again, so that all that led to it can still be taken back.
  const pivot = stops.length > 0 ? plan.lastSeq : lastBeforeRemoval;
  const gone = removeContainers(plan, removed, handOver.stops, unreached);
  removed.forEach(({ container }, index) => {
    for (const part of traffic) part.unlink(container, [gone[index] ?? 0]);
  });
  removeExpired(plan, retained, unreached);
  if (records && recorded.length === 0) commit();
  const removesSome = removed.length + expired.stopped.length + expired.running.length > 0;
  const names = (placed: readonly Placed[]): Set<string> => new Set(placed.map(({ spec }) => spec.name));
  // Where nothing is removed, everything can be undone, even a commit that failed.
  const last = recorded[0] ?? (removesSome ? pivot : plan.lastSeq);
  const { onError = 'rollback' } = context;
  const isForgiving = context.goesBack === true || onError === 'best-effort';
  const mayFail = { added: names(added), forgiven: names(isForgiving ? joining : []) };
  const onFailure =
    onError === 'best-effort'
      ? bestEffortPolicy(plan.steps, mayFail, last)
      : failurePolicyOf(plan.steps, mayFail, next);
  return {
    ...{ steps: plan.steps, pivot: last },
    ...(onFailure === null ? {} : { onFailure }),
    ...(onError === 'rollback' ? {} : { onError }),
  };
}

function checkHosts(plan: PlanBuilder, containers: readonly Placed[]): Map<string, number> {
  const hosts = [...new Set(containers.map((container) => container.host))].sort();
  const because = 'every host is asked before anything changes';
  return new Map(
    hosts.map((host) => [host, plan.add({ kind: 'check_host', host, object: 'engine', because }, [])]),
  );
}

/** Stops containers, unless they are stopped already, and removes them, each after the steps it is given; returns the removals. */
function removeContainers(
  plan: PlanBuilder,
  removed: readonly Placed[],
  stopped: ReadonlyMap<string, number>,
  afterOf: (placed: Placed) => readonly number[],
): number[] {
  const stops = removed.map((placed) => {
    const { host, spec } = placed;
    const known = stopped.get(spec.name);
    if (known !== undefined) return [known, ...afterOf(placed)];
    const because = `${spec.stack} no longer has ${spec.version} at position ${spec.position}`;
    const step = { host, object: spec.name, spec, grace: spec.settings.stopGrace, because };
    return [plan.add({ kind: 'stop_container', ...step }, afterOf(placed))];
  });
  return removed.map(({ host, spec }, index) => {
    const because = 'it is stopped and belongs to no stack';
    return plan.add({ kind: 'remove_container', host, object: spec.name, spec, because }, stops[index] ?? []);
  });
}
