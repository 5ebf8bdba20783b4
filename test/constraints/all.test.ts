import { describe, expect, it } from '@jest/globals';
import { constraints } from '../../src/constraints/all.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';

describe('the list of constraints', () => {
  it('names each rule once, with a sentence on what it demands', () => {
    const codes = constraints.map((rule) => rule.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, summary } of constraints) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(summary).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('finds nothing wrong with a correct and complete state', () => {
    const state = makeState({
      webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {}, dev: {} } },
      training: { hosts: ['docker02', 'docker03'] },
    });
    const world = { state, environment: makeEnvironment() };
    expect(constraints.flatMap((rule) => rule.judge(world))).toEqual([]);
  });

  it('has a default among the choices of every parameter that offers some', () => {
    for (const { parameters, choices } of constraints) {
      for (const [name, words] of Object.entries(choices)) {
        expect(words).toEqual(expect.arrayContaining([parameters[name]].flat()));
      }
    }
  });
});
