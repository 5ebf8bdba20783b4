import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { removeService } from '../../src/actions/processes.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import { makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] }, other: {} });
const cells = (stack: string, ...pairs: [number, string][]) =>
  pairs.map(([number, version]) => ({ name: `${stack}-app${number}`, version }));

describe('stackChanges', () => {
  it('shows the stacks that change, and no other', () => {
    const next = accepted(pop(state, { stack: 'webapp-stack2', position: 1 }));
    expect(stackChanges(state, next)).toEqual([
      {
        stack: 'webapp-stack2',
        service: 'webapp',
        host: 'docker02',
        before: cells('webapp-stack2', [1, 'v0.1'], [2, 'v0.2'], [3, 'v0.3']),
        after: cells('webapp-stack2', [1, 'v0.1'], [3, 'v0.3']),
      },
    ]);
  });

  it('shows a stack that comes and one that goes', () => {
    const one = makeState({ webapp: { versions: ['v1'] } });
    const there = cells('webapp-stack1', [1, 'v1']);
    expect(stackChanges(makeState(), one)).toMatchObject([{ before: [], after: there }]);
    const gone = accepted(removeService(one, { service: 'webapp', cascade: true }));
    expect(stackChanges(one, gone)).toMatchObject([{ host: 'docker01', before: there, after: [] }]);
  });

  it('is empty where nothing changes', () => {
    expect(stackChanges(state, { ...state, revision: 9, endpoints: [] })).toEqual([]);
  });
});
