import { containersOf, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { treesWith } from '../model/trees.ts';
import { positionsOf, unmetIn, type Goal, type Wish } from './goal.ts';

type Manner = { readonly stages: readonly string[]; readonly repoints: boolean };

/**
 * The least number of moves from a state to a goal: never more than it takes, so that the first way found is a shortest one.
 *
 * A version that stands nowhere needs a release, which puts it on top. Each pop and each replacement brings a version at most one
 * position nearer to where it is wanted: a pop lets what is above fall by one, a replacement takes it from a neighbour. Where
 * endpoints may be re-pointed, that does for one stage each what pops and replacements may do for all of them.
 */
export function leastMoves(state: State, goal: Goal, { stages, repoints }: Manner): number {
  const unmet = unmetIn(state, goal, stages);
  if (unmet.length === 0) return 0;
  // The end of a canary moves many positions at once.
  if (treesWith(state, goal.service).some(({ options }) => options.weights.length > 0)) return 1;
  const columns = stacksOf(state, goal.service).map(({ name }) =>
    containersOf(state, name).map(({ version }) => version),
  );
  const distances = unmet.map((wish) =>
    distanceOf(columns, wish, positionsOf(state, goal.service, wish.stage, stages)),
  );
  const releases = unmet.some(({ version }) => columns.some((column) => !column.includes(version))) ? 1 : 0;
  const farthest = Math.max(...distances);
  if (!repoints) return Math.max(1, releases + farthest);
  const shared = [0, ...distances].map(
    (moved) => moved + distances.filter((distance) => distance > moved).length,
  );
  return Math.max(1, releases + Math.min(...shared));
}

/** How far a version is from where it is wanted, at most: in the worst stack and position. It may come from a release, too. */
function distanceOf(
  columns: readonly (readonly string[])[],
  { version }: Wish,
  positions: readonly number[],
): number {
  const distances = columns.flatMap((column) => {
    const there = column.flatMap((other, at) => (other === version ? [at] : []));
    return positions.map((position) =>
      Math.min(Math.max(0, column.length - position), ...there.map((at) => Math.abs(at - position))),
    );
  });
  return Math.max(0, ...distances);
}
