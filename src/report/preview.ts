import { createTwoFilesPatch, diffArrays, FILE_HEADERS_ONLY } from 'diff';
import type { ChalkInstance } from 'chalk';
import type { Violation } from '../model/violation.ts';
import type { Plan } from '../plan/step.ts';
import type { StackChange, TreeChange } from '../plan/preview.ts';
import { printable } from './printable.ts';
import { stepLines } from './planText.ts';
import type { Style } from './style.ts';
import { renderCells, type Sheet } from './table.ts';
import { wrapLine } from './wrapLine.ts';

/** Everything a reviewer is shown before a change: the same value that apply runs. */
export type Preview = {
  readonly command: string;
  readonly allowed: boolean;
  readonly violations: readonly Violation[];
  readonly stacks: readonly StackChange[];
  readonly trees: readonly TreeChange[];
  readonly plan: Plan;
};

/** The change to each load balancer's configuration, as a unified diff. */
export function configDiffs(plan: Plan): { readonly loadbalancer: string; readonly diff: string }[] {
  return plan.steps.flatMap((step) => {
    if (step.kind !== 'check_config') return [];
    const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
    const [now, then] = [`${step.object} now`, `${step.object} then`];
    const diff = createTwoFilesPatch(now, then, step.previous, step.config, undefined, undefined, options);
    return [{ loadbalancer: step.host, diff: printable(diff.trimEnd()) }];
  });
}

/** How a preview is printed, with the names of the stages. */
export type PreviewStyle = Style & { readonly stages: readonly string[] };

/** The preview for people. */
export function previewText(
  { command, violations, stacks, trees, plan }: Preview,
  style: PreviewStyle,
): string {
  const warnings = violations
    .filter((violation) => violation.level === 'warn')
    .map((violation) => wrapLine(`  ${violationLine(violation)}`, style.columns));
  const diffs = configDiffs(plan).map(
    ({ loadbalancer, diff }) => `HAProxy on ${loadbalancer}:\n${paintDiff(diff, style.colour)}`,
  );
  const parts = [
    `Plan: ${command}`,
    ...(warnings.length > 0 ? [`Warnings:\n${warnings.join('\n')}`] : []),
    ...stackTexts(stacks, style),
    ...trees.map((tree) => treeText(tree, style.colour)),
    ...(diffs.length > 0 ? diffs : ['HAProxy: no change.']),
    plan.steps.length === 0 ? 'Nothing is to be done.' : `Steps:\n${stepLines(plan, style).join('\n')}`,
    // Otherwise there would be no preview: every plan is checked before it is shown.
    ...(plan.steps.length === 0 ? [] : [`Each step leaves a correct state (${plan.steps.length} checked).`]),
  ];
  return parts.join('\n\n');
}

/** A service tree before and after, as the lines that go and come. */
function treeText({ endpoint, before, after }: TreeChange, colour: ChalkInstance): string {
  return `Tree of ${endpoint}:\n${treeDiff({ before, after }, colour).join('\n')}`;
}

/** The lines of a tree that stay, and those that go and come, as a diff. */
export function treeDiff(
  { before, after }: Pick<TreeChange, 'before' | 'after'>,
  colour: ChalkInstance,
): string[] {
  return diffArrays([...before], [...after]).flatMap(({ value, added, removed }) =>
    value.map((line) =>
      added ? colour.green(`+ ${line}`) : removed ? colour.red(`- ${line}`) : `  ${line}`,
    ),
  );
}

function stackTexts(stacks: readonly StackChange[], { stages, columns, colour }: PreviewStyle): string[] {
  return stackSheets(stacks, stages, colour).map(
    ({ title, sheet }) => `${title}:\n${renderCells(sheet, columns, colour.bold)}`,
  );
}

/** One table for all stacks that change alike, as twins do, with their names as its title. */
export function stackSheets(
  stacks: readonly StackChange[],
  stages: readonly string[],
  colour: ChalkInstance,
): { readonly title: string; readonly sheet: Sheet }[] {
  const alike = new Map<string, StackChange[]>();
  for (const change of stacks) {
    const text = JSON.stringify(rowsOf(change, stages, colour));
    alike.set(text, [...(alike.get(text) ?? []), change]);
  }
  const head = ['position', 'stage', 'before', 'after', 'what happens'];
  return [...alike.values()].map((changes) => {
    const title = changes.map((change) => `${change.stack} on ${change.host}`).join(', ');
    const rows = changes.slice(0, 1).flatMap((change) => rowsOf(change, stages, colour));
    return { title, sheet: { head, rows } };
  });
}

/** A row for each position: the versions before and after, and what becomes of the containers there. */
function rowsOf(
  { before, after }: StackChange,
  stages: readonly string[],
  colour: ChalkInstance,
): string[][] {
  const place = (position: number): string => stages[position] ?? `position ${position}`;
  return Array.from({ length: Math.max(before.length, after.length) }, (_, position) => {
    const [old, next] = [before[position], after[position]];
    const from = before.findIndex((cell) => cell.name === next?.name);
    const events = [
      ...(old && !after.some((cell) => cell.name === old.name) ? [colour.red(`${old.version} goes`)] : []),
      ...(next && from < 0 ? [colour.green(`${next.version} is new`)] : []),
      ...(next && from >= 0 && from !== position
        ? [colour.cyan(`${next.version} comes from ${place(from)}`)]
        : []),
    ];
    return [
      String(position),
      stages[position] ?? '',
      old?.version ?? '-',
      next?.version ?? '-',
      events.join(', '),
    ];
  });
}

function paintDiff(diff: string, colour: ChalkInstance): string {
  const paintLine = (line: string): string =>
    line.startsWith('+') ? colour.green(line) : line.startsWith('-') ? colour.red(line) : line;
  return diff.split('\n').map(paintLine).join('\n');
}

/** What a change did to its services, a line each: the versions before and after, and on which hosts. */
export function summaryLines(stacks: readonly StackChange[]): string[] {
  const versions = (cells: StackChange['before']): string =>
    cells.map((cell) => cell.version).join(' ') || 'nothing';
  const hosts = new Map<string, string[]>();
  for (const change of stacks) {
    const line = `${change.service}: ${versions(change.before)} -> ${versions(change.after)}`;
    hosts.set(line, [...(hosts.get(line) ?? []), change.host]);
  }
  return [...hosts].map(([line, names]) => `${line} on ${names.join(', ')}`);
}

/** A violation as one line: the rule, the object, the fact and the remedy. */
export function violationLine({ code, object, fact, remedy }: Violation): string {
  return `${code}: ${object}: ${fact}. Remedy: ${remedy}.`;
}
