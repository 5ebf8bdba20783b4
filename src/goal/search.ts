import type { State } from '../model/state.ts';
import { leastMoves } from './bound.ts';
import { everyMove, type Reach } from './everyMove.ts';
import { frontierOf, type Frontier } from './frontier.ts';
import type { Goal } from './goal.ts';
import { keyOf } from './key.ts';
import { whyNot } from './legal.ts';
import { make, type Move } from './moves.ts';

/** A move, and the state it leads to. */
export type Stride = { readonly move: Move; readonly state: State };

/** The moves from the state of now to another one. */
export type Way = readonly Stride[];

export type Limits = {
  /** The most states to look at. */
  readonly states: number;
  /** The most moves of a way that is of interest. */
  readonly moves: number;
};

/** What a search came to. */
export type Searched = {
  /** A shortest way to the goal; null where none was found. */
  readonly way: Way | null;
  /** The ways to all states that were looked at; all that can be reached within `moves`, where nothing was left out. */
  readonly ways: readonly Way[];
  /** Whether it ended for want of states, and not at its limit. */
  readonly isExhausted: boolean;
  /** The rules that refused moves, each once. */
  readonly refusedBy: readonly string[];
};

/** A state that was reached, and how. */
type Place = { readonly state: State; readonly way: Way; readonly cost: number };

/** A move that may be the next to be made. The state it leads to is made again then: thousands wait, and few are ever looked at. */
type Next = { readonly from: Place; readonly move: Move; readonly key: string };

/**
 * Looks for a shortest way to a goal by moves that are allowed, each as a command of its own: A*, with a bound that never says
 * too much. Of equally short ways it takes one with the fewest replacements, which start containers where a pop promotes warm
 * ones, and then with the fewest new containers.
 */
export function search(start: State, goal: Goal, reach: Reach, limits: Limits): Searched {
  const { environment, service, repoints } = reach;
  const manner = { stages: environment.rules.stages, repoints };
  const frontier = frontierOf<Next>();
  const [seen, refusedBy, ways] = [new Set([keyOf(start, service)]), new Set<string>(), [] as Way[]];
  let place: Place | null = { state: start, way: [], cost: 0 };
  while (place) {
    ways.push(place.way);
    const found = { ways, refusedBy: [...refusedBy] };
    if (leastMoves(place.state, goal, manner) === 0) return { ...found, way: place.way, isExhausted: false };
    if (ways.length >= limits.states) return { ...found, way: null, isExhausted: false };
    for (const move of everyMove(place.state, reach)) {
      const outcome = make(place.state, move, reach);
      const key = outcome.ok ? keyOf(outcome.value, service) : null;
      if (!outcome.ok || key === null || seen.has(key)) continue;
      const least = leastMoves(outcome.value, goal, manner);
      if (place.way.length + 1 + least > limits.moves) continue;
      frontier.add({ from: place, move, key }, place.cost + costOf(move) + least * usual);
    }
    place = nextPlace(frontier, seen, refusedBy, reach);
  }
  return { way: null, ways, isExhausted: true, refusedBy: [...refusedBy] };
}

/** The next state that is allowed and new. What a move breaks is asked only here, because that costs the most. */
function nextPlace(
  frontier: Frontier<Next>,
  seen: Set<string>,
  refusedBy: Set<string>,
  reach: Reach,
): Place | null {
  for (let next = frontier.take(); next; next = frontier.take()) {
    const { from, move, key } = next;
    if (seen.has(key)) continue;
    const outcome = make(from.state, move, reach);
    if (!outcome.ok) throw new Error(`${move.do} was possible before and is not now`);
    const refusals = whyNot(from.state, outcome.value, reach.environment);
    for (const { code } of refusals) refusedBy.add(code);
    if (refusals.length > 0) continue;
    seen.add(key);
    const state = outcome.value;
    return { state, way: [...from.way, { move, state }], cost: from.cost + costOf(move) };
  }
  return null;
}

/** What a move costs: far more than all that tells ways of the same length apart. */
const usual = 1_000_000;

function costOf(move: Move): number {
  if (move.do === 'replace') return usual + 1000;
  return move.do === 'release' ? usual + move.versions.length : usual;
}
