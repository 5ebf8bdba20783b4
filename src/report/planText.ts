import type { Plan, Step } from '../plan/step.ts';
import type { Style } from './style.ts';
import { gap } from './table.ts';
import { widthOf, wrapText } from './wrap.ts';
import { wrapLine } from './wrapLine.ts';

/** The plan as a dry run prints it: a line a step. The tests compare these lines. */
export function planLines(plan: Plan): string[] {
  return aligned(plan.steps.map((step) => [...wordsOf(step), step.because]));
}

/**
 * The same for a terminal. Where the reasons don't fit behind the steps, they stand below them, once for steps that follow each other
 * for the same reason. Null is no terminal.
 */
export function stepLines(plan: Plan, { columns, colour }: Style): string[] {
  const whole = planLines(plan);
  if (columns === null || whole.every((line) => widthOf(line) <= columns)) return whole;
  const lines = aligned(plan.steps.map(wordsOf));
  const indent = ' '.repeat(String(plan.steps.length).length + gap);
  return plan.steps.flatMap(({ because }, index) => {
    const line = wrapLine(lines[index] ?? '', columns);
    if (plan.steps[index + 1]?.because === because) return [line];
    const reason = wrapText(because, columns - indent.length).split('\n');
    return [line, ...reason.map((part) => `${indent}${colour.dim(part)}`)];
  });
}

function wordsOf(step: Step): string[] {
  return [String(step.seq), step.kind, step.host, objectOf(step)];
}

/** Cells below each other, the first ones to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = Array.from({ length: 4 }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** The object of a step with what tells it from others of its kind. */
function objectOf(step: Step): string {
  switch (step.kind) {
    case 'pull_image':
      return `${step.object} (${shortDigest(step.image)})`;
    case 'create_container':
      return `${step.object} (${step.spec.version}, port ${step.spec.hostPort})`;
    case 'stop_container':
    case 'remove_container':
      return `${step.object} (${step.spec.version})`;
    case 'rename_container':
      return `${step.to} (now ${step.from})`;
    case 'watch_health':
    case 'pause':
      return `${step.object} (${step.seconds} s)`;
    default:
      return step.object;
  }
}

/** The first twelve digits of a digest, which is what people compare by eye. */
export function shortDigest(text: string): string {
  return /sha256:([0-9a-f]{12})/.exec(text)?.[1] ?? text;
}
