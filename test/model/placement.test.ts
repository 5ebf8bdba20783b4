import { describe, expect, it } from '@jest/globals';
import { hasLabel, wantedLabels } from '../../src/model/placement.ts';
import { defaultRules, type Rules } from '../../src/model/rules.ts';
import { makeHost, ruleSet } from '../support/makeState.ts';

describe('wantedLabels', () => {
  const general = ruleSet('host-labels', { required: ['zone=a'] });
  const overridden: Rules = {
    ...general,
    overrides: [
      {
        services: 'db*',
        reason: 'it is slow',
        settings: { 'host-labels': { parameters: { preferred: ['disk=ssd'] } } },
      },
    ],
  };

  it.each<[string, Rules, string, ReturnType<typeof wantedLabels>]>([
    ['none unless rules.yml says so', defaultRules, 'db', { required: [], preferred: [] }],
    ['those of the rule', overridden, 'webapp', { required: ['zone=a'], preferred: [] }],
    ['those of an override', overridden, 'db1', { required: ['zone=a'], preferred: ['disk=ssd'] }],
  ])('are %s', (_case, rules, service, expected) => {
    expect(wantedLabels(rules, service)).toEqual(expected);
  });
});

describe('hasLabel', () => {
  const host = makeHost('docker01', { labels: { disk: 'ssd', zone: '', path: 'a=b=c' } });

  it.each(['disk', 'disk=ssd', 'zone', 'zone=', 'path=a=b=c'])('has %s', (wanted) => {
    expect(hasLabel(host, wanted)).toBe(true);
  });

  it.each(['', 'ssd', 'disk=', 'disk=hdd', 'zone=a', 'path=a', 'rack', 'rack=', 'toString', '__proto__'])(
    'does not have %p',
    (wanted) => {
      expect(hasLabel(host, wanted)).toBe(false);
    },
  );
});
