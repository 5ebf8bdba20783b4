import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { isBeingUndone, isPastPivot, onlyWayOf, touchedSteps } from '../../src/plan/course.ts';
import { makeState } from '../support/makeState.ts';
import { firstOf, openOperation, upTo } from '../support/openOperation.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const pop = planOf(before, accepted(popService(before, { service: 'webapp', position: 0, single: false })));
const write = firstOf(pop, 'write_config');
const stop = firstOf(pop, 'stop_container');

describe('the way of an unfinished operation', () => {
  it.each([
    ['nothing was sent', {}, null],
    ['up to the pivot all is done', upTo(pop, write, 'done'), null],
    ['a step before the pivot is uncertain', upTo(pop, write, 'sent'), null],
    ['a step before the pivot failed', upTo(pop, write, 'failed'), null],
    ['a container was about to be stopped', upTo(pop, stop, 'sent'), 'forward'],
    ['stopping a container failed', upTo(pop, stop, 'failed'), 'forward'],
    ['what comes after the pivot was skipped', { [stop.seq]: 'skipped' }, null],
    ['its undoing was begun', upTo(pop, write, 'compensating'), 'back'],
    ['a step of it is undone', upTo(pop, write, 'compensated'), 'back'],
  ] as const)('where %s', (_what, statuses, way) => {
    expect(onlyWayOf(openOperation(pop, statuses))).toBe(way);
  });

  it('is to clear away what was replaced once its change is recorded', () => {
    expect(onlyWayOf(openOperation(pop, upTo(pop, stop, 'failed'), { revision: 1 }))).toBe('clear');
  });
});

describe('touchedSteps', () => {
  it('are those of which something may be left', () => {
    const statuses = {
      1: 'done',
      2: 'sent',
      3: 'failed',
      4: 'skipped',
      5: 'compensating',
      6: 'compensated',
    } as const;
    expect(touchedSteps(openOperation(pop, statuses)).map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
    expect(isBeingUndone(openOperation(pop, statuses))).toBe(true);
    expect(isPastPivot(openOperation(pop, statuses))).toBe(false);
  });
});
