import { describe, expect, it } from '@jest/globals';
import { PlanBuilder } from '../../src/plan/builder.ts';

describe('PlanBuilder', () => {
  it('numbers the steps from 1, and gives the needs of each in their order, each once', () => {
    const plan = new PlanBuilder();
    const add = (needs: readonly number[]): number =>
      plan.add({ kind: 'check_host', host: 'docker01', object: 'engine', because: 'a test' }, needs);
    expect([add([]), add([10, 9, 1, 9])]).toEqual([1, 2]);
    expect(plan.steps.map((step) => step.needs)).toEqual([[], [1, 9, 10]]);
    expect(plan.all).toEqual([1, 2]);
    expect(plan.lastSeq).toBe(2);
  });
});
