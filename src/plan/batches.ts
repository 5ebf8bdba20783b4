import { serviceNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import type { ContainerSpec } from './spec.ts';

/**
 * The containers that come up at once, round by round: of every service the next batch. A batch has as many as its service
 * says (`parallelism`), position by position over all stacks, so that twins come up together as far as they may.
 */
export function batchesOf<New extends { readonly spec: ContainerSpec }>(
  added: readonly New[],
  state: State,
): readonly (readonly New[])[] {
  const roundOf = new Map<New, number>();
  for (const service of new Set(added.map(({ spec }) => spec.service))) {
    const size = serviceNamed(state, service)?.rolling.parallelism ?? Infinity;
    added
      .filter(({ spec }) => spec.service === service)
      .toSorted((a, b) => a.spec.position - b.spec.position)
      .forEach((one, index) => roundOf.set(one, Math.floor(index / size)));
  }
  const count = Math.max(0, ...[...roundOf.values()].map((round) => round + 1));
  return Array.from({ length: count }, (_, round) => added.filter((one) => roundOf.get(one) === round));
}
