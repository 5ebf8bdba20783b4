/**
 * What becomes of an operation of which something fails; the thesis numbers them. `best-effort` (0): all that can be done is done,
 * and the rest is left. `rollback` (1): what was done is undone. `commit-at-end` (2): nothing of the old goes before the new
 * state is recorded.
 */
export const strategies = ['best-effort', 'rollback', 'commit-at-end'] as const;
export type Strategy = (typeof strategies)[number];

/** A step that several containers need. */
export type SharedStep = {
  readonly step: number;
  /** Each container, with one of its steps that are tolerated. */
  readonly containers: readonly { readonly name: string; readonly step: number }[];
};
