import { externalNamed, targetAt } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import type { Target } from '../model/traffic.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchExternal } from './missing.ts';

export type ChangeExternal = {
  readonly name: string;
  /** Each takes the place of the target at its stage, or is added. */
  readonly targets: readonly Target[];
  /** The stages at which it has no target any more. */
  readonly dropped: readonly string[];
};

/** Gives an external service other targets at some stages, and none at others; the rest stay. */
export function changeExternal(state: State, { name, targets, dropped }: ChangeExternal): Outcome {
  const external = externalNamed(state, name);
  if (!external) return noSuchExternal(state, name);
  const missing = dropped.filter((stage) => !targetAt(external, stage));
  if (missing.length > 0) {
    const fact = `it has no target at stage ${missing.join(', ')}`;
    return refused(refusal('names', name, fact, `see 'cmanage show external ${name}'`));
  }
  const kept = external.targets.filter(({ stage }) => !dropped.includes(stage));
  const known = new Set(kept.map(({ stage }) => stage));
  const changed = kept.flatMap((target) => {
    const given = targets.filter(({ stage }) => stage === target.stage);
    return given.length > 0 ? given : [target];
  });
  const row = { ...external, targets: [...changed, ...targets.filter(({ stage }) => !known.has(stage))] };
  return proposed({
    ...state,
    externals: state.externals.map((other) => (other === external ? row : other)),
  });
}
