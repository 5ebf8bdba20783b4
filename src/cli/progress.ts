import type { Plan } from '../plan/step.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';
import type { OutputFormat } from '../report/table.ts';
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
  const step: Progress = ({ step, phase, undoing, text, milliseconds }) => {
    if (phase === 'begun') {
      live?.begin(step);
      return;
    }
    live?.end(step, undoing);
    const mark = phase === 'done' ? colour.green(undoing ? 'undone' : 'done') : colour.red('failed');
    const where = `${String(step.seq).padStart(width)} ${step.kind} ${step.host} ${step.object}`;
    const line = `${mark} ${where}: ${printable(text)} (${(milliseconds / 1000).toFixed(2)} s)`;
    if (live) live.write(line);
    else stream.write(`${forStream(2, phase === 'failed' ? 'error' : 'info', line)}\n`);
  };
  return { step, event: () => undefined, end: () => live?.close() };
}
