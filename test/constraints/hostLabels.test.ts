import { describe, expect, it } from '@jest/globals';
import { hostLabels } from '../../src/constraints/hostLabels.ts';
import type { Rules } from '../../src/model/rules.ts';
import { makeHost, makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

const hosts = [
  makeHost('docker01', { labels: { disk: 'ssd', zone: 'a' } }),
  makeHost('docker02', { labels: { zone: 'b' } }),
];
const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });
const requiring = (...required: string[]) => ({ hosts, rules: ruleSet('host-labels', { required }) });

const forShopAlone: Rules = {
  ...ruleSet('host-labels', {}),
  overrides: [
    {
      services: 'shop',
      reason: 'a test',
      settings: { 'host-labels': { parameters: { required: ['disk'] } } },
    },
  ],
};

describe('host-labels', () => {
  judgeTable(hostLabels, [
    { name: 'nothing is required', state, environment: { hosts }, findings: [] },
    { name: 'every host has them', state, environment: requiring('zone'), findings: [] },
    {
      name: 'one host lacks one',
      state,
      environment: requiring('zone', 'disk=ssd'),
      findings: [['webapp-stack2', 'its host docker02 lacks disk=ssd']],
    },
    {
      name: 'a preferred one may be lacking',
      state,
      environment: { hosts, rules: ruleSet('host-labels', { preferred: ['disk'] }) },
      findings: [],
    },
    {
      name: 'another service requires them',
      state,
      environment: { hosts, rules: forShopAlone },
      findings: [],
    },
    {
      name: 'the service of an override',
      state: makeState({ shop: { hosts: ['docker02'] } }),
      environment: { hosts, rules: forShopAlone },
      findings: [['shop-stack1', 'its host docker02 lacks disk']],
    },
    {
      name: 'a host that is not in hosts.yml is the business of host-known',
      state: makeState({ webapp: { hosts: ['gone'] } }),
      environment: requiring('disk'),
      findings: [],
    },
  ]);

  it('says how many are lacking, and what to do', () => {
    expect(hostLabels.judge(worldOf(state, requiring('disk', 'zone', 'rack=7')))).toEqual([
      expect.objectContaining({ object: 'webapp-stack1', deficit: 1 }),
      {
        service: 'webapp',
        object: 'webapp-stack2',
        fact: 'its host docker02 lacks disk and rack=7',
        remedy: "give docker02 the label in hosts.yml, or move the stack by 'cmanage host drain docker02'",
        deficit: 2,
      },
    ]);
  });
});
