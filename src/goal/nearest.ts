import type { State } from '../model/state.ts';
import type { Orderable } from '../model/versionOrder.ts';
import { answersAt, unmetIn, type Goal } from './goal.ts';
import type { Way } from './search.ts';

/** The state that comes nearest to a goal which cannot be reached: what the stages named would answer with there, and the way. */
export type Nearest = {
  readonly answers: readonly { readonly stage: string; readonly versions: readonly (string | null)[] }[];
  readonly way: Way;
};

/**
 * Of all states that some ways lead to, the one that fulfils most of the wishes; of several the one whose versions are the
 * fewest places away from those that are wanted, in the order of all versions there are; and then the one with the fewest moves.
 */
export function nearest(
  start: State,
  goal: Goal,
  { stages, versions }: { readonly stages: readonly string[]; readonly versions: readonly Orderable[] },
  ways: readonly Way[],
): Nearest {
  const ranks = new Map(versions.map(({ version }, rank) => [version, rank]));
  const rankOf = (version: string | null): number => ranks.get(version ?? '') ?? Infinity;
  const answersOf = (state: State): Nearest['answers'] =>
    goal.wishes.map(({ stage }) => ({ stage, versions: answersAt(state, goal.service, stage, stages) }));
  const measured = ways.map((way) => {
    const state = way.at(-1)?.state ?? start;
    const answers = answersOf(state);
    const away = goal.wishes.map(({ version }, index) =>
      Math.max(...(answers[index]?.versions ?? []).map((other) => distance(rankOf(version), rankOf(other)))),
    );
    const measure = [
      unmetIn(state, goal, stages).length,
      away.reduce((sum, one) => sum + one, 0),
      way.length,
    ];
    return { way, answers, measure };
  });
  const [best = { answers: answersOf(start), way: [] }] = measured.sort((a, b) =>
    compareLists(a.measure, b.measure),
  );
  return { answers: best.answers, way: best.way };
}

/** What has no place in the order is far away from everything else. */
function distance(one: number, other: number): number {
  return one === other ? 0 : Math.min(Math.abs(one - other), 10_000);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
