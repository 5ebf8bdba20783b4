import type { Step, StepKind } from '../../src/plan/step.ts';

/** Orders in which a plan's steps may be taken: whatever `needs` allows, since steps run side by side. */

/** A number from 0 to 1 that the seed decides (mulberry32). */
export function chance(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The steps in an order that respects their needs; of those that may come next, the one of the highest rank does. */
export function ordered(steps: readonly Step[], rankOf: (step: Step) => number): Step[] {
  const numbers = new Set(steps.map((step) => step.seq));
  const waiting = new Map(steps.map((step) => [step, rankOf(step)]));
  const done = new Set<number>();
  const order: Step[] = [];
  while (waiting.size > 0) {
    let next: Step | undefined;
    let best = -Infinity;
    for (const [step, rank] of waiting) {
      const isReady = step.needs.every((need) => done.has(need) || !numbers.has(need));
      if (isReady && rank > best) [next, best] = [step, rank];
    }
    if (!next) throw new Error('steps that need one another in a circle');
    waiting.delete(next);
    done.add(next.seq);
    order.push(next);
  }
  return order;
}

/** Whatever takes away comes as early as it may, and whatever gives as late. */
const takingFirst: Readonly<Partial<Record<StepKind, number>>> = {
  commit_state: 5,
  remove_container: 4,
  stop_container: 3,
  remove_server: 2,
  drain_server: 2,
  reload: 2,
  set_map: 1,
  write_config: 1,
  add_server: -1,
  wait_healthy: -1,
  start_container: -2,
};

/** Everything is made before anything is started, and all is started before anything goes. */
const givingFirst: Readonly<Partial<Record<StepKind, number>>> = {
  create_container: 3,
  start_container: 2,
  add_server: 2,
  set_map: -1,
  wait_drained: -1,
  wait_healthy: -1,
  stop_container: 1,
  remove_container: -2,
};

/** The plan's own order, two adversaries, and one of chance. */
export function everyOrder(steps: readonly Step[], random: () => number): Step[][] {
  return [
    [...steps],
    ordered(steps, ({ kind, seq }) => (takingFirst[kind] ?? 0) - seq / 1000),
    ordered(steps, ({ kind, seq }) => (givingFirst[kind] ?? 0) + seq / 1000),
    ordered(steps, random),
  ];
}
