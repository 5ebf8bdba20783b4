import type { Wish } from '../../src/goal/goal.ts';
import { argumentsOf as typed, type Move } from '../../src/goal/moves.ts';
import { shortestWays, type GoalRequest } from '../../src/goal/planGoal.ts';
import type { Searched } from '../../src/goal/search.ts';
import type { State } from '../../src/model/state.ts';
import { perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { walkerOf, type Visited, type Walk } from './exactly.ts';
import { environmentOf, type House } from './house.ts';
import { judgeCase } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { distinct, isFulfilled, wishesOf } from './naiveGoals.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';
import type { Scope } from './scope.ts';
import { searchAll } from './search.ts';

/**
 * For every pair of states of a scope: the way that the goal search finds from the one to what the stages of the other answer
 * with is allowed command by command, leads there, and is a shortest one; and where it finds none, there is none. What is true
 * is found by walking all commands breadth-first, without anything of src/goal.
 */
export type GoalTally = {
  readonly goals: string;
  states: number;
  /** Pairs of states, and the different searches they come to. */
  pairs: number;
  searches: number;
  found: number;
  impossible: number;
  longest: number;
  readonly wrong: string[];
  milliseconds: number;
};

/** The most starts that are taken, evenly spread over the states; the clock is the caller's. */
export type GoalLimits = { readonly starts: number; readonly now: () => number };

/** Compares the ways between all states that a search of so many cases reaches. */
export function proveGoals(
  scope: Scope,
  { cases, ...limits }: GoalLimits & { readonly cases: number },
): GoalTally {
  const { texts } = searchAll(scope, { limit: cases, most: 1, now: () => 0, isQuick: true });
  const withServices = texts.filter((text) => text !== '');
  return compareAll(scope, withServices, limits);
}

/** Compares the ways from each of some states, by their canonical texts, to every other one. */
export function compareAll(scope: Scope, texts: readonly string[], { starts, now }: GoalLimits): GoalTally {
  const began = now();
  const tally: GoalTally = {
    ...{
      goals: scope.name,
      states: texts.length,
      pairs: 0,
      searches: 0,
      found: 0,
      impossible: 0,
      longest: 0,
    },
    ...{ wrong: [], milliseconds: 0 },
  };
  const states = texts.map((text) => decode(text, scope.house.hosts));
  const trialsOf = trialsBy(scope);
  const targetsOf = targetsBy(states, scope.house);
  const every = Math.max(1, Math.ceil(states.length / starts));
  for (let index = 0; index < states.length && tally.wrong.length === 0; index += every) {
    const start = states[index];
    if (start) fromOne({ start, text: texts[index] ?? '', targetsOf, tally, trialsOf });
  }
  tally.milliseconds = now() - began;
  return tally;
}

type Start = {
  readonly start: State;
  readonly text: string;
  readonly targetsOf: (service: string) => Targets;
  readonly tally: GoalTally;
  readonly trialsOf: (service: string) => Trial;
};

/** Compares the ways from one state to what every other one has, service by service. */
function fromOne({ start, text, targetsOf, tally, trialsOf }: Start): void {
  for (const { name } of start.services) {
    const { states, goals } = targetsOf(name);
    tally.pairs += states;
    for (const wishes of goals) compare(start, name, wishes, { text, tally, trial: trialsOf(name) });
  }
}

/** What all states together ask of a service, and how many of them ask for anything. */
function targetsBy(states: readonly State[], house: House): (service: string) => Targets {
  const known = new Map<string, Targets>();
  return (service) => {
    const old = known.get(service);
    if (old) return old;
    const wishes = states.map((state) => wishesOf(state, service, house)).filter((list) => list.length > 0);
    const targets = { states: wishes.length, goals: distinct(wishes) };
    known.set(service, targets);
    return targets;
  };
}

type Targets = { readonly states: number; readonly goals: readonly (readonly Wish[])[] };

type Trial = {
  readonly scope: Scope;
  readonly versions: readonly string[];
  readonly visit: (state: State, repoints: boolean, maxHeight: number) => Visited;
};

/** What is known of a service in a scope, kept from one start to the next. */
function trialsBy(scope: Scope): (service: string) => Trial {
  const versions = Array.from({ length: scope.bounds.versions }, (_, index) => `v${2 * index + 2}`);
  const walkers = new Map<string, ReturnType<typeof walkerOf>>();
  const verdicts = new Map<string, State | null>();
  return (service) => ({
    ...{ scope, versions },
    visit: (state, repoints, maxHeight) => {
      const walk: Walk = { scope, service, versions, repoints, maxHeight, verdicts };
      const key = `${service} ${repoints} ${maxHeight}`;
      const walker = walkers.get(key) ?? walkerOf(walk);
      walkers.set(key, walker);
      return walker(state);
    },
  });
}

type Case = { readonly text: string; readonly tally: GoalTally; readonly trial: Trial };

function compare(start: State, service: string, wishes: readonly Wish[], { text, tally, trial }: Case): void {
  const { scope, versions } = trial;
  const environment = environmentOf(scope.house);
  const known = versions.map((version) => ({ version, created: null }));
  const request: GoalRequest = {
    ...{ service, environment, facts: factsAfter(0), goal: { service, wishes } },
    ...{ candidates: known, versions: known, limit: 5000 },
  };
  const { still, free, reach } = shortestWays(start, request);
  tally.searches++;
  const way = free.way ?? still.way;
  // One higher than the search goes, so that it would show if that were not high enough.
  const walked = (repoints: boolean, best: Searched['way']): string[] => {
    const from = trial.visit(start, repoints, reach.maxHeight + 1);
    const atMost = best ? best.length - 1 : Infinity;
    const fewest = distance(from, wishes, { service, house: scope.house, atMost });
    const what = best ? `has ${best.length} commands` : 'is not there, says the search';
    return fewest === null
      ? []
      : [`the shortest way ${what}, and ${fewest} are enough (re-pointing: ${repoints})`];
  };
  const complaints = [
    ...walked(false, still.way),
    ...walked(true, way),
    ...[still, free].flatMap((found) => unlawful(start, service, wishes, found.way, scope.house)),
  ];
  if (way) tally.found++;
  else tally.impossible++;
  tally.longest = Math.max(tally.longest, way?.length ?? 0);
  const goal = wishes.map((wish) => `${wish.stage}=${wish.version}`).join(' ');
  for (const complaint of complaints) tally.wrong.push(`${text}: ${service} ${goal}: ${complaint}`);
}

type Judge = { readonly service: string; readonly house: House; readonly atMost: number };

/** The fewest commands to a state that fulfils the wishes, up to so many; null where there are none. */
function distance(start: Visited, wishes: readonly Wish[], { service, house, atMost }: Judge): number | null {
  const seen = new Set([start]);
  let row = [start];
  for (let moves = 0; row.length > 0 && moves <= atMost; moves++) {
    if (row.some(({ state }) => isFulfilled(state, service, wishes, house))) return moves;
    if (moves === atMost) break;
    const nexts: Visited[] = [];
    for (const next of row.flatMap((visited) => visited.nexts())) {
      if (!seen.has(next)) nexts.push(next);
      seen.add(next);
    }
    row = nexts;
  }
  return null;
}

/** What is wrong with a way: a command that is refused, or an end that is not the goal. */
function unlawful(
  start: State,
  service: string,
  wishes: readonly Wish[],
  way: Searched['way'],
  house: House,
): string[] {
  if (way === null) return [];
  const environment = environmentOf(house);
  let before = start;
  for (const { move } of way) {
    const command = commandOf(move, service);
    const outcome = perform(before, command, environment, factsAfter(0));
    const court = { house, environment, wrongs: wrongsOf(before, house), random: chance(1), isQuick: true };
    const { next, by, codes, complaints } = judgeCase({ before, command, outcome }, court);
    if (!next)
      return [
        `${typed(move, service).join(' ')} is refused by ${by}: ${codes.join(', ')} ${complaints.join()}`,
      ];
    before = next;
  }
  return isFulfilled(before, service, wishes, house) ? [] : ['the way does not lead to the goal'];
}

function commandOf(move: Move, service: string): Command {
  switch (move.do) {
    case 'promote':
    case 'abort':
      throw new Error(`${move.do} is for endpoints with weights, and here are none`);
    case 'changetree':
      return move;
    default:
      return { ...move, service };
  }
}
