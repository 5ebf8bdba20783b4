import { describe, expect, it } from '@jest/globals';
import { constraint, countedAlike } from '../../src/constraints/constraint.ts';
import type { Rules } from '../../src/model/rules.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { worldOf } from '../support/constraints.ts';

const plain = constraint({
  code: 'a-rule',
  kind: 'complete',
  summary: 'Nothing is asked.',
  judge: (_world, parametersOf) => [
    { service: null, object: 'it', fact: JSON.stringify(parametersOf('webapp')), remedy: 'none' },
  ],
});

const full = constraint({
  code: 'full-rule',
  kind: 'correct',
  concerns: 'standing',
  level: 'warn',
  summary: 'Everything is asked.',
  parameters: { least: 3, word: 'one' },
  choices: { word: ['one', 'two'] },
  judge: ({ state }, parametersOf) =>
    [...state.services.map(({ name }) => name), null].map((service) => ({
      service,
      object: service ?? 'all',
      fact: JSON.stringify(parametersOf(service)),
      remedy: '',
    })),
});

const rules: Rules = {
  ...ruleSet('full-rule', { least: 4 }),
  overrides: [
    { services: 'web*', reason: 'a test', settings: { 'full-rule': { parameters: { word: 'two' } } } },
    { services: 'web*', reason: 'a test', settings: { 'a-rule': { parameters: { least: 9 } } } },
  ],
};

describe('constraint', () => {
  it('has defaults', () => {
    expect(plain).toEqual({
      code: 'a-rule',
      kind: 'complete',
      concerns: 'serving',
      level: 'error',
      summary: 'Nothing is asked.',
      parameters: {},
      choices: {},
      judge: expect.any(Function),
    });
  });

  it('is what its definition says', () => {
    expect(full).toEqual({
      code: 'full-rule',
      kind: 'correct',
      concerns: 'standing',
      level: 'warn',
      summary: 'Everything is asked.',
      parameters: { least: 3, word: 'one' },
      choices: { word: ['one', 'two'] },
      judge: expect.any(Function),
    });
  });

  it('leaves out choices that are not given', () => {
    const choices = { word: undefined } as unknown as { word: readonly string[] };
    const { judge } = full;
    const rule = constraint({
      code: 'a',
      kind: 'correct',
      summary: 'A.',
      parameters: { word: '' },
      choices,
      judge,
    });
    expect(rule.choices).toEqual({});
    expect(Object.keys(rule.choices)).toEqual([]);
  });

  it.each<[string, Partial<Parameters<typeof worldOf>[1]>, string[]]>([
    [
      'its defaults',
      {},
      ['{"least":3,"word":"one"}', '{"least":3,"word":"one"}', '{"least":3,"word":"one"}'],
    ],
    [
      'rules.yml, and the overrides of each service',
      { rules },
      ['{"least":4,"word":"two"}', '{"least":4,"word":"one"}', '{"least":4,"word":"one"}'],
    ],
  ])('gives its judgement the parameters of %s', (_case, environment, expected) => {
    const world = worldOf(makeState({ webapp: {}, mail: {} }), environment);
    expect(full.judge(world).map(({ object, fact }) => `${object} ${fact}`)).toEqual(
      ['webapp', 'mail', 'all'].map((object, index) => `${object} ${expected[index] ?? ''}`),
    );
  });

  it('gives no parameters where it has none, but those an override sets', () => {
    const facts = [{}, { rules }].map(
      (environment) => plain.judge(worldOf(makeState(), environment))[0]?.fact,
    );
    expect(facts).toEqual(['{}', '{"least":9}']);
  });
});

describe('countedAlike', () => {
  it('gives each finding which one of its aspect it is', () => {
    const finding = (object: string, aspect?: string) => ({
      ...{ service: 'webapp', object, fact: 'it is', remedy: 'none' },
      ...(aspect === undefined ? {} : { aspect }),
    });
    const found = [
      finding('a', 'x'),
      finding('b'),
      finding('c', 'y'),
      finding('d', 'x'),
      finding('e'),
      finding('f', 'x'),
    ];
    expect(countedAlike(found)).toEqual(
      found.map((one, index) => ({ ...one, deficit: [1, 1, 1, 2, 2, 3][index] })),
    );
    expect(countedAlike([])).toEqual([]);
  });
});
