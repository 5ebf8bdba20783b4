import type { OpenOperation, StepStatus } from '../../src/plan/course.ts';
import type { Plan, Step, StepKind } from '../../src/plan/step.ts';

/** An unfinished operation on a plan: how far each of its steps has come, by their numbers; the others are planned. */
export function openOperation(
  plan: Plan,
  statuses: Readonly<Record<number, StepStatus>>,
  more: Partial<OpenOperation> = {},
): OpenOperation {
  return {
    ...{ id: 5, command: 'a test', actor: 'alice@admin', startedAt: '2026-11-21T05:36:58.123Z' },
    ...{ status: 'unfinished', baseRevision: 0, revision: null, services: ['webapp'], plan },
    statuses: new Map(plan.steps.map(({ seq }) => [seq, statuses[seq] ?? 'planned'])),
    ...more,
  };
}

/** The same status for all steps up to one, and another for that one. */
export function upTo(plan: Plan, last: Step, status: StepStatus): Record<number, StepStatus> {
  const done = plan.steps.filter(({ seq }) => seq < last.seq).map(({ seq }) => [seq, 'done'] as const);
  return { ...Object.fromEntries(done), [last.seq]: status };
}

export function firstOf<Kind extends StepKind>(plan: Plan, kind: Kind): Extract<Step, { kind: Kind }> {
  const found = plan.steps.find((step) => step.kind === kind);
  if (!found) throw new Error(`no plan of this test has ${kind}`);
  return found as Extract<Step, { kind: Kind }>;
}
