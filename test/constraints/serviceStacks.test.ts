import { describe, expect, it } from '@jest/globals';
import { serviceStacks } from '../../src/constraints/serviceStacks.ts';
import { makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

const bare = makeState({ webapp: { hosts: [] }, other: {} });

describe('service-stacks', () => {
  judgeTable(serviceStacks, [
    { name: 'one stack', state: makeState({ webapp: {} }), findings: [] },
    { name: 'an empty stack is a stack', state: makeState({ webapp: { versions: [] } }), findings: [] },
    { name: 'no stack', state: bare, findings: [['webapp', 'it has no stack']] },
  ]);

  it('is about completeness: one stack is missing', () => {
    expect(serviceStacks.kind).toBe('complete');
    expect(serviceStacks.judge(worldOf(bare)).map((finding) => finding.deficit)).toEqual([1]);
  });
});
