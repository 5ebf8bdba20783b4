import { Chalk } from 'chalk';
import { describe, expect, it } from '@jest/globals';
import { operationText, stepsWithTimes, type ShownOperation } from '../../src/report/operation.ts';
import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const plan = planOf(makeState(), makeState({ webapp: {} }));
const freeze: ShownOperation = {
  ...{ id: 4, command: 'lock webapp', actor: 'alice@admin', reason: 'audit', status: 'done', revision: null },
  ...{ message: 'webapp is frozen', finishedBy: null, services: null, rules: [] },
  ...{ startedAt: '2026-11-21T05:36:58.000Z', finishedAt: '2026-11-21T05:36:58.250Z' },
  ...{ pivot: 0, steps: [] },
  events: [
    {
      ...{
        seq: 9,
        at: '2026-11-21T05:36:58.000Z',
        kind: 'begun',
        actor: 'alice@admin',
        command: 'lock webapp',
      },
      ...{ status: null, message: null, rules: null, chain: '5d2a' },
    },
  ],
};

/** As in a pipe. */
const plain = { columns: null, colour: new Chalk({ level: 0 }) };

describe('an operation by its number', () => {
  it('has its pivot and its steps', () => {
    const text = operationText({ ...freeze, pivot: plan.pivot, steps: stepsWithTimes(plan, []) }, plain);
    expect(text).toContain(`\nPivot      step ${plan.pivot}\n`);
    expect(text).toContain('Steps:\nStep\tKind\tHost');
  });

  it('has neither where there are no steps', () => {
    expect(operationText(freeze, plain)).toBe(`Operation  4
Command    lock webapp
Who        alice@admin
Reason     audit
Began      2026-11-21T05:36:58.000Z
Ended      2026-11-21T05:36:58.250Z (0.25 s)
Status     done: webapp is frozen
Revision   -

What happened:
  2026-11-21T05:36:58.000Z  begun by alice@admin: lock webapp`);
  });
});
