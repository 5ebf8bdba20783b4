import { expect, it } from '@jest/globals';
import { timingOf } from './overrun.ts';

it('takes the time of a step that ran out of it, and of what was beside such steps', () => {
  const lines = [
    { at: 0.5, text: 'done  1 check_host docker01 engine: answers (0.20 s)' },
    {
      at: 31.5,
      text: 'failed  2 create_container docker01 webapp-stack1-app4: docker01: creating webapp-stack1-app4: no answer within 30 s (31.00 s)',
    },
    {
      at: 31.6,
      text: 'failed  3 create_container docker01 webapp-stack1-app5: docker01: creating webapp-stack1-app5: no answer within 30 s (30.00 s)',
    },
    { at: 32, text: '  step 2, create_container webapp-stack1-app4: no answer within 30 s' },
  ];
  const { elapsed, late, rest } = timingOf(lines, 33);
  expect(elapsed).toBe(33);
  expect(late).toEqual([
    { what: 'create_container docker01', deadline: 30, overrun: 1 },
    { what: 'create_container docker01', deadline: 30, overrun: 0 },
  ]);
  // From 0.5 s to 31.6 s one of them was under way.
  expect(rest).toBeCloseTo(33 - 31.1, 5);
});

it('takes the answer of a command without steps', () => {
  const text = 'cmanage: docker01: listing its containers: no answer within 10 s. Nothing was changed.';
  expect(timingOf([{ at: 10.3, text }], 10.5)).toEqual({ elapsed: 10.5, late: [], answer: 10, rest: 0.5 });
});

it('finds nothing late in a command that says of no deadline', () => {
  const { late, rest } = timingOf([{ at: 1, text: 'done: operation 3, 12 steps' }], 1.5);
  expect({ late, rest }).toEqual({ late: [], rest: 1.5 });
});
