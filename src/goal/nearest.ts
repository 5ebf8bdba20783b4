import type { State } from '../model/state.ts';
import type { Orderable } from '../model/versionOrder.ts';
import { answersAt, type Goal, type Wish } from './goal.ts';
import type { Way } from './search.ts';

/** The goal that comes nearest to one which cannot be reached: what the stages named would answer with then, and the way. */
export type Nearest = {
  readonly answers: readonly { readonly stage: string; readonly versions: readonly (string | null)[] }[];
  readonly way: Way;
};

/** A goal beside another one: how many of its wishes differ, and how many versions away they are in all. */
export type Neighbour = { readonly wishes: readonly Wish[]; readonly unmet: number; readonly away: number };

/** A stage that may answer with anything is farther away than any version. */
const anything = 10_000;

/**
 * Every goal of the same stages, the nearest first: those that keep most of the wishes, and of these those whose other versions are the
 * fewest places away, in the order of all versions there are. At the end come those that leave a stage out.
 */
export function neighboursOf({ wishes }: Goal, versions: readonly Orderable[]): Neighbour[] {
  const neighbours = wishes.reduce<Neighbour[]>(
    (befores, wish) => {
      const wanted = versions.findIndex(({ version }) => version === wish.version);
      return befores.flatMap(({ wishes: others, unmet, away }) => [
        ...versions.map(({ version }, place) => ({
          wishes: [...others, { stage: wish.stage, version }],
          unmet: unmet + (place === wanted ? 0 : 1),
          away: away + Math.abs(place - wanted),
        })),
        { wishes: others, unmet: unmet + 1, away: away + anything },
      ]);
    },
    [{ wishes: [], unmet: 0, away: 0 }],
  );
  return neighbours.sort((a, b) => a.unmet - b.unmet || a.away - b.away);
}

/**
 * The nearest goal that can be reached, and of several that are equally near one with the fewest commands.
 *
 * @param wayTo a shortest way to a goal; null where there is none
 */
export function nearest(
  start: State,
  goal: Goal,
  { stages, versions }: { readonly stages: readonly string[]; readonly versions: readonly Orderable[] },
  wayTo: (goal: Goal) => Way | null,
): Nearest {
  let [best, last]: [Way | null, Neighbour | null] = [null, null];
  for (const next of neighboursOf(goal, versions)) {
    if (best && (next.unmet !== last?.unmet || next.away !== last.away)) break;
    const way = wayTo({ ...goal, wishes: next.wishes });
    if (way && (!best || way.length < best.length)) best = way;
    last = next;
  }
  const end = best?.at(-1)?.state ?? start;
  const answers = goal.wishes.map(({ stage }) => ({
    stage,
    versions: answersAt(end, goal.service, stage, stages),
  }));
  return { answers, way: best ?? [] };
}
