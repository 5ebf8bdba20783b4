import { describe } from '@jest/globals';
import { stackVersions } from '../../src/constraints/stackVersions.ts';
import type { State } from '../../src/model/state.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, type Case } from '../support/constraints.ts';

function stacked(...versions: string[]): State {
  return makeState({ webapp: { versions } });
}

const second = 'webapp-stack1-app2';
const third = 'webapp-stack1-app3';

const byDefault: Case[] = [
  { name: 'rising versions', state: stacked('v0.9', 'v0.10', 'v1.0'), findings: [] },
  { name: 'the same version again', state: stacked('v0.1', 'v0.1', 'v0.1'), findings: [] },
  { name: 'a release after its candidate', state: stacked('v1.0-rc1', 'v1.0'), findings: [] },
  { name: 'one container, whatever its tag', state: stacked('latest'), findings: [] },
  { name: 'the same unordered tag again', state: stacked('latest', 'latest'), findings: [] },
  { name: 'no container', state: stacked(), findings: [] },
  {
    name: 'a falling version',
    state: stacked('v0.10', 'v0.9', 'v0.10'),
    findings: [[second, 'v0.9 cannot stand on v0.10 at position 0 of webapp-stack1, which is later']],
  },
  {
    name: 'a candidate after its release',
    state: stacked('v1.0', 'v1.0-rc1'),
    findings: [[second, 'which is later']],
  },
  {
    name: 'an unordered tag above and below',
    state: stacked('v0.1', 'latest', 'v0.2'),
    findings: [
      [second, 'latest cannot stand on v0.1 at position 0 of webapp-stack1: latest has no order'],
      [third, 'v0.2 cannot stand on latest at position 1 of webapp-stack1: latest has no order'],
    ],
  },
  {
    name: 'two unordered tags',
    state: stacked('0a1b2c3', 'deadbee'),
    findings: [[second, '0a1b2c3 and deadbee has no order']],
  },
  {
    name: 'every fall, not the first',
    state: stacked('v3', 'v2', 'v1'),
    findings: [
      [second, 'v2 cannot stand on v3'],
      [third, 'v1 cannot stand on v2'],
    ],
  },
  {
    name: 'a fall on each twin',
    state: makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: ['v2', 'v1'] } }),
    findings: [
      [second, 'of webapp-stack1'],
      ['webapp-stack2-app2', 'of webapp-stack2'],
    ],
  },
];

const incremental = { rules: ruleSet('stack-versions', { order: ['incremental'] }) };
const equal = { rules: ruleSet('stack-versions', { order: ['equal'] }) };
const allow = { rules: ruleSet('stack-versions', { unordered: 'allow' }) };

const byParameter: Case[] = [
  { name: 'incremental: rising', state: stacked('v1', 'v2'), environment: incremental, findings: [] },
  {
    name: 'incremental: equal',
    state: stacked('v1', 'v1.0'),
    environment: incremental,
    findings: [[second, 'rules.yml allows only incremental versions']],
  },
  { name: 'equal: equal', state: stacked('v1', 'v1.0.0'), environment: equal, findings: [] },
  {
    name: 'equal: rising',
    state: stacked('v1', 'v2'),
    environment: equal,
    findings: [[second, 'rules.yml allows only equal versions']],
  },
  { name: 'unordered allowed', state: stacked('v1', 'latest', 'abc'), environment: allow, findings: [] },
  {
    name: 'unordered allowed, and still no fall',
    state: stacked('latest', 'v2', 'v1'),
    environment: allow,
    findings: [[third, 'v1 cannot stand on v2']],
  },
];

describe('stack-versions', () => {
  describe('by default', () => {
    judgeTable(stackVersions, byDefault);
  });
  describe('by parameter', () => {
    judgeTable(stackVersions, byParameter);
  });
});
