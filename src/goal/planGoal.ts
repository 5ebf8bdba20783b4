import { stackHeight } from '../constraints/stackHeight.ts';
import { containersOf, heightOf, stacksOf } from '../model/lookup.ts';
import { parametersFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { positionsInUse } from '../model/trees.ts';
import type { Orderable } from '../model/versionOrder.ts';
import type { Violation } from '../model/violation.ts';
import type { Reach } from './everyMove.ts';
import type { Goal } from './goal.ts';
import { noImage, rulesInTheWay } from './inTheWay.ts';
import type { Ground } from './moves.ts';
import { nearest, type Nearest } from './nearest.ts';
import { search, type Searched, type Way } from './search.ts';

export type GoalRequest = Ground & {
  readonly goal: Goal;
  /** What may be released. */
  readonly candidates: readonly Orderable[];
  /** All versions that there are, the earliest first. */
  readonly versions: readonly Orderable[];
  /** The most states that each search looks at. */
  readonly limit: number;
};

/** What `cmanage plan` answers. */
export type GoalPlan = {
  /** A shortest way, without moves where the goal is reached already; null where there is none. */
  readonly shortest: Way | null;
  /** Where that re-points something: a shortest one that does not, and so goes by promotion alone. */
  readonly promoting: Way | null;
  /** Where there is no way: the rules that are in it. */
  readonly inTheWay: readonly Violation[];
  /** Where there is no way: the reachable state that comes nearest to the goal. */
  readonly nearest: Nearest | null;
  /** How many states were looked at. */
  readonly states: number;
  /** Whether these were enough: otherwise there may be a way, or a shorter one, beyond the limit. */
  readonly isCertain: boolean;
};

/** Finds the shortest ways to a goal; or why there is none, and what is nearest to it. */
export function planGoal(state: State, request: GoalRequest): GoalPlan {
  const { goal, limit } = request;
  const { still, free, reach } = shortestWays(state, request);
  const shortest = free.way ?? still.way;
  if (shortest) {
    const promoting = shortest === still.way || shortest.length === 0 ? null : still.way;
    return { shortest, promoting, inTheWay: [], nearest: null, ...countOf([still, free]) };
  }
  const missing = missingIn(state, request);
  const refusedBy = [...new Set([...still.refusedBy, ...free.refusedBy])];
  const inTheWay = missing.length > 0 ? missing : rulesInTheWay(state, goal, { reach, refusedBy, limit });
  const { near, searches } = nearestGoal(state, request);
  return { shortest: null, promoting: null, inTheWay, nearest: near, ...countOf([still, free, ...searches]) };
}

/** The nearest goal that is possible, and the searches it took. */
export function nearestGoal(
  state: State,
  request: GoalRequest,
): { readonly near: Nearest; readonly searches: readonly Searched[] } {
  const { goal, environment, versions, limit } = request;
  const searches: Searched[] = [];
  const near = nearest(state, goal, { stages: environment.rules.stages, versions }, (other) => {
    // All of these together look at so many states, lest a hundred searches take a hundred times as long.
    const left = limit - countOf(searches).states;
    const ways = shortestWays(state, { ...request, goal: other, limit: Math.max(1, left) });
    searches.push(ways.still, ways.free);
    return ways.free.way ?? ways.still.way;
  });
  return { near, searches };
}

/** How many states some searches looked at, and whether each of them was enough. */
export function countOf(searches: readonly Searched[]): Pick<GoalPlan, 'states' | 'isCertain'> {
  return {
    states: searches.reduce((sum, { states }) => sum + states, 0),
    isCertain: searches.every(({ way, isExhausted }) => way !== null || isExhausted),
  };
}

/**
 * Searches once with endpoints and relations where they point, and once with those re-pointed, too: there only for a way that is
 * shorter.
 */
export function shortestWays(
  state: State,
  request: GoalRequest,
): { readonly still: Searched; readonly free: Searched; readonly reach: Reach } {
  const { goal, limit: states } = request;
  const reach = { ...request, repoints: false, maxHeight: maxHeightOf(state, request) };
  const still = search(state, goal, reach, { states, moves: Infinity });
  const moves = still.way ? still.way.length - 1 : Infinity;
  const free = search(state, goal, { ...reach, repoints: true }, { states, moves });
  return { still, free, reach };
}

/** The versions wanted that neither stand somewhere nor can be released. */
function missingIn(state: State, { service, goal, candidates }: GoalRequest): Violation[] {
  const standing = stacksOf(state, service).flatMap(({ name }) => containersOf(state, name));
  const known = new Set([...standing, ...candidates].map(({ version }) => version));
  const wanted = new Set(goal.wishes.map(({ version }) => version));
  return [...wanted].filter((version) => !known.has(version)).map((version) => noImage(service, version));
}

/**
 * How high a stack may become on the way. All of its containers may have to go before those that are wanted come down, and
 * of these no more matter than the stages, the pointers and the rules ask for.
 */
export function maxHeightOf(
  state: State,
  { service, goal, environment: { rules } }: Pick<GoalRequest, 'service' | 'goal' | 'environment'>,
): Reach['maxHeight'] {
  const { min_containers: least } = parametersFor(rules, stackHeight.code, service, { min_containers: 3 });
  const wanted = goal.wishes.map(({ stage }) => rules.stages.indexOf(stage));
  const used = [...positionsInUse(state, service), ...wanted].map((position) => position + 1);
  return heightOf(state, service) + Math.max(least, rules.stages.length, ...used);
}
