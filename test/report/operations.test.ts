import { describe, expect, it } from '@jest/globals';
import { operationsKind, stepsKind } from '../../src/report/kinds/operations.ts';
import { openEntry } from '../../src/report/operations.ts';
import { makeState } from '../support/makeState.ts';
import { openOperation } from '../support/openOperation.ts';
import { planOf } from '../support/plans.ts';
import { sheetIn } from '../support/view.ts';

const plan = planOf(makeState(), makeState({ webapp: {} }));
const operation = openOperation(plan, { 1: 'done', 2: 'sent' }, { command: 'release webapp\n-v v4' });

describe('unfinished operations', () => {
  it('says how far an operation has come and what to type', () => {
    expect(sheetIn(operationsKind([openEntry(operation, false)])).rows).toEqual([
      [
        ...['5', '2026-11-21 05:36:58', 'alice@admin', 'release webapp\\n-v v4'],
        ...[`1 of ${plan.steps.length} steps`, 'before traffic moved'],
        'cmanage resume 5, or cmanage rollback --operation 5',
      ],
    ]);
  });

  it.each([
    [{ revision: 4 }, false, 'recorded, not cleared away', 'cmanage resume 5'],
    [{ statuses: new Map([[1, 'compensating' as const]]) }, false, 'being undone', 'cmanage resume 5'],
    [{}, true, 'before traffic moved', 'nothing: it may be under way'],
  ])('of %j', (more, underWay, where, type) => {
    const [row] = sheetIn(operationsKind([openEntry({ ...operation, ...more }, underWay)])).rows;
    expect(row?.slice(-2)).toEqual([where, type]);
  });
});

describe('steps', () => {
  it('have the time of what has ended, and what was said', () => {
    const step = { seq: 1, kind: 'check_host', host: 'docker01', object: 'engine', status: 'done' as const };
    const times = { startedAt: '2026-11-21T05:36:58.000Z', finishedAt: '2026-11-21T05:36:59.250Z' };
    expect(
      sheetIn(
        stepsKind([
          { ...step, ...times, result: 'a\u001b[31m' },
          { ...step, startedAt: times.startedAt, finishedAt: null, result: null },
        ]),
      ).rows,
    ).toEqual([
      ['1', 'check_host', 'docker01', 'engine', 'done', '1.25', 'a\\u001b[31m'],
      ['1', 'check_host', 'docker01', 'engine', 'done', '-', '-'],
    ]);
  });
});
