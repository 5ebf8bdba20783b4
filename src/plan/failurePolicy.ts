import type { SharedStep } from './strategy.ts';

/** What it means that steps of a plan fail. */
export type FailurePolicy = {
  /** Where nothing but these steps fails, everything is left as it is. */
  readonly pauses: readonly number[];
  /** Of the containers of these steps, those at one position, so many may fail and the plan goes on. */
  readonly tolerated: readonly { readonly steps: readonly number[]; readonly failures: number }[];
  /** Steps that several containers need, and those that fail with them: the host's, the image's. */
  readonly shared?: readonly SharedStep[];
  /** Set where the plan mends what is broken: nothing is undone, and what does not need a step that failed goes on. */
  readonly mends?: boolean;
};

/** Whether a plan mends what is broken and records nothing; then its operation ends with what could be mended. */
export function isMending({ onFailure }: { readonly onFailure?: FailurePolicy }): boolean {
  return onFailure?.mends === true;
}
