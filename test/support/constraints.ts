import { expect, it } from '@jest/globals';
import type { Constraint, World } from '../../src/constraints/constraint.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment } from './makeState.ts';

/** One line of a constraint's table: a state, and the findings expected of it, each as its object and a part of its fact. */
export type Case = {
  readonly name: string;
  readonly state: State;
  readonly environment?: Partial<Environment>;
  readonly findings: readonly (readonly [object: string, fact: string])[];
};

/** Runs a pass/fail table. */
export function judgeTable(rule: Constraint, cases: readonly Case[]): void {
  it.each(cases)('$name', ({ state, environment, findings }) => {
    const found = rule.judge(worldOf(state, environment));
    expect(found.map(({ object }) => object)).toEqual(findings.map(([object]) => object));
    for (const [index, { fact, remedy }] of found.entries()) {
      expect(fact).toContain(findings[index]?.[1]);
      expect(remedy).not.toBe('');
    }
  });
}

export function worldOf(state: State, environment: Partial<Environment> = {}): World {
  return { state, environment: makeEnvironment(environment) };
}
