import type { State } from '../model/state.ts';
import { serviceNamed } from '../model/lookup.ts';
import { batchesOf } from './batches.ts';
import type { PlanBuilder } from './builder.ts';
import type { CallOrder } from './calleesFirst.ts';
import type { HandOver } from './handOver.ts';
import type { Placed } from './placed.ts';

export type Making = {
  /** The state with the services that the containers are of. */
  readonly next: State;
  /** The check of each host, by its name. */
  readonly asked: ReadonlyMap<string, number>;
  /** What is checked before anything is created. */
  readonly checks: readonly number[];
  /** Leads the links of a new container to their places. */
  readonly link: (placed: Placed, needs: readonly number[]) => readonly number[];
  readonly handOver: HandOver;
  readonly order: CallOrder;
  /** Has links lead to a new container before everything else that is new is healthy; returns the steps after which they do. */
  readonly reach: (callee: Placed, needs: readonly number[]) => readonly number[];
};

/**
 * Adds pull, create, start and wait for each new container, kind by kind; returns the waits. Everything is created before
 * anything is started, because what can fail cheaply is to fail early; they start and become healthy batch by batch.
 */
export function addContainers(plan: PlanBuilder, added: readonly Placed[], making: Making): number[] {
  const creates = createAll(plan, added, making);
  const linked = added.map((placed) => making.link(placed, creates));
  const needs = added.map((placed, index): [Placed, Needs] => [
    placed,
    [creates[index] ?? 0, ...(linked[index] ?? [])],
  ]);
  return comeUp(plan, making, { needsOf: new Map(needs), creates });
}

type Needs = readonly number[];

function createAll(plan: PlanBuilder, added: readonly Placed[], { asked, checks }: Making): number[] {
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
  return added.map(({ host, spec }) => {
    const because = `${spec.stack} gets ${spec.version} at position ${spec.position}`;
    return plan.add({ kind: 'create_container', host, object: spec.name, spec, because }, ready);
  });
}

/**
 * Starts the containers and waits for them, each batch of a service when the one before is healthy, and callees
 * before those who call them. Those whose places a
 * stop-first service's containers take are drained and stopped before, batch by batch too.
 */
function comeUp(
  plan: PlanBuilder,
  { next, handOver, order, reach }: Making,
  { needsOf, creates }: { readonly needsOf: ReadonlyMap<Placed, Needs>; readonly creates: Needs },
): number[] {
  const healthy: number[] = [];
  const rounds = order.groups.flatMap((group) => batchesOf(group, next));
  const healthyOf = new Map<Placed, number>();
  let before = new Map<string, readonly number[]>();
  rounds.forEach((round, index) => {
    const after = new Map<string, readonly number[]>();
    for (const service of new Set(round.map(({ spec }) => spec.service))) {
      after.set(service, settled(plan, next, service, before.get(service) ?? []));
    }
    const ready = round.map((placed) => [
      ...(needsOf.get(placed) ?? []),
      ...(after.get(placed.spec.service) ?? []),
      ...order.calleesOf(placed).flatMap((callee) => {
        const wait = [healthyOf.get(callee) ?? 0];
        return [...wait, ...reach(callee, [...wait, ...(needsOf.get(placed) ?? [])])];
      }),
    ]);
    // What is stopped for another one is stopped when everything is created, and nothing is left that fails cheaply.
    const vacated = round.map((placed, at) => handOver.vacate(placed, [...creates, ...(ready[at] ?? [])]));
    const starts = round.map(({ host, spec }, at) => {
      const because = `${spec.version} answers on port ${spec.hostPort} of ${host}`;
      const needs = [...(ready[at] ?? []), ...(vacated[at] ?? [])];
      return plan.add({ kind: 'start_container', host, object: spec.name, spec, because }, needs);
    });
    const waits = round.map(({ host, spec }, at) => {
      const because = 'nothing is sent to a container before it is healthy';
      const step = { kind: 'wait_healthy', host, object: spec.name, spec, because } as const;
      return plan.add(step, [starts[at] ?? 0]);
    });
    healthy.push(...waits);
    round.forEach((placed, at) => healthyOf.set(placed, waits[at] ?? 0));
    const following = new Set((rounds[index + 1] ?? []).map(({ spec }) => spec.service));
    before = new Map();
    round.forEach((placed, at) => {
      const { service } = placed.spec;
      if (!following.has(service)) return;
      const wait = waits[at] ?? 0;
      before.set(service, [...(before.get(service) ?? []), wait, ...handOver.admit(placed, [wait])]);
    });
  });
  return healthy;
}

/** The steps that the next batch of a service waits for: that the one before is healthy, and the delay. */
function settled(
  plan: PlanBuilder,
  next: State,
  service: string,
  healthy: readonly number[],
): readonly number[] {
  const delay = serviceNamed(next, service)?.rolling.delay ?? 0;
  if (delay === 0 || healthy.length === 0) return healthy;
  const because = `${service} waits for ${delay} s before its next containers start`;
  const step = { kind: 'pause', host: 'cmanage', object: service, seconds: delay, because } as const;
  return [plan.add(step, healthy)];
}
