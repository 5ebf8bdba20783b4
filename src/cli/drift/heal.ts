import type { Result } from '../../executor/execute.ts';
import type { Drift } from '../../plan/drift.ts';
import { driftLines } from '../../report/drift.ts';
import { configDiffs, previewText, violationLine, type Preview } from '../../report/preview.ts';
import { printable } from '../../report/printable.ts';
import { paint } from '../../report/style.ts';
import { renderAs } from '../../report/table.ts';
import { withoutValues } from '../answers.ts';
import { isWalked, refuse } from '../change.ts';
import { commandLine } from '../commandLine.ts';
import { askFor } from '../confirm.ts';
import { exitCode } from '../exit.ts';
import { diagnose, lookAround, mend, takeOver, type Diagnosis } from './healing.ts';
import type { ChangeOptions } from '../options.ts';
import { screen } from '../screen.ts';
import { openSession } from '../session.ts';

export type HealOptions = ChangeOptions & { readonly allowOutage?: boolean };

/**
 * `cmanage heal`: mends what `verify` finds, and looks again. Exit 0 only where everything is as the state says afterwards; 7 where
 * something is left, or with --dry-run would be.
 */
export async function heal(options: HealOptions): Promise<number> {
  const session = await openSession(options, { write: isWalked(options) });
  try {
    const diagnosis = await diagnose(session, { allowOutage: options.allowOutage === true });
    if (diagnosis.violations.some(({ level }) => level === 'error'))
      return refuse(options, diagnosis.violations);
    if (options.dryRun) return show(diagnosis, session.config.environment.rules.stages, options);
    if (!(await isOutageConfirmed(diagnosis, options))) return exitCode.refused;
    await takeOver(session, diagnosis);
    if (diagnosis.plan.steps.length === 0) return answer(options, diagnosis, null, diagnosis.found);
    const ended = await mend(session, options, diagnosis);
    return answer(options, diagnosis, ended, await lookAround(session));
  } finally {
    await session.close();
  }
}

/** Whoever allows an outage is told which, and asked. */
async function isOutageConfirmed({ violations }: Diagnosis, options: HealOptions): Promise<boolean> {
  const outages = violations.filter(({ code }) => code === 'outage');
  return outages.length === 0 || askFor(outages.map(violationLine), options);
}

function show(diagnosis: Diagnosis, stages: readonly string[], options: HealOptions): number {
  const { found, plan, left, violations } = diagnosis;
  const preview: Preview = {
    ...{
      command: commandLine(process.argv.slice(2)),
      allowed: true,
      violations,
      stacks: [],
      trees: [],
      plan,
    },
  };
  const data = { ...preview, plan: withoutValues(plan), configuration: configDiffs(plan), found, left };
  const style = { stages, ...screen() };
  const text = (): string =>
    found.length === 0
      ? nothingFound
      : [
          ...table('Found', found),
          ...(plan.steps.length === 0 ? [] : [previewText(preview, style)]),
          ...table('Not mended', left),
        ].join('\n\n');
  console.log(renderAs(options.output, data, text));
  return left.length === 0 ? exitCode.done : exitCode.drift;
}

const nothingFound = 'Nothing is to be mended: all is as the state says.';

function table(title: string, drifts: readonly Drift[]): string[] {
  if (drifts.length === 0) return [];
  return [`${title}:\n${driftLines(drifts, screen())}`];
}

/** Says what was found, what was done about it, and what is still otherwise; that is looked at, and not concluded. */
function answer(
  options: HealOptions,
  { found, plan, left, violations }: Diagnosis,
  ended: { readonly operation: number; readonly result: Result } | null,
  still: readonly Drift[],
): number {
  const failures = ended?.result.failures ?? [];
  const remaining = still.map((drift) => ({
    ...drift,
    remedy: left.find((one) => isSame(one, drift))?.remedy ?? drift.remedy,
  }));
  const described = failures.map(({ step, error }) => ({
    ...{ seq: step.seq, kind: step.kind, host: step.host, object: step.object },
    error: (error as Error).message,
  }));
  const data = {
    ...{ command: commandLine(process.argv.slice(2)), operation: ended?.operation ?? null },
    ...{ status: ended?.result.status ?? 'done', steps: plan.steps.length, found },
    ...{ failures: described, left: remaining, violations },
  };
  const text = (): string => {
    const colour = paint(process.stdout, process.env);
    if (found.length === 0) return colour.green(nothingFound);
    const done =
      ended === null
        ? 'Nothing was done.'
        : `operation ${ended.operation}, ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`;
    const head =
      remaining.length === 0
        ? `${colour.green('healed')}: ${done}`
        : `${colour.yellow('not healed')}: ${done}`;
    const why = described.map(
      ({ seq, kind, object, error }) => `  step ${seq}, ${kind} ${object}: ${printable(error)}`,
    );
    return [...table('Found', found), [head, ...why].join('\n'), ...table('Still otherwise', remaining)].join(
      '\n\n',
    );
  };
  console.log(renderAs(options.output, data, text));
  if (ended?.result.status === 'unfinished') return exitCode.unfinished;
  return remaining.length === 0 ? exitCode.done : exitCode.drift;
}

function isSame(one: Drift, other: Drift): boolean {
  return one.host === other.host && one.object === other.object;
}
