import { compareInOrder, type VersionOrder } from '../model/versionOrder.ts';
import { numberOf, type Relic } from './relics.ts';

/** A stack's containers in the order of their positions, and what is below them. */
export type StackOrder = {
  readonly placed: readonly Relic[];
  /** Those that run, and are older than what serves at position 0. */
  readonly below: readonly Relic[];
  /** How many of the positions are those at which HAProxy has them. */
  readonly known: number;
};

/**
 * Finds the order of a stack. Where HAProxy serves a container at a position, that is its position. The others stand in the
 * order of their versions, and those of one version in the order in which they were made; what is older than position 0 was
 * popped, and is retained.
 */
export function orderOfStack(
  relics: readonly Relic[],
  positionOf: (container: string) => number | undefined,
  order: VersionOrder,
): StackOrder {
  const byAge = relics.toSorted((a, b) => compare(order, a, b));
  const served = new Map(
    byAge.flatMap((relic) => {
      const position = positionOf(relic.madeAs);
      return position === undefined ? [] : [[position, relic] as const];
    }),
  );
  const first = served.get(0);
  const isServed = (relic: Relic): boolean => positionOf(relic.madeAs) !== undefined;
  const below = first ? byAge.filter((relic) => !isServed(relic) && compare(order, relic, first) < 0) : [];
  const others = byAge.filter((relic) => !isServed(relic) && !below.includes(relic)).values();
  const height = relics.length - below.length;
  const placed = Array.from({ length: height }, (_, position) => served.get(position) ?? others.next().value);
  const isWhole = new Set(placed).size === height && !placed.includes(undefined);
  // Two load balancers that disagree, or a gap: then age alone counts.
  if (!isWhole) return { placed: byAge, below: [], known: 0 };
  return { placed: placed.filter((relic) => relic !== undefined), below, known: served.size };
}

function compare(order: VersionOrder, a: Relic, b: Relic): number {
  const [one, other] = [a, b].map(({ labels }) => ({ version: labels.version, created: null }));
  const byVersion = one && other ? compareInOrder(order, one, other) : null;
  return (byVersion ?? 0) || numberOf(a.madeAs) - numberOf(b.madeAs);
}
