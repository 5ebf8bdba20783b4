import { expect, it } from '@jest/globals';
import type { Plan } from '../../src/plan/step.ts';
import { makeStep } from '../support/steps.ts';
import { phases } from './build.ts';
import { killsOf, killsOfResume, killsOfUndoing, sample } from './points.ts';

/** Two containers that start and are waited for; a wait has no inverse. */
const plan: Plan = {
  steps: [makeStep(1), makeStep(2, [1]), makeStep(3, [2], { kind: 'wait_healthy' })],
  pivot: 3,
};

it('kills a command at each step in each phase, and ends it both ways in turn', () => {
  const kills = killsOf(plan, 0);
  const points = kills.map(({ point }) => `${point.seq} ${point.way} ${point.phase}`);
  expect(points).toEqual([1, 2, 3].flatMap((seq) => phases.map((phase) => `${seq} sent ${phase}`)));
  expect(kills.slice(0, 3).map(({ ending }) => ending)).toEqual(['resume', 'rollback', 'resume']);
  expect(killsOf(plan, 1)[0]?.ending).toBe('rollback');
});

it('kills resume all over the plan that had just begun', () => {
  const kills = killsOfResume(plan);
  expect(kills).toHaveLength(3 * phases.length);
  expect(new Set(kills.map(({ point }) => `${point.seq} ${point.phase}`))).toEqual(
    new Set(['1 after-intent']),
  );
});

it('kills the undoing at each step that has an inverse, of what went as far as it can go back', () => {
  const kills = killsOfUndoing(plan);
  expect(new Set(kills.map(({ again }) => `${again?.seq ?? 0} ${again?.way ?? ''}`))).toEqual(
    new Set(['1 compensating', '2 compensating']),
  );
  expect(kills[0]).toMatchObject({ ending: 'rollback', point: { seq: 3, phase: 'after-outcome' } });
});

it('samples every n-th, and all of them from n beginnings', () => {
  const list = [0, 1, 2, 3, 4, 5, 6];
  expect(sample(list, 3, 1)).toEqual([1, 4]);
  expect([0, 1, 2].flatMap((from) => sample(list, 3, from)).sort()).toEqual(list);
});
