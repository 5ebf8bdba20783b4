import { describe } from '@jest/globals';
import { profile } from '../../src/constraints/profile.ts';
import { judgeTable } from '../support/constraints.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const settings = { profile: 'strict' } as const;
const versions = ['v1', 'v2', 'v3'];
const strict = { rules: ruleSet('profile', { strict: ['prod'] }) };
const asked = 'its containers run under the profile baseline, and stage prod asks for strict';

describe('profile', () => {
  judgeTable(profile, [
    { name: 'the usual one', state: makeState({ webapp: {} }), findings: [] },
    {
      name: 'a stricter one',
      state: makeState({ webapp: { settings } }),
      findings: [],
    },
    {
      name: 'a looser one',
      state: makeState({ webapp: { settings: { profile: 'engine' } } }),
      findings: [['webapp', 'its containers run under the profile engine, and the rules ask for baseline']],
    },
    {
      name: 'a looser one where the rules allow it',
      state: makeState({ webapp: { settings: { profile: 'engine' } } }),
      environment: { rules: ruleSet('profile', { least: 'engine' }) },
      findings: [],
    },
    {
      name: 'the usual one where a stage asks for strict',
      state: makeState({ webapp: { versions } }),
      environment: strict,
      findings: [['webapp', asked]],
    },
    {
      name: 'a position that answers at that stage by a tree alone',
      state: withTree(
        makeState({ shop: { settings, endpoints: { dev: {} } }, webapp: { versions: ['v1'] } }),
        'shop-endpoint-dev',
        'shop > webapp @ 0',
      ),
      environment: { rules: ruleSet('profile', { strict: ['dev'] }) },
      findings: [['webapp', 'its containers run under the profile baseline, and stage dev asks for strict']],
    },
    {
      name: 'another stage than the one that asks for strict',
      state: makeState({ webapp: { versions } }),
      environment: { rules: ruleSet('profile', { strict: ['staging'] }) },
      findings: [],
    },
  ]);
});
