import { canonicalText } from './canonical.ts';
import { argumentsOf, perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { everyCommand } from './everyCommand.ts';
import { environmentOf } from './house.ts';
import { judgeCase, type Court, type Verdict } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';
import { everyPlacement } from './placements.ts';
import { factsAfter } from './registry.ts';
import { isWithin, type Scope } from './scope.ts';

/** What a search found. */
export type Found = {
  readonly scope: string;
  /** States visited, and how many were seen but not visited when it ended: none where all is exhausted. */
  states: number;
  waiting: number;
  cases: number;
  accepted: number;
  /** Accepted cases that lead out of the bounds, from which the search does not go on. */
  outside: number;
  /** Refused cases by who refused them, and how often each rule was named. */
  readonly refused: Record<'action' | 'check' | 'steps', number>;
  readonly codes: Record<string, number>;
  /** Steps of all plans. */
  steps: number;
  /** The disagreements found, each the first of its kind. */
  readonly examples: CounterExample[];
  milliseconds: number;
};

/** The shortest way to a case in which the core and the naive judge disagree. */
export type CounterExample = {
  /** Each state on the way in its canonical text, with the command that was given in it. */
  readonly way: readonly { readonly state: string; readonly command: string }[];
  readonly complaint: string;
};

export type Limits = {
  /** The most cases, and the most kinds of disagreement. */
  readonly limit: number;
  readonly most: number;
  /** Milliseconds; the clock is the caller's. */
  readonly now: () => number;
  /** Whether one order of each plan's steps is enough. */
  readonly isQuick: boolean;
};

/**
 * Applies every command to every state that can be reached, nearest first, until there is no other or the limit of cases is
 * reached. It ends when it has found `most` kinds of disagreement; the first of a kind is one that takes the fewest commands.
 */
export function search(scope: Scope, limits: Limits): Found {
  return searchAll(scope, limits).found;
}

/** The same, with the canonical texts of all states that were reached. */
export function searchAll(
  scope: Scope,
  { limit, most, now, isQuick }: Limits,
): { readonly found: Found; readonly texts: readonly string[] } {
  const began = now();
  const found = nothingYet(scope.name);
  const reached: Reached = { texts: [...scope.from], seen: new Set(scope.from), origins: [] };
  const environment = environmentOf(scope.house);
  const random = chance(1);
  while (found.states < reached.texts.length && found.cases < limit && found.examples.length < most) {
    visit(found.states, { scope, found, reached, environment, random, isQuick });
    found.states++;
  }
  found.waiting = reached.texts.length - found.states;
  found.milliseconds = now() - began;
  return { found, texts: reached.texts };
}

/** The states found, in their order, each with the index of the one it was reached from. */
type Reached = {
  readonly texts: string[];
  readonly seen: Set<string>;
  readonly origins: ({ readonly from: number; readonly command: Command } | undefined)[];
};

type Search = Pick<Court, 'environment' | 'random' | 'isQuick'> & {
  readonly scope: Scope;
  readonly found: Found;
  readonly reached: Reached;
};

/** Applies every command to one state. */
function visit(index: number, search: Search): void {
  const { scope, environment } = search;
  const { house } = scope;
  const state = decode(search.reached.texts[index] ?? '', house.hosts);
  const court: Court = { ...search, house, wrongs: wrongsOf(state, house) };
  for (const command of everyCommand(state, scope)) {
    const looksUp = command.do === 'release' || command.do === 'addservice';
    const trials = (scope.tagsMove && looksUp ? [0, 1] : [0]).flatMap((moves) =>
      everyPlacement(state, command, house.hosts, (before, asked) =>
        perform(before, asked, environment, factsAfter(moves)),
      ),
    );
    for (const trial of trials) settle(judgeCase(trial, court), trial.command, index, search);
  }
}

/** Counts a case, notes where it leads, and keeps what is wrong with it. */
function settle(verdict: Verdict, command: Command, index: number, { scope, found, reached }: Search): void {
  const complaint = count(found, verdict);
  if (complaint !== null) complain(found, trace(reached, index, command, complaint));
  // What is accepted and wrong leads nowhere, lest one mistake be found again and again.
  if (!verdict.next || verdict.complaints.length > 0) return;
  if (!isWithin(scope, verdict.next)) {
    found.outside++;
    return;
  }
  const text = canonicalText(verdict.next, scope.house.hosts);
  if (reached.seen.has(text)) return;
  reached.seen.add(text);
  reached.origins[reached.texts.length] = { from: index, command };
  reached.texts.push(text);
}

/** Keeps the first example of each kind: the same command and complaint, whatever the names and numbers. */
function complain(found: Found, example: CounterExample): void {
  const kindOf = ({ way, complaint }: CounterExample): string => {
    const command = way.at(-1)?.command.split(' ')[0] ?? '';
    return `${command} ${complaint.replaceAll(/\S*-(stack|endpoint)\S*|[0-9]+/g, '')}`;
  };
  if (!found.examples.some((known) => kindOf(known) === kindOf(example))) found.examples.push(example);
}

function nothingYet(scope: string): Found {
  return {
    scope,
    ...{ states: 0, waiting: 0, cases: 0, accepted: 0, outside: 0, steps: 0, milliseconds: 0 },
    refused: { action: 0, check: 0, steps: 0 },
    codes: {},
    examples: [],
  };
}

/** Adds a case to the figures; returns what is wrong with it. */
function count(found: Found, { by, codes, steps, complaints }: Verdict): string | null {
  found.cases++;
  found.steps += steps;
  if (by === 'nobody') found.accepted++;
  else found.refused[by]++;
  for (const code of codes) found.codes[code] = (found.codes[code] ?? 0) + 1;
  return complaints.length === 0 ? null : complaints.join('\n');
}

function trace(
  { texts, origins }: Reached,
  last: number,
  command: Command,
  complaint: string,
): CounterExample {
  const way = [{ state: texts[last] ?? '', command: argumentsOf(command).join(' ') }];
  for (let origin = origins[last]; origin; origin = origins[origin.from]) {
    way.unshift({ state: texts[origin.from] ?? '', command: argumentsOf(origin.command).join(' ') });
  }
  return { way, complaint };
}
