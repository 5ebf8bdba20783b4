import type { StateChange } from '../model/change.ts';
import type { ContainerSpec } from './spec.ts';

/**
 * Steps are data: one effect each, JSON-serialisable, each with its cause. A dry run prints exactly these, and apply
 * runs the same value. To add a kind: add it here, and the compiler names every switch that must learn it.
 */
export type Step =
  | (StepBase & { readonly kind: 'check_host' })
  | (StepBase & { readonly kind: 'check_config'; readonly config: string; readonly previous: string })
  | (StepBase & { readonly kind: 'pull_image'; readonly image: string })
  | (StepBase & { readonly kind: 'create_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'start_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'wait_healthy'; readonly spec: ContainerSpec })
  | (StepBase & {
      readonly kind: 'switch_traffic';
      readonly config: string;
      readonly previous: string;
      /** Seconds the old workers may take to finish their requests. */
      readonly limit: number;
    })
  | (StepBase & { readonly kind: 'wait_drained'; readonly limit: number })
  | (StepBase & { readonly kind: 'stop_container'; readonly spec: ContainerSpec; readonly grace: number })
  | (StepBase & { readonly kind: 'remove_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'commit_state'; readonly revision: number; readonly change: StateChange });

export type StepKind = Step['kind'];

type StepBase = {
  /** Its number in the plan, from 1. */
  readonly seq: number;
  /** The steps that must be done before it; what is not ordered by this may run side by side. */
  readonly needs: readonly number[];
  /** The Docker host, load balancer or database it touches. */
  readonly host: string;
  /** The container, image or configuration it is about. */
  readonly object: string;
  readonly because: string;
};

export type Plan = {
  readonly steps: readonly Step[];
  /** Up to and including this step a failure undoes what was done; after it, traffic has moved and the plan goes forward. */
  readonly pivot: number;
};

/** The step that undoes a step, with the same number, or null where there is nothing to undo. */
export function inverse(step: Step): Step | null {
  switch (step.kind) {
    case 'create_container':
      return { ...step, kind: 'remove_container' };
    case 'start_container':
      // No request has reached it yet, so it is given no time; one that has just begun may not even hear SIGTERM.
      return { ...step, kind: 'stop_container', grace: 0 };
    case 'switch_traffic':
      return { ...step, config: step.previous, previous: step.config };
    case 'stop_container':
      return { ...step, kind: 'start_container' };
    case 'remove_container':
      return { ...step, kind: 'create_container' };
    // A pulled image may stay: it is only a cache. Checks and waits change nothing; a commit is one transaction.
    case 'check_host':
    case 'check_config':
    case 'pull_image':
    case 'wait_healthy':
    case 'wait_drained':
    case 'commit_state':
      return null;
  }
}

/**
 * The plan that undoes the given steps: their inverses, in the opposite order. Where traffic had been switched to new
 * containers, it is switched back and their requests end before they are stopped; these waits stand in no plan, and get
 * numbers after `last`, the last one of the whole plan.
 */
export function undo(steps: readonly Step[], last: number): Step[] {
  const because = 'the operation failed and is taken back';
  const undone = steps.flatMap((step) => inverse(step) ?? []);
  const numbers = new Set(undone.map((step) => step.seq));
  const waits = undone
    .filter((step) => step.kind === 'switch_traffic')
    .map(({ seq, host, limit }, index) => {
      const base = { seq: last + 1 + index, needs: [seq], host, object: 'old workers', because };
      return { ...base, kind: 'wait_drained', limit } as const;
    });
  return undone.reverse().flatMap((step): Step[] => {
    const needs = dependants(step.seq, steps).filter((seq) => numbers.has(seq));
    const drained = step.kind === 'stop_container' ? waits.map((wait) => wait.seq) : [];
    const after = waits.filter((wait) => wait.needs[0] === step.seq);
    return [{ ...step, because, needs: [...needs, ...drained] }, ...after];
  });
}

/** All steps that directly or indirectly need the given one. */
function dependants(seq: number, steps: readonly Step[]): number[] {
  const found = new Set([seq]);
  for (const step of steps) {
    if (step.needs.some((need) => found.has(need))) found.add(step.seq);
  }
  found.delete(seq);
  return [...found];
}
