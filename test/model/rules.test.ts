import { describe, expect, it } from '@jest/globals';
import { levelFor, matchesPattern, parametersFor, type Rules } from '../../src/model/rules.ts';

describe('matchesPattern', () => {
  it.each([
    ['webapp', 'webapp'],
    ['web*', 'webapp'],
    ['web%', 'webapp'],
    ['*app', 'webapp'],
    ['w*p', 'webapp'],
    ['*', 'webapp'],
    ['%', ''],
    ['a*b*c', 'a-b-b-c'],
    ['web**', 'web'],
    ['webapp*', 'webapp'],
    ['web?pp', 'webapp'],
    ['??????', 'webapp'],
    ['w?b*?p', 'webapp'],
    ['*a?p*', 'webapp2'],
  ])('%p matches %p', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(true);
  });

  it.each([
    ['web', 'webapp'],
    ['app', 'webapp'],
    ['web*', 'xweb'],
    ['w.bapp', 'webapp'],
    ['web+', 'webb'],
    ['(webapp)', 'webapp'],
    ['[w]ebapp', 'webapp'],
    ['webapp|other', 'webapp'],
    ['^webapp$', 'webapp'],
    ['webap?', 'weba'],
    ['webapp?', 'webapp'],
    ['*?webapp', 'webapp'],
    ['w?*?*?*?*?*?p', 'webapp'],
    ['\\w*', 'webapp'],
    ['a{1}', 'a'],
    ['ab*ba', 'aba'],
    ['', 'webapp'],
    ['a*b*c', 'a-c'],
    ['a*b*b*c', 'a-b-c'],
    ['ab*b*c', 'ab-c'],
    ['a*c*bc', 'a-bc'],
  ])('%p does not match %p', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(false);
  });

  it.each(['.', '+', '^', '$', '{', '}', '(', ')', '|', '[', ']', '\\', '/', '-'])(
    'takes %p literally',
    (character) => {
      expect(matchesPattern(`a${character}*`, `a${character}b`)).toBe(true);
    },
  );

  it('answers at once, however many wildcards a pattern has', () => {
    const started = performance.now();
    expect(matchesPattern(`${'%a'.repeat(6)}b`, 'a'.repeat(90))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

const rules: Rules = {
  stages: ['prod'],
  settings: { 'stack-height': { level: 'warn', parameters: { min_containers: 4 } } },
  overrides: [
    {
      services: 'legacy-*',
      reason: 'its hosts are replaced this week',
      settings: { 'stack-height': { level: 'off', parameters: {} }, names: { parameters: {} } },
    },
    {
      services: 'legacy-shop',
      reason: 'the shop must not be low',
      settings: { 'stack-height': { level: 'error', parameters: { min_containers: 5 } } },
    },
  ],
};

describe('levelFor', () => {
  it.each([
    ['a rule that rules.yml does not name', 'ports', 'webapp', 'error'],
    ['a rule that it sets', 'stack-height', 'webapp', 'warn'],
    ['no service at all', 'stack-height', null, 'warn'],
    ['a service that an override matches', 'stack-height', 'legacy-mail', 'off'],
    ['a service that two match: the last wins', 'stack-height', 'legacy-shop', 'error'],
    ['an override that gives no level', 'names', 'legacy-mail', 'error'],
  ])('%s', (_case, code, service, level) => {
    expect(levelFor(rules, code, service)).toBe(level);
  });
});

describe('parametersFor', () => {
  const defaults = { min_containers: 3, order: 'any' };

  it.each([
    ['webapp', { min_containers: 4, order: 'any' }],
    ['legacy-mail', { min_containers: 4, order: 'any' }],
    ['legacy-shop', { min_containers: 5, order: 'any' }],
  ])('adds up the defaults, rules.yml and the overrides for %s', (service, expected) => {
    expect(parametersFor(rules, 'stack-height', service, defaults)).toEqual(expected);
    expect(defaults).toEqual({ min_containers: 3, order: 'any' });
  });
});
