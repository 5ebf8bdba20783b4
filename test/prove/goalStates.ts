import { check } from '../../src/constraints/check.ts';
import type { State } from '../../src/model/state.ts';
import { canonicalText } from './canonical.ts';
import { perform } from './command.ts';
import { decode } from './decode.ts';
import { everyCommand } from './everyCommand.ts';
import { environmentOf } from './house.ts';
import { everyPlacement } from './placements.ts';
import { factsAfter } from './registry.ts';
import { isWithin, type Scope } from './scope.ts';

/**
 * The canonical texts of the states of a scope, as search.ts finds them, but judged by the rules alone, which is much quicker: so
 * they are all of those, and perhaps some more that only a step on the way keeps from being reached.
 *
 * @param most of how many states the search goes on from each; the rest is not looked for
 */
export function statesIn(
  scope: Scope,
  most: number,
): { readonly texts: readonly string[]; readonly isExhausted: boolean } {
  const { hosts } = scope.house;
  const seen = new Set(scope.from);
  const waiting = [...seen];
  for (
    let text = waiting.shift(), left = most;
    text !== undefined && left > 0;
    text = waiting.shift(), left--
  ) {
    for (const next of nextsOf(decode(text, hosts), scope)) {
      const found = canonicalText(next, hosts);
      if (seen.has(found)) continue;
      seen.add(found);
      waiting.push(found);
    }
  }
  return { texts: [...seen].filter((text) => text !== ''), isExhausted: waiting.length === 0 };
}

/** Every state within the bounds that a command leads to, and that the rules have nothing against. */
function nextsOf(state: State, scope: Scope): State[] {
  const environment = environmentOf(scope.house);
  return everyCommand(state, scope).flatMap((command) => {
    const looksUp = command.do === 'release' || command.do === 'addservice';
    const trials = (scope.tagsMove && looksUp ? [0, 1] : [0]).flatMap((moves) =>
      everyPlacement(state, command, scope.house.hosts, (before, asked) =>
        perform(before, asked, environment, factsAfter(moves)),
      ),
    );
    return trials.flatMap(({ before, outcome }) => {
      if (!outcome.ok || !isWithin(scope, outcome.value)) return [];
      const violations = check(before, outcome.value, environment);
      return violations.some(({ level }) => level === 'error') ? [] : [outcome.value];
    });
  });
}

/**
 * Every choice of versions of one service for the states that a text stands for: a text tells only which version is later than
 * which, and a goal may name one between them, or before all of them. Its ranks 2, 4, … become some of the first `count`.
 */
export function everyChoice(text: string, service: string, count: number): string[] {
  const parts = text.split(';');
  const at = parts.findIndex((part) => part.startsWith(`${service}[`));
  const own = parts[at] ?? '';
  const numbers = (own.match(cellPattern) ?? []).map(Number).filter((rank) => !Number.isNaN(rank));
  const ranks = [...new Set(numbers)].sort((a, b) => a - b);
  return choices(count, ranks.length).map((chosen) => {
    const names = new Map(ranks.map((rank, index) => [String(rank), String(2 * ((chosen[index] ?? 0) + 1))]));
    return parts
      .with(
        at,
        own.replaceAll(cellPattern, (cell) => names.get(cell) ?? cell),
      )
      .join(';');
  });
}

/** The ranks and tags in a service's stacks: what follows a colon or a comma, without marks of digests and links. */
const cellPattern = /(?<=\[[^\]]*[:,])[^,'~ \]:]+/g;

/** Every choice of so many of the numbers from 0, in ascending order. */
function choices(from: number, many: number): number[][] {
  if (many === 0) return [[]];
  return Array.from({ length: from }, (_, last) => last).flatMap((last) =>
    choices(last, many - 1).map((others) => [...others, last]),
  );
}
