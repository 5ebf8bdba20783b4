import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { leavesAnything, stepsToClear, stepsToUndo } from '../../src/plan/takeUp.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { firstOf, openOperation, upTo } from '../support/openOperation.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment();
const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const popped = accepted(popService(before, { service: 'webapp', position: 0, single: false }));
const pop = planOf(before, popped);
const recorded = openOperation(pop, upTo(pop, firstOf(pop, 'stop_container'), 'failed'), { revision: 1 });
const next = makeState({ mail: { versions: ['v1', 'v2'] } });
const add = planOf(makeState(), next);
const start = firstOf(add, 'start_container');
const kinds = (steps: readonly { kind: string }[]): string[] => [...new Set(steps.map(({ kind }) => kind))];

describe('stepsToClear', () => {
  it('are the removals that are left, and never the record', () => {
    const steps = stepsToClear(recorded, { ...popped, revision: 1 }, environment);
    expect(kinds(steps)).toEqual(['stop_container', 'remove_container']);
  });

  it('take nothing away that the state has by now', () => {
    expect(stepsToClear(recorded, { ...before, revision: 2 }, environment)).toEqual([]);
    const waiting = openOperation(pop, {}, { revision: 1 });
    const left = stepsToClear(waiting, { ...before, revision: 2 }, environment);
    for (const kind of ['remove_server', 'wait_drained', 'drain_server', 'stop_container']) {
      expect(kinds(left)).not.toContain(kind);
    }
  });
});

describe('stepsToUndo', () => {
  const operation = openOperation(add, upTo(add, start, 'sent'));

  it('are those that were touched, with the creations nobody heard of', () => {
    const { steps, uncertain } = stepsToUndo(operation, makeState());
    expect(steps.map(({ seq }) => seq)).toEqual(
      add.steps.flatMap(({ seq }) => (seq <= start.seq ? [seq] : [])),
    );
    expect(uncertain).toEqual([]);
    const create = firstOf(add, 'create_container');
    const creating = openOperation(add, upTo(add, create, 'sent'));
    expect(stepsToUndo(creating, makeState()).uncertain).toEqual([create]);
  });

  it('are undone once more where a wait comes after it that stands in no plan', () => {
    const stop = { ...firstOf(pop, 'stop_container'), seq: 1 };
    const undoing = openOperation({ steps: [stop], pivot: 1 }, { 1: 'compensated' });
    expect(stepsToUndo(undoing, before)).toEqual({ steps: [stop], uncertain: [], recorded: new Set([1]) });
    const drain = { ...firstOf(pop, 'drain_server'), seq: 1 };
    const undone = openOperation({ steps: [drain], pivot: 1 }, { 1: 'compensated' });
    expect(stepsToUndo(undone, before).steps).toEqual([]);
  });

  it('ask again for creations that failed, or whose removal did, as long as nobody knows that they were answered', () => {
    const create = firstOf(add, 'create_container');
    for (const status of ['failed', 'compensating'] as const) {
      const left = openOperation(add, { [create.seq]: status });
      expect(stepsToUndo(left, makeState()).uncertain).toEqual([create]);
    }
    expect(stepsToUndo(openOperation(add, { [create.seq]: 'done' }), makeState()).uncertain).toEqual([]);
  });

  it('ask again for a stop that may not have come to its end', () => {
    const stop = firstOf(pop, 'stop_container');
    expect(stepsToUndo(openOperation(pop, { [stop.seq]: 'sent' }), before).uncertain).toEqual([stop]);
    expect(stepsToUndo(openOperation(pop, { [stop.seq]: 'done' }), before).uncertain).toEqual([]);
  });

  it('start what was stopped and is in the state as ever, although others have changed that since', () => {
    const stop = firstOf(pop, 'stop_container');
    const moved = { ...before, revision: before.revision + 1 };
    expect(stepsToUndo(openOperation(pop, { [stop.seq]: 'done' }), moved).steps).toEqual([stop]);
  });

  it('leave what the state has taken over since', () => {
    const moved = { ...next, revision: 1 };
    expect(kinds(stepsToUndo(operation, moved).steps)).toEqual(['check_host', 'pull_image']);
    expect(leavesAnything(stepsToUndo(operation, moved))).toBe(false);
    expect(leavesAnything(stepsToUndo(operation, { ...makeState(), revision: 1 }))).toBe(true);
  });

  it('take away what a deployment brought, whose containers are in the state it began with', () => {
    expect(kinds(stepsToUndo(operation, next).steps)).toContain('create_container');
  });
});
