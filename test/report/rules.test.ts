import { describe, expect, it } from '@jest/globals';
import { constraint } from '../../src/constraints/constraint.ts';
import type { Rules } from '../../src/model/rules.ts';
import { overridesSheet, ruleEntries, rulesSheet, type LineOf } from '../../src/report/rules.ts';

const judge = () => [];
const high = constraint({
  code: 'stack-height',
  kind: 'complete',
  level: 'warn',
  summary: 'It is high.',
  parameters: { min_containers: 3, order: ['incremental', 'equal'] },
  choices: { order: ['incremental', 'equal', 'none'] },
  judge,
});
const plain = constraint({ code: 'ports', kind: 'correct', summary: 'They are unique.', judge });

const rules: Rules = {
  stages: ['prod'],
  settings: {
    'stack-height': { parameters: { min_containers: 0 } },
    ports: { level: 'off', parameters: {} },
  },
  overrides: [
    { services: 'legacy-*', reason: 'ticket 1', settings: { ports: { level: 'warn', parameters: {} } } },
    {
      services: 'legacy-shop',
      reason: 'ticket 2',
      settings: { 'stack-height': { level: 'error', parameters: { order: [] } }, ports: { parameters: {} } },
    },
  ],
};
const none: Rules = { stages: [], settings: {}, overrides: [] };

/** Says where a setting was looked for, in place of a line; nobody knows that of min_containers. */
const lineOf = ((keys: readonly PropertyKey[]) =>
  keys.includes('min_containers') ? null : keys.join('/')) as unknown as LineOf;

const shop = ruleEntries(rules, [high, plain], 'legacy-shop', lineOf);

describe('ruleEntries', () => {
  const words = ['incremental', 'equal', 'none'];
  const levels = ['error', 'warn', 'off'];

  it('have the default of each value where rules.yml says nothing', () => {
    const usual = { from: 'default', override: null };
    expect(ruleEntries(none, [high, plain], 'webapp', lineOf)).toEqual([
      {
        rule: 'stack-height',
        kind: 'complete',
        summary: 'It is high.',
        settings: [
          { name: 'level', value: 'warn', choices: levels, ...usual },
          { name: 'min_containers', value: 3, choices: [], ...usual },
          { name: 'order', value: ['incremental', 'equal'], choices: words, ...usual },
        ],
      },
      {
        rule: 'ports',
        kind: 'correct',
        summary: 'They are unique.',
        settings: [{ name: 'level', value: 'error', choices: levels, ...usual }],
      },
    ]);
  });

  it('have what rules.yml sets, and the line where it does', () => {
    const found = ruleEntries(rules, [high, plain], 'webapp', lineOf).flatMap(({ settings }) => settings);
    expect(found.map(({ name, value, from, override }) => [name, value, from, override])).toEqual([
      ['level', 'warn', 'default', null],
      ['min_containers', 0, 'rules.yml', null],
      ['order', ['incremental', 'equal'], 'default', null],
      ['level', 'off', 'rules.yml:rules/ports/level', null],
    ]);
  });

  it('have the last override that sets it for a service, with its reason', () => {
    const all = { services: 'legacy-*', reason: 'ticket 1' };
    const own = { services: 'legacy-shop', reason: 'ticket 2' };
    expect(shop.flatMap(({ settings }) => settings)).toEqual([
      {
        name: 'level',
        value: 'error',
        choices: levels,
        from: 'rules.yml:overrides/1/rules/stack-height/level',
        override: own,
      },
      { name: 'min_containers', value: 0, choices: [], from: 'rules.yml', override: null },
      {
        name: 'order',
        value: [],
        choices: words,
        from: 'rules.yml:overrides/1/rules/stack-height/order',
        override: own,
      },
      {
        name: 'level',
        value: 'warn',
        choices: levels,
        from: 'rules.yml:overrides/0/rules/ports/level',
        override: all,
      },
    ]);
  });

  it('have no override where no service is asked for', () => {
    const found = ruleEntries(rules, [plain], null, lineOf);
    expect(found.flatMap(({ settings }) => settings.map(({ value }) => value))).toEqual(['off']);
  });
});

describe('rulesSheet', () => {
  it('names a rule on the first of its lines, and the override with its reason', () => {
    expect(rulesSheet(shop)).toEqual({
      head: ['Rule', 'Kind', 'Setting', 'Value', 'From'],
      rows: [
        [
          ...['stack-height', 'complete', 'level', 'error'],
          'rules.yml:overrides/1/rules/stack-height/level (legacy-shop: ticket 2)',
        ],
        ['', '', 'min_containers', '0', 'rules.yml'],
        ['', '', 'order', 'none', 'rules.yml:overrides/1/rules/stack-height/order (legacy-shop: ticket 2)'],
        [
          ...['ports', 'correct', 'level', 'warn'],
          'rules.yml:overrides/0/rules/ports/level (legacy-*: ticket 1)',
        ],
      ],
    });
  });

  it('has lists with commas', () => {
    const { rows } = rulesSheet(ruleEntries(none, [high], null, lineOf));
    expect(rows.map((row) => row[3])).toEqual(['warn', '3', 'incremental, equal']);
  });
});

describe('overridesSheet', () => {
  it('has each override with its rules, its reason and its line', () => {
    expect(overridesSheet(rules, (keys) => (keys[1] === 0 && keys[0] === 'overrides' ? 12 : null))).toEqual({
      head: ['Override for', 'Rules', 'Reason', 'From'],
      rows: [
        ['legacy-*', 'ports', 'ticket 1', 'rules.yml:12'],
        ['legacy-shop', 'stack-height ports', 'ticket 2', 'rules.yml:?'],
      ],
    });
  });

  it('has no row where there is none', () => {
    expect(overridesSheet(none, () => null).rows).toEqual([]);
  });
});
