import type { Plan, Step } from '../plan/step.ts';

/** The plan as a dry run prints it: a line a step. The tests compare these lines. */
export function planLines(plan: Plan): string[] {
  const rows = plan.steps.map((step) => [
    String(step.seq),
    step.kind,
    step.host,
    objectOf(step),
    step.because,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
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
