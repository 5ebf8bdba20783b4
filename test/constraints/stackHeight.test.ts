import { describe, expect, it } from '@jest/globals';
import { stackHeight } from '../../src/constraints/stackHeight.ts';
import { defaultRules } from '../../src/model/rules.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

const two = makeState({ webapp: { versions: ['v1', 'v2'] } });
const three = makeState({ webapp: {} });

describe('stack-height', () => {
  judgeTable(stackHeight, [
    { name: 'as high as there are stages', state: three, findings: [] },
    { name: 'higher', state: makeState({ webapp: { versions: ['1', '2', '3', '4'] } }), findings: [] },
    {
      name: 'lower than there are stages',
      state: two,
      findings: [['webapp-stack1', 'height 2 is too low: there are 3 stages']],
    },
    {
      name: 'empty, on every stack',
      state: makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: [] } }),
      findings: [
        ['webapp-stack1', 'height 0 is too low'],
        ['webapp-stack2', 'height 0 is too low'],
      ],
    },
    {
      name: 'fewer stages, but still min_containers',
      state: two,
      environment: { rules: { ...defaultRules, stages: ['prod'] } },
      findings: [['webapp-stack1', 'height 2 is too low: min_containers is 3']],
    },
    {
      name: 'fewer stages and fewer min_containers',
      state: two,
      environment: { rules: { ...ruleSet('stack-height', { min_containers: 1 }), stages: ['prod', 'qa'] } },
      findings: [],
    },
    {
      name: 'more min_containers than stages',
      state: three,
      environment: { rules: ruleSet('stack-height', { min_containers: 5 }) },
      findings: [['webapp-stack1', 'height 3 is too low: min_containers is 5']],
    },
    {
      name: 'more stages than containers',
      state: three,
      environment: { rules: { ...defaultRules, stages: ['prod', 'canary', 'qa', 'dev'] } },
      findings: [['webapp-stack1', 'there are 4 stages']],
    },
  ]);

  it('counts how much is missing', () => {
    const deficits = (versions: string[]) =>
      stackHeight.judge(worldOf(makeState({ webapp: { versions } }))).map((finding) => finding.deficit);
    expect(deficits(['v1', 'v2'])).toEqual([1]);
    expect(deficits([])).toEqual([3]);
    expect(stackHeight.kind).toBe('complete');
  });
});
