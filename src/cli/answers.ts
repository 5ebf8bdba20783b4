import type { Result } from '../executor/execute.ts';
import type { Ending } from '../executor/schedule.ts';
import type { Plan } from '../plan/step.ts';
import type { StateChange } from '../model/change.ts';
import type { Rules } from '../model/rules.ts';
import type { Violation } from '../model/violation.ts';
import { changedLines } from '../report/changed.ts';
import { configDiffs, previewText, violationLine, type Preview } from '../report/preview.ts';
import { printable } from '../report/printable.ts';
import { refusedReview, reviewText } from '../report/review.ts';
import { paint } from '../report/style.ts';
import { renderAs, type OutputFormat } from '../report/table.ts';
import { wrapLine } from '../report/wrapLine.ts';
import { complain } from './complain.ts';
import { exitCode } from './exit.ts';
import { terminalColumns, type ChangeOptions } from './options.ts';
import { screen } from './screen.ts';

/** What a changing command answers: the preview, the refusal or the result. Programs get one JSON object each. */

export function printPreview(preview: Preview, rules: Rules, output: OutputFormat): void {
  if (output === 'markdown') {
    console.log(reviewText(preview, rules));
    return;
  }
  const data = { ...preview, plan: withoutValues(preview.plan), configuration: configDiffs(preview.plan) };
  const style = {
    stages: rules.stages,
    ...screen(),
  };
  console.log(renderAs(output, data, () => previewText(preview, style)));
}

export function printRefusal(command: string, violations: readonly Violation[], output: OutputFormat): void {
  if (output === 'markdown') {
    console.log(refusedReview(command, violations));
    return;
  }
  if (output !== 'table') {
    console.log(renderAs(output, { command, allowed: false, violations }, () => ''));
    return;
  }
  const colour = paint(process.stderr, process.env);
  const errors = violations.filter((violation) => violation.level === 'error');
  complain('error', `${colour.red('refused')}: ${printable(command)}`);
  for (const violation of errors) complain('error', `  ${printable(violationLine(violation))}`);
  complain('error', 'Nothing was touched.');
}

/** The plan without the values of variables, which are nobody's business but the container's. */
export function withoutValues(plan: Plan): Plan {
  const hide = (env: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.keys(env).map((name) => [name, '***']));
  const hideRows = (rows: StateChange['services']['added']): StateChange['services']['added'] =>
    rows.map((row) => ({ ...row, settings: { ...row.settings, env: hide(row.settings.env) } }));
  const steps = plan.steps.map((step) => {
    if (step.kind === 'commit_state') {
      const { removed, added } = step.change.services;
      const services = { removed: hideRows(removed), added: hideRows(added) };
      return { ...step, change: { ...step.change, services } };
    }
    if (!('spec' in step)) return step;
    const { settings } = step.spec;
    return { ...step, spec: { ...step.spec, settings: { ...settings, env: hide(settings.env) } } };
  });
  return { ...plan, steps };
}

/** Prints that the environment is as asked already. No operation is begun for it. */
export function printNothingToDo({ command }: Preview, output: OutputFormat): number {
  const data = {
    command,
    operation: null,
    status: 'done',
    recorded: true,
    passedPivot: true,
    paused: false,
    failures: [],
    leftovers: [],
    steps: 0,
    stacks: [],
    trees: [],
    changed: [],
  };
  console.log(renderAs(output, data, () => 'Nothing is to be done: the environment is as asked.'));
  return exitCode.done;
}

/** Prints how an operation ended, and returns the exit code that says the same. */
export function printResult(
  preview: Preview,
  operation: number,
  result: Result,
  { output, stages }: Pick<ChangeOptions, 'output'> & { readonly stages: readonly string[] },
): number {
  const { status, failures, leftovers } = result;
  const describe = (endings: Result['failures']): object[] =>
    endings.map(({ step, error }) => ({
      ...{ seq: step.seq, kind: step.kind, host: step.host, object: step.object },
      error: (error as Error).message,
    }));
  const data = {
    ...{
      command: preview.command,
      operation,
      status,
      recorded: result.recorded,
      passedPivot: result.passedPivot,
      paused: result.paused,
    },
    ...{ failures: describe(failures), leftovers: describe(leftovers), steps: preview.plan.steps.length },
    stacks: preview.stacks,
    trees: preview.trees,
    changed: result.recorded ? changedLines(preview, stages) : [],
  };
  if (output !== 'table') console.log(renderAs(output, data, () => ''));
  else {
    const isGood = status === 'done' && failures.length === 0;
    const say = (line: string): void => {
      if (isGood) console.log(wrapLine(line, terminalColumns()));
      else complain('error', line);
    };
    for (const line of resultLines(preview, operation, result, data.changed)) say(line);
  }
  const done = failures.length === 0 ? exitCode.done : exitCode.drift;
  return { done, undone: exitCode.failed, unfinished: exitCode.unfinished }[status];
}

function resultLines(
  { plan, violations, trees }: Preview,
  operation: number,
  result: Result,
  changed: readonly string[],
): string[] {
  const { status, failures, leftovers } = result;
  const isGood = status === 'done' && failures.length === 0;
  const colour = paint(isGood ? process.stdout : process.stderr, process.env);
  const warnings = violations.map(
    (violation) => `${colour.yellow('warning')}: ${printable(violationLine(violation))}`,
  );
  if (isGood) {
    const drawn = trees.flatMap(({ endpoint, after }) => [
      `tree of ${endpoint}:`,
      ...after.map((line) => `  ${line}`),
    ]);
    const summary = [...changed, ...drawn].map((line) => `  ${line}`);
    return [
      ...warnings,
      `${colour.green('done')}: operation ${operation}, ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`,
      ...summary,
    ];
  }
  const tell = ({ step, error }: Ending): string =>
    `  step ${step.seq}, ${step.kind} ${step.object}: ${printable((error as Error).message)}`;
  const why = failures.map(tell);
  const head = `${colour.red('failed')}: operation ${operation}`;
  if (status === 'undone') return [head, ...why, 'What was done has been undone; the state is as before.'];
  if (status === 'done')
    return [
      `${colour.yellow('done')}: operation ${operation}`,
      ...changed.map((line) => `  ${line}`),
      ...why,
      withoutSome(result),
    ];
  const where = whereItStopped(result);
  const remedy = result.paused
    ? `When that is seen to, go on by 'cmanage resume ${operation}', or undo it by 'cmanage rollback --operation ${operation}'.`
    : `When that can be done, finish it by 'cmanage resume ${operation}'.`;
  return [head, ...why, where, ...leftovers.map(tell), remedy];
}

/** What it means that an operation went on without some containers. */
function withoutSome({ failures }: Result): string {
  const named = ({ step }: Ending): string =>
    'spec' in step ? step.object : `${step.object} of ${step.host}`;
  const names = [...new Set(failures.map(named))];
  const remedy = `see to ${names.length === 1 ? 'it' : 'them'}; what does not run is started again by 'cmanage deploy containers'`;
  return `It went on without ${names.join(' and ')}: the new state is recorded, and not all of it runs: ${remedy}.`;
}

/** Which state holds after a half-way stop, before the list of what is still to be put right. */
function whereItStopped({ passedPivot, recorded, paused }: Result): string {
  if (paused)
    return 'It has paused: nothing is undone, what was made is still there, and the state is as before.';
  if (!passedPivot)
    return 'The state is as before, but it stopped half-way through undoing what it had done:';
  return recorded
    ? 'Traffic has moved and the new state is recorded; it stopped half-way through removing what was replaced:'
    : 'Traffic has moved, but the new state could not be recorded; the state database still says what was before:';
}
