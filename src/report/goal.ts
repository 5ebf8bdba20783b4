import { answersAt, type Goal } from '../goal/goal.ts';
import { argumentsOf } from '../goal/moves.ts';
import type { GoalPlan } from '../goal/planGoal.ts';
import type { Way } from '../goal/search.ts';
import type { State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import { violationLine } from './preview.ts';
import { oneLine } from './printable.ts';
import { wrapLines } from './wrapLine.ts';

/** What each stage of a service answers with; several versions where its containers differ, null where nobody answers. */
export type StageAnswer = { readonly stage: string; readonly versions: readonly (string | null)[] };

/** A command as it is to be typed, and what the stages answer with after it. */
export type GoalCommand = { readonly command: string; readonly after: readonly StageAnswer[] };

/** The answer of `cmanage plan` as programs get it (docs/json.md). */
export type GoalAnswer = {
  readonly service: string;
  readonly goal: Goal['wishes'];
  readonly now: readonly StageAnswer[];
  /** The shortest way first, and where that re-points something, a shortest one that does not. */
  readonly ways: readonly { readonly repoints: boolean; readonly commands: readonly GoalCommand[] }[];
  readonly inTheWay: readonly Violation[];
  readonly nearest: {
    readonly answers: readonly StageAnswer[];
    readonly commands: readonly GoalCommand[];
  } | null;
  readonly states: number;
  readonly certain: boolean;
};

/**
 * @param typed what a command line begins with, such as `cmanage --etc /etc/house`
 */
export function goalAnswer(
  state: State,
  { service, wishes }: Goal,
  found: GoalPlan,
  { stages, typed }: { readonly stages: readonly string[]; readonly typed: string },
): GoalAnswer {
  const answersOf = (then: State): StageAnswer[] =>
    stages.map((stage) => ({ stage, versions: answersAt(then, service, stage, stages) }));
  const commandsOf = (way: Way): GoalCommand[] =>
    way.map(({ move, state: then }) => ({
      command: [typed, ...argumentsOf(move, service)].join(' '),
      after: answersOf(then),
    }));
  const ways = [found.shortest, found.promoting].flatMap((way) => (way === null ? [] : [way]));
  return {
    ...{ service, goal: wishes, now: answersOf(state) },
    ways: ways.map((way) => ({
      repoints: way.some(({ move }) => move.do === 'changetree'),
      commands: commandsOf(way),
    })),
    inTheWay: found.inTheWay,
    nearest: found.nearest && { answers: found.nearest.answers, commands: commandsOf(found.nearest.way) },
    ...{ states: found.states, certain: found.isCertain },
  };
}

/** The same for people. The commands can be copied as they stand: what comes after them is a comment of the shell. */
export function goalText(answer: GoalAnswer, columns: number | null): string {
  const { service, goal, now, ways, nearest, states, certain } = answer;
  const wishes = goal.map(({ stage, version }) => `${stage} ${version}`).join(', ');
  const parts = [
    `${service} now: ${stagesText(now)}\nThe goal:${' '.repeat(Math.max(1, service.length - 3))}${wishes}`,
  ];
  for (const { repoints, commands } of ways) {
    if (commands.length === 0)
      return `${service}: ${stagesText(now)}. That is the goal: nothing is to be done.`;
    const title = ways[0]?.commands === commands ? 'The shortest way' : 'Without re-pointing anything';
    const note = repoints ? ', which leaves a stage at another position' : '';
    parts.push(`${title}, ${counted(commands.length, 'command')}${note}:\n${linesOf(commands, columns)}`);
  }
  if (ways.length === 0) parts.push(...whyNone(answer));
  if (nearest) {
    const what = `The nearest that is possible: ${stagesText(nearest.answers)}`;
    parts.push(
      nearest.commands.length === 0
        ? `${what}, as it is now.`
        : `${what}\n${linesOf(nearest.commands, columns)}`,
    );
  }
  if (!certain)
    parts.push(`${counted(states, 'state')} were looked at, and there are more: --limit looks further.`);
  return parts.map((part) => wrapLines(lines(part), columns)).join('\n\n');
}

function whyNone({ inTheWay, certain }: GoalAnswer): string[] {
  const none = certain ? 'There is no way.' : 'No way was found.';
  if (inTheWay.length === 0) return [none];
  return [`${none} What stands in it:\n${inTheWay.map((one) => `  ${violationLine(one)}`).join('\n')}`];
}

/** What comes after a command stands behind it, or below it where a terminal is too narrow. */
function linesOf(commands: readonly GoalCommand[], columns: number | null): string {
  const width = Math.max(...commands.map(({ command }) => command.length));
  const beside = commands.map(({ command, after }) => `  ${command.padEnd(width)}  # ${stagesText(after)}`);
  if (columns === null || beside.every((line) => line.length <= columns)) return beside.join('\n');
  return commands.map(({ command, after }) => `  ${command}\n    # ${stagesText(after)}`).join('\n');
}

function stagesText(answers: readonly StageAnswer[]): string {
  return answers
    .map(
      ({ stage, versions }) =>
        `${stage} ${versions.map((version) => version ?? 'nothing').join(' and ') || 'nothing'}`,
    )
    .join(', ');
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function lines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
