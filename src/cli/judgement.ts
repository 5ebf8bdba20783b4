import type { Judgement } from '../constraints/check.ts';
import { externalNamed } from '../model/lookup.ts';
import { isPattern, matchesPattern } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { violationLine } from '../report/preview.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';
import { renderAs, type OutputFormat } from '../report/table.ts';
import { wrapLine } from '../report/wrapLine.ts';
import { exitCode } from './exit.ts';
import { terminalColumns } from './options.ts';
import { missingName } from './session.ts';

/**
 * Prints what `cmanage check` found, the gravest first. What is only incomplete breaks no rule while a service is being
 * built up, and so does not end the command with an error; a broken rule does.
 */
export function printJudgement(
  found: readonly Judgement[],
  state: State,
  pattern: string | null,
  output: OutputFormat,
): number {
  const services = state.services.filter(({ name }) => pattern === null || matchesPattern(pattern, name));
  const isExternal = pattern !== null && externalNamed(state, pattern) !== undefined;
  if (pattern !== null && services.length === 0 && !isExternal && !isPattern(pattern) && found.length === 0) {
    missingName(
      'service',
      pattern,
      [...state.services, ...state.externals].map(({ name }) => name),
    );
  }
  const broken = found.filter(({ level, kind }) => level === 'error' && kind === 'correct');
  const incomplete = found.filter(({ level, kind }) => level === 'error' && kind === 'complete');
  const warnings = found.filter(({ level }) => level === 'warn');
  const data = {
    services: services.length,
    correct: broken.length === 0,
    complete: incomplete.length === 0,
    violations: found,
  };
  console.log(
    renderAs(output, data, () => text({ services: services.length, broken, incomplete, warnings })),
  );
  return broken.length === 0 ? exitCode.done : exitCode.refused;
}

type Lists = Record<'broken' | 'incomplete' | 'warnings', readonly Judgement[]> & { services: number };

function text({ services, broken, incomplete, warnings }: Lists): string {
  const colour = paint(process.stdout, process.env);
  const block = (title: string, list: readonly Judgement[]): string[] =>
    list.length === 0
      ? []
      : [
          `${title}:\n${list.map((one) => wrapLine(`  ${printable(violationLine(one))}`, terminalColumns())).join('\n')}`,
        ];
  const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const about = plural(services, 'service');
  const counts = `${plural(broken.length, 'broken rule')}, ${incomplete.length} incomplete, ${plural(warnings.length, 'warning')}`;
  return [
    ...block(colour.red('Broken'), broken),
    ...block(colour.yellow('Incomplete'), incomplete),
    ...block(colour.yellow('Warnings'), warnings),
    broken.length + incomplete.length + warnings.length === 0
      ? `${about}: ${colour.green('correct and complete')}`
      : `${about}: ${counts}`,
  ].join('\n\n');
}
