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
  const { goal, environment, limit } = request;
  const missing = missingIn(state, request);
  const { still, free, reach } = shortestWays(state, request, missing.length === 0);
  const counted = {
    states: still.ways.length + free.ways.length,
    isCertain: (still.way !== null || still.isExhausted) && (free.way !== null || free.isExhausted),
  };
  const shortest = free.way ?? still.way;
  if (shortest) {
    const promoting = shortest === still.way || shortest.length === 0 ? null : still.way;
    return { shortest, promoting, inTheWay: [], nearest: null, ...counted };
  }
  const { stages } = environment.rules;
  const inTheWay =
    missing.length > 0 ? missing : rulesInTheWay(state, goal, { reach, refusedBy: still.refusedBy, limit });
  const near = nearest(state, goal, { stages, versions: request.versions }, [...still.ways, ...free.ways]);
  return { shortest: null, promoting: null, inTheWay, nearest: near, ...counted };
}

/**
 * Searches once with endpoints and relations where they point, and once with those re-pointed, too: there only for a way that is
 * shorter, and not at all where nothing can be found.
 */
export function shortestWays(
  state: State,
  request: GoalRequest,
  mayBeFound = true,
): { readonly still: Searched; readonly free: Searched; readonly reach: Reach } {
  const { goal, limit: states } = request;
  const reach = { ...request, repoints: false, maxHeight: maxHeightOf(state, request) };
  const still = search(state, goal, reach, { states, moves: Infinity });
  const moves = still.way ? still.way.length - 1 : Infinity;
  const free = search(state, goal, { ...reach, repoints: true }, { states, moves: mayBeFound ? moves : 0 });
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
function maxHeightOf(
  state: State,
  { service, goal, environment: { rules } }: GoalRequest,
): Reach['maxHeight'] {
  const { min_containers: least } = parametersFor(rules, stackHeight.code, service, { min_containers: 3 });
  const wanted = goal.wishes.map(({ stage }) => rules.stages.indexOf(stage));
  const used = [...positionsInUse(state, service), ...wanted].map((position) => position + 1);
  return heightOf(state, service) + Math.max(least, rules.stages.length, ...used);
}
