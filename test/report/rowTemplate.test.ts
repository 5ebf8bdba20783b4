import { describe, expect, it } from '@jest/globals';
import { fillTemplate, parseRowTemplate } from '../../src/report/rowTemplate.ts';

const kind = {
  name: 'service',
  columns: [
    { name: 'name', heading: 'Service', value: () => 'webapp' },
    { name: 'height', heading: 'Height', value: () => 3 },
    { name: 'uses', heading: 'Uses', value: () => null },
  ],
  entry: () => ({
    settings: { memory: 512, env: ['A', 'B'], health: { path: null } },
    stacks: [{ host: 'docker01' }],
    text: 'a\u001b[2Jb\nc',
  }),
};

const filled = (text: string): string => fillTemplate(parseRowTemplate(text), kind)({});

describe('a template for rows', () => {
  it.each([
    ['{{name}} {{height}}', 'webapp 3'],
    ['{{ name }}\\t{{uses}}.', 'webapp\t.'],
    ['a\\nb\\\\n\\x', 'a\nb\\n\\x'],
    ['{{settings.memory}} {{stacks.0.host}}', '512 docker01'],
    ['{{settings.env}} {{settings.env.1}}', '["A","B"] B'],
    ['{{settings.health.path}}{{stacks.7.host}}{{settings.nothing.more}}', ''],
    ['{{text}}', 'a\\u001b[2Jb\\nc'],
    ['{ {name} } }}', '{ {name} } }}'],
    ['', ''],
  ])('%j is %j', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it.each(['{{', '{{}}', '{{name', '{{a b}}', '{{name.}}', '{{#each}}', '{{{name}}}', '{{a()}}'])(
    'refuses %j',
    (text) => {
      expect(() => parseRowTemplate(text)).toThrow('is no field: write {{NAME}} or {{NAME.KEY}}');
    },
  );

  it.each(['nope', 'constructor', '__proto__', 'toString.name'])('knows of no field %s', (field) => {
    expect(() => filled(`{{${field}}}`)).toThrow(`a service has no field ${field}: there are name, height`);
  });

  it('asks for the field that may have been meant', () => {
    expect(() => filled('{{setings.memory}}')).toThrow(
      'a service has no field setings.memory: did you mean settings? There are name, height',
    );
  });

  it('reaches nothing that a value has by itself', () => {
    expect(filled('{{text.length}}{{stacks.length}}{{settings.constructor}}')).toBe('1');
  });
});
