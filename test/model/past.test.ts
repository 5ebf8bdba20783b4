import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeBetween, keyOf, stateTables } from '../../src/model/change.ts';
import { pastOf } from '../../src/model/past.ts';
import type { State } from '../../src/model/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const sketch = { webapp: { versions: ['v1', 'v2'], endpoints: { prod: {} } }, mail: { versions: ['v1'] } };
const state = frozen(withTree(makeState(sketch), prod, 'webapp > mail'));

/** A state whose lists are in an order of their own, so that two of them can be compared. */
const inOrder = (given: State): State => ({
  ...given,
  ...Object.fromEntries(
    stateTables.map((table) => [table, [...given[table]].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))]),
  ),
});

describe('pastOf', () => {
  it('is the state itself before anything is taken back', () => {
    expect(pastOf(state).state()).toEqual(state);
  });

  it('leads back over any changes to where they began', () => {
    fc.assert(
      fc.property(fc.array(correctState, { minLength: 2, maxLength: 4 }), (given) => {
        const states = given.map((one, revision) => frozen({ ...one, revision }));
        const past = pastOf(states.at(-1) ?? state);
        for (let at = states.length - 1; at > 0; at--) {
          const [before = state, after = state] = [states[at - 1], states[at]];
          expect(past.takeBack(changeBetween(before, after))).toBe(true);
          expect(inOrder(past.state())).toEqual(inOrder(before));
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, State, State]>([
    ['a row it added is gone', { ...state, edges: [] }, state],
    [
      'a row it added is another one',
      state,
      changeRow(state, 'containers', 'mail-stack1-app1', { digest: 'x' }),
    ],
    ['a row it removed is there', { ...state, endpoints: [] }, state],
  ])('says that a change does not fit: %s', (_case, before, after) => {
    const change = changeBetween(before, after);
    const reversed = changeBetween(after, before);
    expect(pastOf(after).takeBack(change)).toBe(true);
    expect(pastOf(before).takeBack(change)).toBe(false);
    expect(pastOf(before).takeBack(reversed)).toBe(true);
    expect(pastOf(after).takeBack(reversed)).toBe(false);
  });

  it('leaves the state it began with as it was', () => {
    const before = { ...state, containers: [] };
    const past = pastOf(state);
    past.takeBack(changeBetween(before, state));
    expect(past.state().containers).toEqual([]);
    expect(state.containers).toHaveLength(3);
  });
});
