import type { OpenOperation, Way } from '../plan/course.ts';
import { planLines } from '../report/planText.ts';
import type { Preview } from '../report/preview.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';
import { renderAs, type OutputFormat } from '../report/table.ts';
import type { Operation } from '../store/history.ts';
import { withoutValues } from './answers.ts';
import { exitCode } from './exit.ts';
import type { Resumption } from './takeUp.ts';
import { momentOf } from '../report/moments.ts';

/** What `resume` and `rollback --operation` answer, where that is not what every change answers. */

const ways: Record<Way, string> = {
  forward: 'it goes forward',
  back: 'what it did is undone',
  clear: 'it is recorded, and what it replaced is removed',
};

/** Prints how an operation would be brought to its end. */
export function printResumption(
  { id, command, actor, startedAt }: OpenOperation,
  { way, steps }: Resumption,
  output: OutputFormat,
): number {
  const plan = withoutValues({ steps, pivot: 0 });
  const data = { operation: id, command, actor, startedAt, way, steps: plan.steps };
  const text = (): string => {
    const head = `Operation ${id} (${command}) by ${actor} at ${momentOf(startedAt)}: ${ways[way]}.`;
    const lines = steps.length === 0 ? ['Nothing is to be done but to record its end.'] : planLines(plan);
    return printable([head, '', ...lines].join('\n'));
  };
  console.log(renderAs(output, data, text));
  return exitCode.done;
}

/** Prints that an operation has ended before, or that none is unfinished. */
export function printEnded(operation: Operation | null, output: OutputFormat): number {
  const status = operation?.status ?? 'done';
  const data = {
    command: operation?.command ?? null,
    operation: operation?.id ?? null,
    ...{ status, recorded: status === 'done', passedPivot: status === 'done' },
    ...{ failures: [], leftovers: [], steps: 0, stacks: [], trees: [] },
  };
  const text = operation
    ? `Operation ${operation.id} (${operation.command}) has come to its end before: ${status}.`
    : 'Nothing is to be done: no operation is unfinished.';
  console.log(renderAs(output, data, () => printable(text)));
  return exitCode.done;
}

export function printUndone(
  { command, plan }: Preview,
  { id, command: undone }: OpenOperation,
  output: OutputFormat,
): void {
  const data = {
    ...{ command, operation: id, status: 'undone', recorded: false, passedPivot: false },
    ...{ failures: [], leftovers: [], steps: plan.steps.length, stacks: [], trees: [] },
  };
  const colour = paint(process.stdout, process.env);
  const what = 'What it did has been undone, and its change is not recorded.';
  const text = (): string => `${colour.green('undone')}: operation ${id} (${printable(undone)})\n${what}`;
  console.log(renderAs(output, data, text));
}
