import fc from 'fast-check';
import { defaultRolling, type Rolling } from '../../src/model/rolling.ts';
import type { State } from '../../src/model/state.ts';
import { proposed } from '../../src/model/violation.ts';
import { argumentsOf, perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { drawnCommand } from './drawn.ts';
import { defaultHouse, environmentOf, smallHouse, type House } from './house.ts';
import { judgeCase, type Verdict } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';

/** Random sequences of commands, of which some go deep: what a search cannot reach. */

/** The rules a sequence is played by, and the states it may begin with: nothing, or services that are complete by them. */
const games: readonly { readonly house: House; readonly beginnings: readonly string[] }[] = [
  {
    house: defaultHouse,
    beginnings: [
      '',
      'a[1:2,4,6 2:2,4,6]{dev>2 prod>0 qa>1}',
      'a[1:2,4,6 2:2,4,6]{dev>2(a>b@*) prod>0(a>b@* b>c@*) qa>1(a>b@*)};b[1:2,2,4 3:2,2,4]{};c[2:2,4 3:2,4]{}',
    ],
  },
  { house: smallHouse, beginnings: ['', 'a[1:2 2:2]{prod>0(a>b@*)};b[2:2 3:2]{}'] },
  { house: { ...defaultHouse, capacity: 6, ports: 7 }, beginnings: ['', 'a[1:2,4,6 2:2,4,6]{prod>0}'] },
  {
    house: {
      ...smallHouse,
      ...{ stages: ['prod', 'qa'], unordered: true, relaxed: ['memory-limit', 'stack-twins'] },
    },
    beginnings: ['', 'a[1:2,latest 2:2,latest]{prod>0}'],
  },
  {
    house: { ...defaultHouse, equal: false, countEndpoints: true, relaxed: ['memory-limit', 'host-loss'] },
    beginnings: ['', 'a[1:2,4,6]{dev>2 prod>0 qa>1}'],
  },
];

/** How the containers of all services come up. */
const ways: readonly Partial<Rolling>[] = [
  {},
  { parallelism: 1, delay: 5, monitor: 9 },
  { order: 'stop-first' },
  { order: 'stop-first', parallelism: 1, monitor: 9 },
];

export type Sequence = {
  readonly house: House;
  readonly rolling: Partial<Rolling>;
  readonly beginning: string;
  readonly numbers: readonly number[];
};

const number = fc.maxSafeNat();

/** Most are short and a few have up to sixty commands: five on the average. */
const numbers = fc.oneof(
  { weight: 20, arbitrary: fc.array(number, { minLength: 1, maxLength: 4, size: 'max' }) },
  { weight: 4, arbitrary: fc.array(number, { minLength: 5, maxLength: 15, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(number, { minLength: 15, maxLength: 60, size: 'max' }) },
);

const starts = games.flatMap(({ house, beginnings }) =>
  beginnings.map((beginning) => ({ house, beginning })),
);

export const sequences: fc.Arbitrary<Sequence> = fc
  .tuple(fc.constantFrom(...starts), numbers, fc.constantFrom(...ways))
  .map(([start, drawn, rolling]) => ({ ...start, rolling, numbers: drawn }));

export type Walked = {
  /** The commands given, and how each was answered. */
  readonly given: readonly { readonly command: Command; readonly by: Verdict['by'] }[];
  /** What is wrong; null where nothing is. */
  readonly complaint: string | null;
};

/** Gives the commands one after the other, as an operator does: what is refused changes nothing. */
export function walkSequence({ house, rolling, beginning, numbers: drawn }: Sequence): Walked {
  const environment = environmentOf(house);
  const random = chance(drawn[0] ?? 0);
  const given: { command: Command; by: Verdict['by'] }[] = [];
  const gone = new Set<string>();
  let state = coming(decode(beginning, house.hosts), rolling);
  let wrongs = wrongsOf(state, house);
  for (const one of drawn) {
    const command = drawnCommand(one, state, house);
    const performed = perform(state, command, environment, factsAfter(one % 2));
    const outcome = performed.ok ? proposed(coming(performed.value, rolling)) : performed;
    const trial = { before: state, command, outcome };
    const verdict = judgeCase(trial, { house, environment, wrongs, random, isQuick: true });
    given.push({ command, by: verdict.by });
    const complaints = [...verdict.complaints];
    const { next } = verdict;
    if (next && verdict.complaints.length === 0) {
      complaints.push(...namedAgain(next.containers, gone));
      remember(gone, state, next);
      state = { ...next, revision: state.revision + 1 };
      wrongs = wrongsOf(state, house);
    }
    if (complaints.length > 0) return { given, complaint: complaints.join('\n') };
  }
  return { given, complaint: null };
}

/** A state whose services all have their containers come up in one way. */
function coming(state: State, rolling: Partial<Rolling>): State {
  if (Object.keys(rolling).length === 0) return state;
  const given = { ...defaultRolling, ...rolling };
  return { ...state, services: state.services.map((row) => ({ ...row, rolling: given })) };
}

type Named = { readonly name: string };

/** A container's name is never given a second time while its service is there. */
function namedAgain(containers: readonly Named[], gone: ReadonlySet<string>): string[] {
  return containers.filter(({ name }) => gone.has(name)).map(({ name }) => `${name} was a name before`);
}

function remember(
  gone: Set<string>,
  before: { readonly containers: readonly Named[] },
  next: { readonly containers: readonly Named[]; readonly services: readonly Named[] },
): void {
  const there = new Set(next.containers.map(({ name }) => name));
  for (const { name } of before.containers) if (!there.has(name)) gone.add(name);
  const services = next.services.map(({ name }) => `${name}-`);
  for (const name of gone) if (!services.some((service) => name.startsWith(service))) gone.delete(name);
}

/** What many sequences came to. */
export type Tally = {
  sequences: number;
  commands: number;
  longest: number;
  readonly by: Record<Verdict['by'], number>;
  /** The smallest sequence that goes wrong, in lines of text. */
  readonly wrong: string[];
};

/**
 * Walks so many sequences; the first that goes wrong ends it. Its commands are then left out one by one as long as it
 * still goes wrong, which takes a second where fast-check's own way of shrinking fifty numbers takes minutes.
 */
export function tryMany(count: number, seed: number): Tally {
  const by = { nobody: 0, action: 0, check: 0, steps: 0 };
  const tally: Tally = { sequences: 0, commands: 0, longest: 0, by, wrong: [] };
  const property = fc.property(sequences, (sequence) => {
    const walked = walkSequence(sequence);
    tally.sequences++;
    tally.commands += walked.given.length;
    tally.longest = Math.max(tally.longest, walked.given.length);
    for (const one of walked.given) by[one.by]++;
    return walked.complaint === null;
  });
  const { counterexample } = fc.check(property, { numRuns: count, seed, endOnFailure: true });
  const [wrong] = counterexample ?? [];
  if (wrong) tally.wrong.push(...linesOfSequence(shortened(wrong)), `(seed ${seed})`);
  return tally;
}

/** The sequence without the commands that it does not need to go wrong. */
export function shortened(sequence: Sequence): Sequence {
  const shorter = sequence.numbers
    .map((_, index) => ({ ...sequence, numbers: sequence.numbers.toSpliced(index, 1) }))
    .find((candidate) => walkSequence(candidate).complaint !== null);
  return shorter ? shortened(shorter) : sequence;
}

function linesOfSequence(sequence: Sequence): string[] {
  const { given, complaint } = walkSequence(sequence);
  return [
    `rules ${JSON.stringify(sequence.house)}, containers come up by ${JSON.stringify(sequence.rolling)}`,
    sequence.beginning === '' ? 'nothing yet' : sequence.beginning,
    ...given.map(({ command, by }) => {
      return `  cmanage ${argumentsOf(command).join(' ')}${by === 'nobody' ? '' : ` (refused by ${by})`}`;
    }),
    complaint ?? '',
  ];
}
