import fc from 'fast-check';
import { check } from '../../src/constraints/check.ts';
import { haveSameRoutes } from '../../src/haproxy/routes.ts';
import { applyChange, changeBetween, isEmptyChange, type StateChange } from '../../src/model/change.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { conflictsBeside, crowded, extentOf } from '../../src/plan/beside.ts';
import { argumentsOf, perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { drawnCommand } from './drawn.ts';
import { defaultHouse, environmentOf, smallHouse, type House } from './house.ts';
import { factsAfter } from './registry.ts';

/**
 * Operations that run side by side, by the locks and reservations of src/plan/beside.ts. Each is judged by itself and beside those
 * that had begun before it. Whichever of them come to their end, in whatever order, the state must be right, and each
 * must still mean what it was judged for: the same routes.
 */

/** An operation that has begun and not ended. */
type Begun = {
  readonly command: Command;
  readonly change: StateChange;
  readonly locks: readonly string[];
  readonly movesTraffic: boolean;
};

export type Ran = { readonly lines: readonly string[]; readonly side: number; readonly complaints: string[] };

/** Services that share trees, that stand alone, and that are about to run out of ports and room. */
const apart = 'a[1:2,4,6 2:2,4,6]{dev>2 prod>0 qa>1};b[1:2,2,4 3:2,2,4]{};c[2:2,4 3:2,4]{}';
const together =
  'a[1:2,4,6 2:2,4,6]{dev>2(a>b@*) prod>0(a>b@*) qa>1(a>b@*)};b[1:2,2,4 3:2,2,4]{};c[2:2,4,6 3:2,4,6]{}';
const starts: readonly { readonly house: House; readonly beginning: string }[] = [
  { house: defaultHouse, beginning: apart },
  { house: defaultHouse, beginning: together },
  { house: { ...defaultHouse, capacity: 7, ports: 8 }, beginning: apart },
  { house: { ...defaultHouse, capacity: 8, ports: 7 }, beginning: together },
  { house: smallHouse, beginning: 'a[1:2 2:2]{prod>0};b[2:2 3:2]{prod>0};c[1:2 3:2]{}' },
  // A pointer that moves up, and a pop of what follows it, are right alone and wrong together.
  { house: smallHouse, beginning: 'a[1:2,4 2:2,4]{prod>0(a>b@* b>c@*)};b[2:2,4 3:2,4]{};c[1:2,4 3:2,4]{}' },
];

export type Rush = {
  readonly house: House;
  readonly beginning: string;
  /** Whether there is a load balancer; without one, nothing but their trees keeps operations apart. */
  readonly isBalanced: boolean;
  /** Commands that are given one after the other before. */
  readonly first: readonly number[];
  readonly numbers: readonly number[];
};

const number = fc.maxSafeNat();
const rushes: fc.Arbitrary<Rush> = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.boolean(),
    fc.array(number, { maxLength: 2 }),
    fc.array(number, { minLength: 4, maxLength: 16, size: 'max' }),
  )
  .map(([start, isBalanced, first, numbers]) => ({ ...start, isBalanced, first, numbers }));

/** Begins as many commands at once as may be. */
export function runBeside({ house, beginning, isBalanced, first, numbers }: Rush): Ran {
  const given = environmentOf(house);
  const environment = isBalanced ? given : { ...given, loadBalancers: [] };
  let state = decode(beginning, house.hosts);
  for (const number of first) {
    const next = proposalOf(state, [], drawnCommand(number, state, house), environment, number);
    if (next) state = { ...next, revision: state.revision + 1 };
  }
  const begun: Begun[] = [];
  for (const number of numbers) {
    const command = drawnCommand(number, state, house);
    const one = begin(state, begun, command, environment, number);
    if (one) begun.push(one);
  }
  const lines = begun.map(({ command }) => argumentsOf(command).join(' '));
  return { lines, side: begun.length, complaints: complaintsAbout(state, begun, environment) };
}

/** The next state as src/cli/proposeBeside.ts finds it; null where the command is refused. */
function proposalOf(
  state: State,
  others: readonly StateChange[],
  command: Command,
  environment: Environment,
  number: number,
): State | null {
  const crowd = crowded(state, others);
  const outcome = perform(crowd, command, environment, factsAfter(number % 2));
  if (!outcome.ok) return null;
  const next = applyChange(state, changeBetween(crowd, outcome.value), state.revision);
  return next && isRight(state, next, environment) ? next : null;
}

function isRight(state: State, next: State, environment: Environment): boolean {
  return check(state, next, environment).every(({ level }) => level !== 'error');
}

function begin(
  state: State,
  begun: readonly Begun[],
  command: Command,
  environment: Environment,
  number: number,
): Begun | null {
  const others = begun.map(({ change }) => change);
  const next = proposalOf(state, others, command, environment, number);
  if (!next) return null;
  const change = changeBetween(state, next);
  if (isEmptyChange(change) || conflictsBeside(state, others, change, environment).length > 0) return null;
  const movesTraffic = !haveSameRoutes(state, next, environment);
  const balancers = movesTraffic ? environment.loadBalancers.map(({ name }) => name) : [];
  const { locks } = extentOf(state, next, balancers);
  const isFree = begun.every((other) => other.locks.every((name) => !locks.includes(name)));
  return isFree ? { command, change, locks, movesTraffic } : null;
}

function complaintsAbout(state: State, begun: readonly Begun[], environment: Environment): string[] {
  const complaints: string[] = [];
  for (const subset of subsetsOf(begun)) {
    const ended = after(state, subset);
    const who = subset.map(({ command }) => argumentsOf(command).join(' ')).join(' + ');
    if (!ended) {
      complaints.push(`${who}: their changes do not fit together`);
      continue;
    }
    const errors = check(state, ended, environment).filter(({ level }) => level === 'error');
    complaints.push(...errors.map(({ code, object, fact }) => `${who}: ${code} ${object} ${fact}`));
    for (const one of subset) {
      const others = after(
        state,
        subset.filter((other) => other !== one),
      );
      const alone = after(state, [one]);
      const isAsJudged = one.movesTraffic
        ? alone !== null && haveSameRoutes(alone, ended, environment)
        : others !== null && haveSameRoutes(others, ended, environment);
      if (!isAsJudged) complaints.push(`${who}: ${argumentsOf(one.command).join(' ')} has other routes`);
    }
  }
  return complaints;
}

function after(state: State, begun: readonly Begun[]): State | null {
  return begun.reduce<State | null>(
    (now, { change }) => now && applyChange(now, change, now.revision + 1),
    state,
  );
}

function subsetsOf<T>(list: readonly T[]): T[][] {
  return list.reduce<T[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);
}

export type BesideTally = { runs: number; pairs: number; most: number; wrong: string[] };

/** Runs so many; the first that goes wrong ends it. */
export function tryBeside(count: number, seed: number): BesideTally {
  const tally: BesideTally = { runs: 0, pairs: 0, most: 0, wrong: [] };
  const property = fc.property(rushes, (rush) => {
    const { side, complaints } = runBeside(rush);
    tally.runs++;
    if (side > 1) tally.pairs++;
    tally.most = Math.max(tally.most, side);
    return complaints.length === 0;
  });
  const { counterexample } = fc.check(property, { numRuns: count, seed });
  const [wrong] = counterexample ?? [];
  if (wrong) {
    const { lines, complaints } = runBeside(wrong);
    tally.wrong.push(`${JSON.stringify(wrong)} (seed ${seed})`, ...lines, ...complaints);
  }
  return tally;
}
