import type { GoalTally } from './goals.ts';
import type { Tally } from './random.ts';
import type { CounterExample, Found } from './search.ts';

/** The figures of a search as lines of text. */
export function linesOf(found: Found, because: string): string[] {
  const { scope, states, waiting, cases, accepted, outside, refused, steps, milliseconds } = found;
  const end = waiting === 0 ? 'exhausted' : `${waiting} more were seen and not visited`;
  const speed = Math.round((1000 * cases) / Math.max(1, milliseconds));
  return [
    `${scope}: ${because}`,
    `  states    ${states}, ${end}`,
    `  cases     ${cases}, ${speed} a second`,
    `  accepted  ${accepted}, of which ${outside} lead out of the bounds; ${steps} steps planned and walked`,
    `  refused   ${refused.action} by the action, ${refused.check} by check, ${refused.steps} for a step on the way`,
    `  by rule   ${listed(found.codes)}`,
    ...found.examples.flatMap(example),
  ];
}

function listed(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}

/** The commands that lead to a disagreement, each after the state it is given in. */
export function example({ way, complaint }: CounterExample): string[] {
  return [
    '  WRONG',
    ...way.flatMap(({ state, command }) => [
      `    ${state === '' ? 'nothing yet' : state}`,
      `      cmanage ${command}`,
    ]),
    ...complaint.split('\n').map((line) => `    ${line}`),
  ];
}

/** The figures of all random sequences together. */
export function linesOfTallies(tallies: readonly Tally[]): string[] {
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const commands = sum((tally) => tally.commands);
  const sequences = sum((tally) => tally.sequences);
  return [
    `random: ${sequences} sequences of ${commands} commands, the longest of ${Math.max(...tallies.map(({ longest }) => longest))}`,
    `  accepted  ${sum(({ by }) => by.nobody)}`,
    `  refused   ${sum(({ by }) => by.action)} by the action, ${sum(({ by }) => by.check)} by check, ${sum(({ by }) => by.steps)} for a step on the way`,
    ...tallies.flatMap(({ wrong }) =>
      wrong.length === 0 ? [] : ['  WRONG', ...wrong.map((line) => `    ${line}`)],
    ),
  ];
}

/** The figures of the ways to goals in one scope. */
export function linesOfGoals(tally: GoalTally): string[] {
  const { goals, isExhausted, states, starts, parts, pairs, lengths, impossible, uncertain, byStep, most } =
    tally;
  const counted = lengths.flatMap((count, length) => (count === 0 ? [] : [`${count} of ${length}`]));
  return [
    `goals in ${goals}: ${pairs} pairs of a start and a goal in ${Math.round(tally.milliseconds / 1000)} s`,
    `  starts    ${starts} of ${states} states${isExhausted ? ', which are all' : ''}; ${parts} states on all ways from them`,
    `  found     ${counted.join(', ')} commands; ${impossible} goals are impossible`,
    `  searches  ${most} states at most; ${uncertain} ended at the limit, ${byStep} were judged by every step`,
    ...(tally.wrong.length === 0 ? [] : ['  WRONG', ...tally.wrong.map((line) => `    ${line}`)]),
  ];
}
