import type { Step } from './step.ts';

/** A step before it has its number and its place in the order. */
export type StepDraft = Step extends infer S ? (S extends Step ? Omit<S, 'seq' | 'needs'> : never) : never;

/** Collects steps and numbers them from 1 in the order in which they are added. */
export class PlanBuilder {
  readonly #steps: Step[] = [];

  /** Adds a step that may run once the steps numbered in `needs` are done; returns its number. */
  add(draft: StepDraft, needs: readonly number[]): number {
    const seq = this.#steps.length + 1;
    this.#steps.push({ seq, needs: [...new Set(needs)].sort((a, b) => a - b), ...draft });
    return seq;
  }

  /** Adds the steps of another plan, in their order, after all that are there. */
  append(steps: readonly Step[]): void {
    const [first, done] = [this.lastSeq, this.all];
    for (const step of steps) {
      const needs = step.needs.length === 0 ? done : step.needs.map((need) => first + need);
      this.#steps.push({ ...step, seq: first + step.seq, needs });
    }
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  get all(): number[] {
    return this.#steps.map((step) => step.seq);
  }

  get lastSeq(): number {
    return this.#steps.length;
  }
}

/** The step kept under a key, or else the one that is made now; none while it is being made, so that no step needs itself. */
export function once(
  kept: Map<string, readonly number[]>,
  key: string,
  make: () => number,
): readonly number[] {
  const known = kept.get(key);
  if (known) return known;
  kept.set(key, []);
  const made = [make()];
  kept.set(key, made);
  return made;
}
