import { describe, expect, it } from '@jest/globals';
import { heightTrees } from '../../src/constraints/heightTrees.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

const two = ['v1', 'v2'];
const endpoints = { prod: {}, qa: {}, dev: {} };
const sub = makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, training: { versions: ['v1'] } });

describe('height-trees', () => {
  judgeTable(heightTrees, [
    { name: 'as high as there are trees', state: makeState({ webapp: { endpoints } }), findings: [] },
    {
      name: 'higher',
      state: makeState({ webapp: { endpoints: { prod: {} }, versions: two } }),
      findings: [],
    },
    { name: 'no tree and no stack', state: makeState({ webapp: { hosts: [] } }), findings: [] },
    {
      name: 'two trees of one stage, which count once',
      state: makeState({ webapp: { endpoints: { prod: {}, qa: {}, www: {} }, versions: two } }),
      findings: [],
    },
    {
      name: 'a sub-service that is too low',
      state: withTree(
        withTree(sub, 'webapp-endpoint-prod', 'webapp > training'),
        'webapp-endpoint-qa',
        'webapp > training @ 0',
      ),
      findings: [['training', 'height 1 is too low: it is in 2 trees']],
    },
  ]);

  it('says how much is missing, and what to do', () => {
    const rules = ruleSet('tree-count', { count: 'endpoints' });
    const state = makeState({ webapp: { endpoints: { ...endpoints, www: {} }, versions: two } });
    expect(heightTrees.judge(worldOf(state, { rules }))).toEqual([
      {
        service: 'webapp',
        object: 'webapp',
        fact: 'height 2 is too low: it is in 4 trees',
        remedy: 'release a version on webapp first, or take it out of a tree',
        deficit: 2,
      },
    ]);
  });
});
