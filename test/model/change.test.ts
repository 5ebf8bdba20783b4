import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  applyChange,
  changeBetween,
  invertChange,
  isEmptyChange,
  keyOf,
  stateTables,
  touchedServices,
  type StateChange,
} from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { edge, external, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const sketch = { webapp: { versions: ['v1', 'v2'], endpoints: { prod: {} } }, mail: { versions: ['v1'] } };
const state = frozen(
  withExternals(withTree(makeState(sketch), prod, 'webapp > mail'), external('db', ['prod=a:1'])),
);
const same = changeBetween(state, state);

/** One row of each table as it is, and as it might be. */
const changed: readonly [keyof StateChange, State][] = [
  ['services', changeRow(state, 'services', 'webapp', { nextStack: 9 })],
  ['stacks', changeRow(state, 'stacks', 'webapp-stack1', { host: 'docker02' })],
  ['containers', changeRow(state, 'containers', 'webapp-stack1-app1', { version: 'v0' })],
  ['endpoints', changeRow(state, 'endpoints', prod, { pointer: 1 })],
  ['externals', { ...state, externals: [external('db', ['prod=b:2'])] }],
  ['edges', { ...state, edges: [edge(prod, 'webapp > mail @ 1')] }],
];

describe('keyOf', () => {
  it('is the name of a row, or the relation of an edge in its tree', () => {
    expect(keyOf({ name: 'webapp' })).toBe('webapp');
    expect(keyOf(edge(prod, 'webapp > mail @ 1'))).toBe('webapp-endpoint-prod webapp mail');
  });
});

describe('changeBetween', () => {
  it.each(changed)('has a row of %s that changes in both lists, and nothing else', (table, next) => {
    const [row] = state[table];
    expect(changeBetween(state, next)).toEqual({
      ...same,
      [table]: { removed: [row], added: [next[table][0]] },
    });
  });

  it.each(stateTables)('has the rows of %s that go and come', (table) => {
    const without = { ...state, [table]: [] };
    expect(changeBetween(state, without)).toEqual({ ...same, [table]: { removed: state[table], added: [] } });
    expect(changeBetween(without, state)).toEqual({ ...same, [table]: { removed: [], added: state[table] } });
  });

  it('is empty between equal states, whether their rows are the same objects or not', () => {
    const copy = structuredClone(state);
    const shuffled = { ...copy, containers: copy.containers.map((row) => ({ ...row })).reverse() };
    for (const next of [state, copy, shuffled]) {
      expect(changeBetween(state, next)).toEqual(
        Object.fromEntries(stateTables.map((table) => [table, { removed: [], added: [] }])),
      );
    }
  });
});

describe('isEmptyChange', () => {
  it.each(changed)('is false where a row of %s goes, comes or changes', (table, next) => {
    expect(isEmptyChange(changeBetween(state, next))).toBe(false);
    expect(isEmptyChange(changeBetween(state, { ...state, [table]: [] }))).toBe(false);
    expect(isEmptyChange(changeBetween({ ...state, [table]: [] }, state))).toBe(false);
  });

  it('is true where there is none', () => {
    expect(isEmptyChange(same)).toBe(true);
  });
});

describe('invertChange', () => {
  it.each(changed)('leads back, for %s', (_table, next) => {
    expect(invertChange(changeBetween(state, next))).toEqual(changeBetween(next, state));
  });
});

describe('applyChange', () => {
  it.each(changed)('puts a row of %s where the old one was', (_table, next) => {
    expect(applyChange(state, changeBetween(state, next), 7)).toEqual({ ...next, revision: 7 });
  });

  it('adds new rows at the end, and takes old ones out', () => {
    const next = { ...state, containers: state.containers.slice(1) };
    const change = changeBetween(state, next);
    expect(applyChange(state, change, 1)).toEqual({ ...next, revision: 1 });
    const [first, ...others] = state.containers;
    expect(applyChange(next, invertChange(change), 1)?.containers).toEqual([...others, first]);
  });

  it('leaves a table alone of which no row changes', () => {
    const next = applyChange(state, changeBetween(state, changed[0]?.[1] ?? state), 1);
    expect(next?.containers).toBe(state.containers);
  });

  it.each(changed)('has no answer where a row of %s is not as the change knew it', (table, next) => {
    const change = changeBetween(next, { ...next, [table]: [] });
    expect(applyChange(state, change, 1)).toBeNull();
    expect(applyChange({ ...state, [table]: [] }, change, 1)).toBeNull();
  });

  it.each(changed)('has no answer where a row of %s that is to come is there', (table, next) => {
    expect(applyChange(state, changeBetween({ ...state, [table]: [] }, next), 1)).toBeNull();
  });

  it('leads from any state to any other, and back', () => {
    const sorted = (given: State | null) =>
      given && stateTables.map((table) => given[table].map((row) => JSON.stringify(row)).sort());
    fc.assert(
      fc.property(correctState, correctState, (before, next) => {
        const change = changeBetween(before, next);
        const there = applyChange(before, change, next.revision);
        expect(sorted(there)).toEqual(sorted(next));
        expect(there?.revision).toBe(next.revision);
        expect(sorted(applyChange(next, invertChange(change), 0))).toEqual(sorted(before));
      }),
      { numRuns: 50 },
    );
  });
});

describe('touchedServices', () => {
  const touched = (before: State, next: State) => [
    ...touchedServices(changeBetween(before, next), before, next),
  ];

  it.each(changed)('are those of a row of %s that changes', (table, next) => {
    const others: Partial<Record<typeof table, string[]>> = { edges: ['webapp', 'mail'], externals: ['db'] };
    const expected = others[table] ?? ['webapp'];
    expect(touched(state, next)).toEqual(expected);
    expect(touched(next, state)).toEqual(expected);
  });

  it('are those that call an external service that changes, before or after', () => {
    const calling = withTree(state, prod, 'webapp > db', 'mail > db');
    const moved = { ...state, externals: [external('db', ['prod=b:2'])] };
    expect(touched(calling, { ...calling, externals: moved.externals })).toEqual(['db', 'webapp', 'mail']);
    expect(touched(calling, { ...moved, edges: state.edges })).toEqual(['webapp', 'db', 'mail']);
    expect(touched(state, withTree(moved, prod, 'webapp > db'))).toEqual(['webapp', 'db']);
  });

  it('are those of a container whose stack goes or comes with it', () => {
    const stacks = state.stacks.filter((stack) => stack.service !== 'mail');
    const containers = state.containers.filter((row) => row.stack !== 'mail-stack1');
    const bare = { ...state, stacks, containers };
    expect(touched(state, bare)).toEqual(['mail']);
    expect(touched(bare, state)).toEqual(['mail']);
  });

  it('are none where nothing changes, and one without a name for a container of no stack', () => {
    expect(touched(state, structuredClone(state))).toEqual([]);
    const orphan = changeRow(state, 'containers', 'webapp-stack1-app1', { stack: 'gone' });
    expect(touched(orphan, { ...orphan, containers: state.containers.slice(1) })).toEqual(['']);
  });
});
