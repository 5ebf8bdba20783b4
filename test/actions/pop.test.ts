import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { containersOf } from '../../src/model/lookup.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const state = frozen(makeState({ webapp: { hosts: ['docker01', 'docker02'] }, other: {} }));

describe('pop', () => {
  it.each([
    [0, ['app2 v0.2', 'app3 v0.3']],
    [1, ['app1 v0.1', 'app3 v0.3']],
    [2, ['app1 v0.1', 'app2 v0.2']],
  ])('of position %d moves those above it down, with their names', (position, left) => {
    const next = accepted(pop(state, { stack: 'webapp-stack1', position }));
    const stack = containersOf(next, 'webapp-stack1');
    expect(stack.map((row) => `${row.name.replace('webapp-stack1-', '')} ${row.version}`)).toEqual(left);
    expect(stack.map((row) => row.position)).toEqual([0, 1]);
  });

  it('promotes the same bits on the same port', () => {
    const [, promoted] = containersOf(state, 'webapp-stack1');
    const next = accepted(pop(state, { stack: 'webapp-stack1', position: 0 }));
    expect(containersOf(next, 'webapp-stack1')[0]).toEqual({ ...promoted, position: 0 });
  });

  it('touches nothing else: no other stack, no counter, no endpoint', () => {
    const next = accepted(pop(state, { stack: 'webapp-stack1', position: 0 }));
    const others = (rows: typeof state.containers) => rows.filter((row) => row.stack !== 'webapp-stack1');
    expect(others(next.containers)).toEqual(others(state.containers));
    expect({ ...next, containers: [] }).toEqual({ ...state, containers: [] });
  });

  it.each([3, 4, -1, 0.5, NaN])('refuses position %d of a stack of three', (position) => {
    const [violation] = refusals(pop(state, { stack: 'webapp-stack1', position }));
    expect(violation).toMatch(/^stack-height: webapp-stack1: it has no position/);
  });

  it('refuses an empty stack, and a stack that does not exist', () => {
    const empty = makeState({ webapp: { versions: [] } });
    expect(refusals(pop(empty, { stack: 'webapp-stack1', position: 0 }))).toEqual([
      'stack-height: webapp-stack1: it has no position 0: its height is 0',
    ]);
    expect(refusals(pop(empty, { stack: 'nowhere', position: 0 }))).toEqual([
      'stack-service: nowhere: there is no such stack',
    ]);
  });
});
