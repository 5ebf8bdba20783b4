import type { State } from '../model/state.ts';
import { boundOf, type Bound } from './bound.ts';
import { costOf, usual } from './cost.ts';
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
  /** How many states were looked at: none, where it is certain from the beginning that there is no way. */
  readonly states: number;
  /** Whether it ended for want of states from which there could be a way, and not at its limit. */
  readonly isExhausted: boolean;
  /** The rules that refused moves, each once. */
  readonly refusedBy: readonly string[];
};

/** A state that was reached, and how. */
type Place = { readonly state: State; readonly way: Way; readonly cost: number };

/** A move that may be the next to be made, and what its way costs at least. It is made when it is taken up: thousands wait, and few ever are. */
type Next = { readonly from: Place; readonly move: Move; readonly cost: number };

/**
 * Looks for a shortest way to a goal by moves that are allowed, each as a command of its own: A*, with a bound that never says
 * too much. Of equally short ways it takes one with the fewest replacements, which start containers where a pop promotes warm
 * ones, and then with the fewest new containers.
 */
export function search(start: State, goal: Goal, reach: Reach, limits: Limits): Searched {
  const bound = boundOf(start, goal, reach);
  const isHopeless = (moves: number): boolean => moves === Infinity || moves > limits.moves;
  const frontier = frontierOf<Next>();
  const quest: Quest = { ...{ reach, bound, isHopeless, frontier }, seen: new Set(), refusedBy: new Set() };
  quest.seen.add(keyOf(start, reach.service));
  let place: Place | null = isHopeless(bound.from(start)) ? null : { state: start, way: [], cost: 0 };
  let states = 0;
  while (place) {
    states++;
    const found = { states, isExhausted: false, refusedBy: [...quest.refusedBy] };
    if (bound.from(place.state) === 0) return { ...found, way: place.way };
    if (states >= limits.states) return { ...found, way: null };
    for (const move of everyMove(place.state, reach)) {
      const least = bound.after(place.state, move);
      if (isHopeless(place.way.length + 1 + least)) continue;
      const cost = place.cost + costOf(move) + least * usual;
      frontier.add({ from: place, move, cost }, cost);
    }
    place = nextPlace(quest);
  }
  return { way: null, states, isExhausted: true, refusedBy: [...quest.refusedBy] };
}

type Quest = {
  readonly reach: Reach;
  readonly bound: Bound;
  readonly isHopeless: (moves: number) => boolean;
  readonly frontier: Frontier<Next>;
  readonly seen: Set<string>;
  readonly refusedBy: Set<string>;
};

/** The next state that is allowed and new. What a move breaks is asked only here, because that costs the most. */
function nextPlace({ reach, bound, isHopeless, frontier, seen, refusedBy }: Quest): Place | null {
  for (let next = frontier.take(); next; next = frontier.take()) {
    const { from, move } = next;
    const outcome = make(from.state, move, reach);
    const key = outcome.ok ? keyOf(outcome.value, reach.service) : null;
    if (!outcome.ok || key === null || seen.has(key)) continue;
    const state = outcome.value;
    const [least, cost] = [bound.from(state), from.cost + costOf(move)];
    if (isHopeless(from.way.length + 1 + least)) continue;
    if (cost + least * usual > next.cost) {
      // It costs more than was seen before it was made, and waits until it is the cheapest again.
      frontier.add({ ...next, cost: cost + least * usual }, cost + least * usual);
      continue;
    }
    const refusals = whyNot(from.state, state, reach.environment);
    for (const { code } of refusals) refusedBy.add(code);
    if (refusals.length > 0) continue;
    seen.add(key);
    return { state, way: [...from.way, { move, state }], cost };
  }
  return null;
}
