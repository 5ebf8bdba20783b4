import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Violation } from '../model/violation.ts';
import type { Plan } from '../plan/step.ts';
import type { StackChange } from '../plan/preview.ts';
import { planLines } from './planText.ts';
import { renderSheet } from './table.ts';

/** Everything a reviewer is shown before a change: the same value that apply runs. */
export type Preview = {
  readonly command: string;
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
  readonly stacks: readonly StackChange[];
  readonly plan: Plan;
};

/** The change to each load balancer's configuration, as a unified diff. */
export function configDiffs(plan: Plan): { readonly loadbalancer: string; readonly diff: string }[] {
  return plan.steps.flatMap((step) => {
    if (step.kind !== 'switch_traffic') return [];
    const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
    const diff = createTwoFilesPatch(
      step.object,
      step.object,
      step.previous,
      step.config,
      'now',
      'then',
      options,
    );
    return [{ loadbalancer: step.host, diff: diff.trimEnd() }];
  });
}

/** The preview for people. */
export function previewText(preview: Preview, stages: readonly string[], terminal: boolean): string {
  const { command, violations, stacks, plan } = preview;
  const warnings = violations.filter((violation) => violation.level === 'warn').map(violationLine);
  const parts = [
    `Plan: ${command}`,
    ...(warnings.length > 0 ? [`Warnings:\n${warnings.map((line) => `  ${line}`).join('\n')}`] : []),
    ...stacks.map((change) => stackText(change, stages, terminal)),
    ...configDiffs(plan).map(({ loadbalancer, diff }) => `HAProxy on ${loadbalancer}:\n${diff}`),
    plan.steps.length === 0 ? 'Nothing is to be done.' : `Steps:\n${planLines(plan).join('\n')}`,
  ];
  return parts.join('\n\n');
}

function stackText(change: StackChange, stages: readonly string[], terminal: boolean): string {
  const height = Math.max(change.before.length, change.after.length);
  const rows = Array.from({ length: height }, (_, position) => {
    const [before, after] = [change.before[position], change.after[position]];
    const mark = before?.name === after?.name ? '' : before && after ? 'changes' : after ? 'new' : 'goes';
    return [String(position), stages[position] ?? '', before?.version ?? '-', after?.version ?? '-', mark];
  });
  const head = ['position', 'stage', 'before', 'after', ''];
  return `${change.stack} on ${change.host}:\n${renderSheet({ head, rows }, terminal)}`;
}

/** A violation as one line: the rule, the object, the fact and the remedy. */
export function violationLine({ code, object, fact, remedy }: Violation): string {
  return `${code}: ${object}: ${fact}. Remedy: ${remedy}.`;
}
