import type { Plan, Step } from '../plan/step.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';
import type { OutputFormat } from '../report/table.ts';
import { widthOf } from '../report/wrap.ts';
import { wrapLine } from '../report/wrapLine.ts';
import { liveProgress, type LiveProgress } from './liveProgress.ts';
import { forStream, isJournal } from './systemd.ts';
import { eventLine, levelOf, stepEvent, type WorkEvent } from './workEvents.ts';
import type { Progress } from '../executor/walk.ts';

/** What is told on standard error while an operation goes on. */
export type Teller = {
  readonly step: Progress;
  /** That an operation began, or has ended. */
  readonly event: (event: WorkEvent) => void;
  readonly end: () => void;
};

const silent: Teller = { step: () => undefined, event: () => undefined, end: () => undefined };

export type How = { readonly quiet: boolean; readonly output: OutputFormat };

/**
 * A line for every step that ended, with its seconds; on a terminal also what is under way, by host. With `-o json` it is a line of JSON for
 * every event instead.
 */
export function progressOn(
  stream: NodeJS.WriteStream,
  { operation, plan }: { readonly operation: number; readonly plan: Plan },
  { quiet, output }: How,
): Teller {
  if (quiet) return silent;
  if (output === 'json') return jsonLines(stream, operation);
  const terminal = stream.isTTY && process.env.TERM !== 'dumb' && !isJournal(2, process.env);
  return lines(stream, plan, terminal ? liveProgress(stream, plan) : null);
}

function jsonLines(stream: NodeJS.WriteStream, operation: number): Teller {
  const event = (one: WorkEvent): void => {
    stream.write(`${forStream(2, levelOf(one), printable(eventLine(one)))}\n`);
  };
  const step: Progress = (one) => {
    event(stepEvent(operation, one));
  };
  return { step, event, end: () => undefined };
}

function lines(stream: NodeJS.WriteStream, plan: Plan, live: LiveProgress | null): Teller {
  const colour = paint(stream, process.env);
  const width = String(plan.steps.length).length;
  const where = aligned(plan);
  const step: Progress = ({ step, phase, undoing, text, milliseconds }) => {
    if (phase === 'begun') {
      live?.begin(step);
      return;
    }
    live?.end(step, undoing);
    const [word, tone] =
      phase === 'failed' ? ['failed', colour.red] : [undoing ? 'undone' : 'done', colour.green];
    const seconds = `${(milliseconds / 1000).toFixed(2)} s`;
    const seq = String(step.seq).padStart(width);
    if (live) {
      const before = `${word.padEnd(6)} ${seq} ${seconds.padStart(8)}  ${where(step)}`;
      const line = stepLine(before, printable(text), {
        columns: stream.columns > 0 ? stream.columns : 80,
        isWhole: phase === 'failed',
      });
      live.write(tone(line.slice(0, word.length)) + line.slice(word.length));
      return;
    }
    const line = `${tone(word)} ${seq} ${step.kind} ${step.host} ${step.object}: ${printable(text)} (${seconds})`;
    stream.write(`${forStream(2, phase === 'failed' ? 'error' : 'info', line)}\n`);
  };
  return { step, event: () => undefined, end: () => live?.close() };
}

/** Kind, host and object of a step, below those of the others of its plan. */
function aligned({ steps }: Plan): (step: Step) => string {
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));
  const [kinds, hosts] = [widest(steps.map(({ kind }) => kind)), widest(steps.map(({ host }) => host))];
  return ({ kind, host, object }) => `${kind.padEnd(kinds)}  ${host.padEnd(hosts)}  ${object}`;
}

/**
 * A step on a line of a terminal. What came of it is cut where that is too narrow, unless it is to be read whole: the journal has it
 * (`cmanage history show`).
 */
function stepLine(
  before: string,
  text: string,
  { columns, isWhole }: { readonly columns: number; readonly isWhole: boolean },
): string {
  const line = `${before}: ${text}`;
  if (widthOf(line) <= columns) return line;
  if (isWhole) return wrapLine(line, columns);
  const room = columns - widthOf(before) - 2;
  return room < 2 ? wrapLine(before, columns) : `${before}: ${text.slice(0, room - 1)}…`;
}
