import type { Wish } from '../../src/goal/goal.ts';
import {
  countOf,
  maxHeightOf,
  nearestGoal,
  shortestWays,
  type GoalRequest,
} from '../../src/goal/planGoal.ts';
import type { Way } from '../../src/goal/search.ts';
import type { State } from '../../src/model/state.ts';
import { decode } from './decode.ts';
import { distancesFrom } from './distances.ts';
import { everyWayFrom, type EveryWay } from './everyWay.ts';
import { walkerOf, type Visited } from './exactly.ts';
import { everyChoice, statesIn } from './goalStates.ts';
import { environmentOf } from './house.ts';
import { everyGoal, fewestTo, measureOf, nearestTo } from './naiveGoals.ts';
import { textOfRest } from './ownPart.ts';
import { factsAfter } from './registry.ts';
import type { Scope } from './scope.ts';
import { whatIsWrongWith } from './wayIsLegal.ts';

/**
 * For every pair of states of a scope: the way that the goal search finds from the one to what stages of the other answer with is
 * allowed command by command, leads there, and is a shortest one; and where it finds none there is none, and what it tells as
 * nearest is. What is true is found by walking all commands breadth-first, without anything of src/goal.
 *
 * The goals are all that name a version of the scope for some stages: so they are also those of all states of the scope. A text
 * of a state tells its versions only by their order, so that each start is taken with every choice of the scope's versions.
 */
export type GoalTally = {
  readonly goals: string;
  /** Whether these are all states of the scope. */
  readonly isExhausted: boolean;
  states: number;
  /** States with their versions chosen, for each of their services. */
  starts: number;
  /** The different states on all ways between these. */
  parts: number;
  /** Starts with a goal each: as many searches. */
  pairs: number;
  /** How many of the ways found have so many commands. */
  readonly lengths: number[];
  impossible: number;
  /** How often every command had to be judged with the steps of its plan. */
  byStep: number;
  /** Whether any search ended at its limit of states, and how many it looked at at most. */
  uncertain: number;
  most: number;
  readonly wrong: string[];
  milliseconds: number;
};

export type GoalLimits = {
  /** From how many states the enumeration goes on. */
  readonly visits: number;
  /** The most starts that are taken, evenly spread. */
  readonly starts: number;
  /** The clock is the caller's. */
  readonly now: () => number;
};

/** Compares the ways from the states of a scope to every goal. */
export function proveGoals(scope: Scope, { visits, starts, now }: GoalLimits): GoalTally {
  const began = now();
  const { texts, isExhausted } = statesIn(scope, visits);
  const all = startsOf(texts, scope);
  const every = Math.max(1, Math.ceil(all.length / starts));
  const tally = compareAll(
    scope,
    all.filter((_, index) => index % every === 0),
  );
  return {
    ...tally,
    isExhausted: isExhausted && every === 1,
    states: texts.length,
    milliseconds: now() - began,
  };
}

/** A state, by its text, in which goals are set to one service. */
export type GoalStart = { readonly text: string; readonly service: string };

/** Each service of each state, with every choice of its versions. */
export function startsOf(texts: readonly string[], { bounds }: Scope): GoalStart[] {
  const starts = texts.flatMap((text) =>
    text.split(';').flatMap((part) => {
      const service = part.charAt(0);
      return everyChoice(text, service, bounds.versions).map((chosen) => ({ text: chosen, service }));
    }),
  );
  return [...new Map(starts.map((start) => [`${start.service} ${start.text}`, start])).values()];
}

/** Compares the ways from each of some starts to every goal, up to the first that is wrong. */
export function compareAll(scope: Scope, starts: readonly GoalStart[]): GoalTally {
  const tally: GoalTally = {
    ...{
      goals: scope.name,
      isExhausted: false,
      states: 0,
      starts: starts.length,
      parts: 0,
      pairs: 0,
      lengths: [],
    },
    ...{ impossible: 0, uncertain: 0, byStep: 0, most: 0, wrong: [], milliseconds: 0 },
  };
  const versions = [
    ...Array.from({ length: scope.bounds.versions }, (_, index) => `v${2 * index + 2}`),
    ...scope.tags,
  ];
  for (const group of groupsOf(starts, scope)) {
    if (tally.wrong.length === 0) compareGroup(group, { scope, versions }, tally);
  }
  return tally;
}

type Placed = GoalStart & { readonly state: State };

/** The starts that have all in common but what ways change. */
function groupsOf(starts: readonly GoalStart[], { house }: Scope): Placed[][] {
  const groups = new Map<string, Placed[]>();
  for (const start of starts) {
    const state = decode(start.text, house.hosts);
    const key = `${start.service} ${textOfRest(state, start.service)}`;
    groups.set(key, [...(groups.get(key) ?? []), { ...start, state }]);
  }
  return [...groups.values()];
}

type Setting = { readonly scope: Scope; readonly versions: readonly string[] };

function compareGroup(group: readonly Placed[], { scope, versions }: Setting, tally: GoalTally): void {
  const { house } = scope;
  const environment = environmentOf(house);
  const service = group[0]?.service ?? '';
  // One higher than the search goes, so that it would show if that were not high enough.
  const highest = group.map(({ state }) =>
    maxHeightOf(state, { service, environment, goal: { service, wishes: [] } }),
  );
  const ground = { service, house, versions, maxHeight: 1 + Math.max(...highest) };
  const truth = everyWayFrom(
    group.map(({ state }) => state),
    ground,
  );
  tally.parts += truth.size;
  const goals = everyGoal(versions, house);
  for (const start of group) {
    const visited = walkerOf(ground)(start.state);
    for (const wishes of goals) {
      compare({ ...start, ...{ wishes, scope, versions, truth, visited } }, tally);
      if (tally.wrong.length > 0) return;
    }
  }
}

type Comparison = Placed &
  Setting & { readonly wishes: readonly Wish[]; readonly truth: EveryWay; readonly visited: Visited };

function compare(comparison: Comparison, tally: GoalTally): void {
  const { state, service, scope, versions, wishes } = comparison;
  const known = versions.map((version) => ({ version, created: null }));
  const asked: GoalRequest = {
    ...{ service, environment: environmentOf(scope.house), facts: factsAfter(0) },
    ...{ candidates: known, versions: known, limit: 500, goal: { service, wishes } },
  };
  const { still, free } = shortestWays(state, asked);
  const way = free.way ?? still.way;
  const complaints = [
    ...notShortest(still.way, false, comparison, tally),
    ...notShortest(way, true, comparison, tally),
    ...[still.way, free.way].flatMap((found) => whatIsWrongWith(found, state, asked.goal, scope.house)),
    ...(way ? [] : notNearest(asked, comparison)),
  ];
  tally.pairs++;
  for (let length = tally.lengths.length; way && length <= way.length; length++) tally.lengths.push(0);
  if (way) tally.lengths[way.length] = (tally.lengths[way.length] ?? 0) + 1;
  else tally.impossible++;
  if ([still, free].some((found) => found.way === null && !found.isExhausted)) tally.uncertain++;
  tally.most = Math.max(tally.most, still.states, free.states);
  const goal = wishes.map((wish) => `${wish.stage}=${wish.version}`).join(' ');
  for (const complaint of complaints)
    tally.wrong.push(`${comparison.text}: ${service} ${goal}: ${complaint}`);
}

/** What is wrong where the truth has a way of fewer commands, or any where none was found. */
function notShortest(
  way: Way | null,
  repoints: boolean,
  { state, wishes, scope, truth, visited }: Comparison,
  tally: GoalTally,
): string[] {
  const isShorter = (fewest: number | null): boolean => fewest !== null && fewest < (way?.length ?? Infinity);
  if (!isShorter(truth.fewest(state, wishes, repoints))) return [];
  // Perhaps a step on the way is what refuses that: then every command is judged as it would be.
  tally.byStep++;
  const walked = distancesFrom(visited, repoints).within(way ? way.length - 1 : Infinity);
  const fewest = fewestTo(wishes, walked, scope.house);
  const what = way ? `has ${way.length} commands` : 'is not there, says the search';
  return fewest === null ? [] : [`the shortest way ${what}, and ${fewest} are enough`];
}

/** What is wrong where another goal that is possible is nearer than the one that is told, or can be had with fewer commands. */
function notNearest(asked: GoalRequest, { state, versions, wishes, truth, scope }: Comparison): string[] {
  const { near, searches } = nearestGoal(state, asked);
  if (!countOf(searches).isCertain) return [];
  const told = [...measureOf(wishes, near.answers, versions), near.way.length];
  const best = nearestTo(wishes, versions, (other) => truth.fewest(state, other, true), scope.house);
  const isNearer = told.some((number, index) => number !== best[index]);
  return isNearer
    ? [`the nearest goal is told as ${told.join()} (unmet, away, commands), and it is ${best.join()}`]
    : [];
}
