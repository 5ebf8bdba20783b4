import { describe, expect, it } from '@jest/globals';
import { check } from '../../src/constraints/check.ts';
import { treeCount, treeCountRule } from '../../src/constraints/treeCount.ts';
import { defaultRules } from '../../src/model/rules.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment, makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

const three = makeState({ webapp: { endpoints: { prod: {}, qa: {}, dev: {} } } });
const twoOfProd = makeState({ webapp: { endpoints: { prod: {}, qa: {}, www: {} } } });
const sub = makeState({ webapp: { endpoints: { prod: {}, qa: {}, dev: {} } }, training: {} });
const byEndpoints = { rules: ruleSet('tree-count', { count: 'endpoints' }) };

function connected(state: State, ...stages: string[]): State {
  return stages.reduce(
    (next, stage) => withTree(next, `webapp-endpoint-${stage}`, 'webapp > training'),
    state,
  );
}

describe('treeCount', () => {
  it.each<[string, State, string, number, number]>([
    ['a service in no tree', makeState({ webapp: {} }), 'webapp', 0, 0],
    ['one endpoint at each of three stages', three, 'webapp', 3, 3],
    ['two endpoints of one stage', twoOfProd, 'webapp', 2, 3],
    ['a sub-service in two trees', connected(sub, 'prod', 'dev'), 'training', 2, 2],
    ['a service that is not there', three, 'nobody', 0, 0],
  ])('of %s', (_case, state, service, stages, endpoints) => {
    expect(treeCount(state, service, defaultRules)).toBe(stages);
    expect(treeCount(state, service, byEndpoints.rules)).toBe(endpoints);
  });
});

describe('tree-count', () => {
  judgeTable(treeCountRule, [
    { name: 'a tree for every stage', state: three, findings: [] },
    {
      name: 'two trees of one stage, and none of another',
      state: twoOfProd,
      findings: [['webapp', 'its tree count is 2, none at dev, and there are 3 stages']],
    },
    {
      name: 'the same where every endpoint counts',
      state: twoOfProd,
      environment: byEndpoints,
      findings: [],
    },
    {
      name: 'more trees than stages',
      state: three,
      environment: { rules: { ...defaultRules, stages: ['prod'] } },
      findings: [],
    },
    { name: 'a sub-service in every tree', state: connected(sub, 'prod', 'qa', 'dev'), findings: [] },
    {
      name: 'a tree of a stage that rules.yml no longer has',
      state: three,
      environment: { rules: { ...defaultRules, stages: ['prod', 'qa', 'uat', 'edge'] } },
      findings: [['webapp', 'its tree count is 3, none at uat, edge, and there are 4 stages']],
    },
    {
      name: 'trees of as many stages as there are, one of them unknown',
      state: three,
      environment: { rules: { ...defaultRules, stages: ['prod', 'qa', 'uat'] } },
      findings: [],
    },
  ]);

  it('says where a tree is missing, how many there are too few, and what to do', () => {
    expect(treeCountRule.judge(worldOf(connected(makeState({ webapp: {}, training: {} }))))).toEqual([
      {
        service: 'webapp',
        object: 'webapp',
        fact: 'its tree count is 0, none at prod, qa, dev, and there are 3 stages',
        remedy:
          "give it endpoints by 'cmanage addendpoint STAGE -s webapp -p PORT', or connect it by 'cmanage connect SERVICE -c webapp'",
        remedyIfWorse: expect.any(String) as unknown,
        deficit: 3,
      },
      expect.objectContaining({ object: 'training', deficit: 3 }),
    ]);
    expect(treeCountRule.judge(worldOf(twoOfProd))).toEqual([
      {
        service: 'webapp',
        object: 'webapp',
        fact: 'its tree count is 2, none at dev, and there are 3 stages',
        remedy: "add the endpoints by 'cmanage addendpoint STAGE -s webapp -p PORT'",
        deficit: 1,
      },
    ]);
  });

  it('of a service that is called somewhere says only how it is called', () => {
    expect(treeCountRule.judge(worldOf(connected(sub, 'prod')))).toMatchObject([
      { object: 'training', remedy: "connect it by 'cmanage connect SERVICE -c training'" },
    ]);
  });

  it('speaks of deleting only to who takes a service out of a tree', () => {
    const remedies = (before: State, next: State): string[] =>
      check(before, next, makeEnvironment())
        .filter(({ code }) => code === 'tree-count')
        .map(({ level, remedy }) => `${level}: ${remedy}`);
    const alone = makeState({ webapp: { endpoints: { prod: {}, qa: {}, dev: {} } } });
    const added = "warn: give it endpoints by 'cmanage addendpoint STAGE -s training -p PORT', or connect it";
    expect(remedies(alone, sub)).toEqual([expect.stringContaining(added)]);
    expect(remedies(connected(sub, 'prod', 'qa', 'dev'), connected(sub, 'prod', 'qa'))).toEqual([
      "error: connect it by 'cmanage connect SERVICE -c training', or give it endpoints by 'cmanage addendpoint STAGE -s training -p PORT'; " +
        "if nothing is to call it any more, 'cmanage delete service training --cascade' first",
    ]);
  });

  it('does not say that none is missing where every stage has one', () => {
    const rules = { ...defaultRules, stages: ['prod', 'prod'] };
    const [finding] = treeCountRule.judge(
      worldOf(makeState({ webapp: { endpoints: { prod: {} } } }), { rules }),
    );
    expect(finding?.fact).toBe('its tree count is 1, and there are 2 stages');
  });
});
