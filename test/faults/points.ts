import type { Plan, Step } from '../../src/plan/step.ts';
import { undo } from '../../src/plan/undo.ts';
import { phases, type Point } from './build.ts';
import type { Ending, Kill } from './kills.ts';

/** Every kill that a plan gives: of the command itself, of `resume` all the way forward, and of the way back. */

type Course = Omit<Kill, 'args'>;

/** At each step and phase once, and brought to its end by the one and the other in turn. */
export function killsOf({ steps }: Plan, turn: number): Course[] {
  return everywhere(steps, 'sent').map((point, index) => ({
    point,
    ending: (index + turn) % 2 === 0 ? ('resume' as const) : ('rollback' as const),
  }));
}

/** Killed when it has just begun, and `resume` killed at each step and phase: it walks nearly all of the plan. */
export function killsOfResume({ steps }: Plan): Course[] {
  const [first] = steps;
  if (!first) return [];
  const point: Point = { seq: first.seq, way: 'sent', phase: 'after-intent' };
  return everywhere(steps, 'sent').map((again) => ({ point, ending: 'resume', again }));
}

/** Killed as late as it can go back, and its undoing killed at each step and phase. */
export function killsOfUndoing({ steps, pivot }: Plan): Course[] {
  const before = steps.filter(({ seq, kind }) => seq <= pivot && kind !== 'commit_state');
  const last = before.at(-1);
  if (!last) return [];
  const point: Point = { seq: last.seq, way: 'sent', phase: 'after-outcome' };
  const ending: Ending = 'rollback';
  return everywhere(undo(before, steps.length), 'compensating').map((again) => ({ point, ending, again }));
}

function everywhere(steps: readonly Step[], way: Point['way']): Point[] {
  return steps.flatMap(({ seq }) => phases.map((phase) => ({ seq, way, phase })));
}

/** Every n-th of a list, from the k-th on: a sample that differs from run to run by `from`. */
export function sample<T>(list: readonly T[], every: number, from: number): T[] {
  return list.filter((_, index) => index % every === from % every);
}
