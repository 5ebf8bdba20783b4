import type { StepStatus } from '../plan/course.ts';
import type { Plan, Step } from '../plan/step.ts';
import type { HistoryEntry } from './history.ts';
import { nothingAsked } from './kind.ts';
import { stepsKind } from './kinds/operations.ts';
import { listingOf } from './listing.ts';
import { secondsBetween, type StepEntry } from './operations.ts';
import { oneLine, printable } from './printable.ts';
import { tableChunks } from './sheetLayout.ts';
import type { Style } from './style.ts';
import { renderSheet } from './table.ts';
import { wrapLine, wrapLines } from './wrapLine.ts';

/** A step of the plan as it was, with what became of it. */
export type RecordedStep = Step & {
  readonly status: StepStatus;
  readonly result: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Seconds that it took; null where it never ran, or has not ended. */
  readonly took: number | null;
};

/** All that is recorded of one operation, as programs get it (docs/json.md). */
export type ShownOperation = HistoryEntry & {
  readonly events: readonly {
    readonly seq: number;
    readonly at: string;
    readonly kind: string;
    readonly actor: string | null;
    readonly command: string | null;
    readonly status: string | null;
    readonly message: string | null;
    readonly rules: string | null;
    readonly chain: string;
  }[];
  /** The rules it was judged by: the text of rules.yml, null where there was none. */
  readonly rules: readonly {
    readonly digest: string;
    readonly cmanage?: string;
    readonly text?: string | null;
  }[];
  readonly pivot: number;
  readonly steps: readonly RecordedStep[];
};

export function stepsWithTimes(plan: Plan, recorded: readonly StepEntry[]): RecordedStep[] {
  const bySeq = new Map(recorded.map((step) => [step.seq, step]));
  return plan.steps.map((step) => {
    const {
      status = 'planned',
      result = null,
      startedAt = null,
      finishedAt = null,
    } = bySeq.get(step.seq) ?? {};
    return { ...step, status, result, startedAt, finishedAt, took: secondsBetween(startedAt, finishedAt) };
  });
}

/** The same for people. */
export function operationText(shown: ShownOperation, { columns, colour }: Style): string {
  const { id, command, actor, reason, status, message, startedAt, finishedAt, revision } = shown;
  const seconds = secondsBetween(startedAt, finishedAt);
  const facts = [
    ['Operation', String(id)],
    ['Command', oneLine(command)],
    ['Who', oneLine(actor)],
    ['Reason', oneLine(reason ?? '-')],
    ['Began', startedAt],
    [
      'Ended',
      finishedAt === null ? '-' : `${finishedAt}${seconds === null ? '' : ` (${seconds.toFixed(2)} s)`}`,
    ],
    ['Status', oneLine(message === null ? status : `${status}: ${message}`)],
    ['Revision', String(revision ?? '-')],
    ...(shown.steps.length === 0 ? [] : [['Pivot', `step ${shown.pivot}`]]),
  ];
  const happened = shown.events.map((event) => {
    const who = event.actor === null ? '' : ` by ${oneLine(event.actor)}: ${oneLine(event.command ?? '')}`;
    const how =
      event.status === null
        ? ''
        : ` (${event.status}${event.message === null ? '' : `: ${oneLine(event.message)}`})`;
    return `  ${event.at}  ${event.kind}${who}${how}`;
  });
  return [
    facts.map(([name = '', fact = '']) => wrapLine(`${name.padEnd(9)}  ${fact}`, columns)).join('\n'),
    `What happened:\n${happened.map((line) => wrapLine(line, columns)).join('\n')}`,
    ...(shown.steps.length === 0 ? [] : [`Steps:\n${stepsText(shown.steps, { columns, colour })}`]),
    ...shown.rules.map((rules) => wrapLines(rulesText(rules, columns !== null), columns)),
  ].join('\n\n');
}

function stepsText(steps: readonly RecordedStep[], { columns, colour }: Style): string {
  const listing = listingOf(stepsKind(steps), nothingAsked);
  if (columns === null) return renderSheet(listing.sheet('pipe'), null);
  return [...tableChunks(listing.sheet('screen'), columns, colour)].join('\n');
}

/** For people without the comments, which are most of rules.yml. */
function rulesText({ digest, cmanage, text }: ShownOperation['rules'][number], isForPeople: boolean): string {
  const head = `Rules in force (${digest.slice(0, 12)}, cmanage ${cmanage ?? 'unknown'}):`;
  if (text === null || text === undefined) return `${head}\n  there was no rules.yml: the defaults held`;
  const shown = isForPeople ? text.replace(/^[ \t]*(#.*)?\n/gm, '') : text;
  return `${head}\n${printable(shown.trimEnd()).replace(/^(?=.)/gm, '  ')}`;
}
