import { describe, expect, it } from '@jest/globals';
import { readRules, rulesLines } from '../../src/config/config.ts';
import { constraints } from '../../src/constraints/all.ts';
import { UserError } from '../../src/model/errors.ts';
import { defaultRules, levelFor, parametersFor, type Rules } from '../../src/model/rules.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();

function rulesOf(text: string): Rules {
  fileIn(directory, 'rules.yml', text);
  return readRules(directory);
}

describe('rules.yml', () => {
  it('sets levels, parameters, stages and overrides', () => {
    const rules = rulesOf(`
stages: [prod, dev]
rules:
  stack-height: { level: warn, min_containers: 5 }
  stack-versions: { order: [incremental] }
overrides:
  - services: legacy-*
    reason: a host is being replaced
    rules: { stack-twins: { level: off } }
`);
    expect(rules).toEqual({
      stages: ['prod', 'dev'],
      settings: {
        'stack-height': { level: 'warn', parameters: { min_containers: 5 } },
        'stack-versions': { parameters: { order: ['incremental'] } },
      },
      overrides: [
        {
          services: 'legacy-*',
          reason: 'a host is being replaced',
          settings: { 'stack-twins': { level: 'off', parameters: {} } },
        },
      ],
    });
  });

  it('has all defaults where it is empty, and where there is none', () => {
    expect(rulesOf('')).toEqual(defaultRules);
    expect(readRules(`${directory}/nowhere`)).toEqual(defaultRules);
  });

  it.each([
    [
      'an unknown rule',
      'rules:\n  stack-hight:\n    level: warn\n',
      'rules.yml:2: rules.stack-hight: there is no such setting',
    ],
    [
      'an unknown parameter',
      'rules:\n  stack-height:\n    level: warn\n    least: 3\n',
      'rules.yml:4: rules.stack-height.least: there is no such setting',
    ],
    [
      "another rule's parameter",
      'rules: { stack-twins: { min_containers: 3 } }\n',
      'rules.yml:1: rules.stack-twins.min_containers: there is no such setting',
    ],
    ['an unknown level', 'rules:\n  ports:\n    level: fatal\n', 'rules.yml:3: rules.ports.level: '],
    ['a level alone', 'rules:\n  ports: off\n', 'rules.yml:2: rules.ports: '],
    ['a number below 0', 'rules: { stack-height: { min_containers: -1 } }\n', 'min_containers: '],
    ['a number in words', 'rules: { stack-height: { min_containers: three } }\n', 'min_containers: '],
    ['a fraction', 'rules: { stack-height: { min_containers: 2.5 } }\n', 'min_containers: '],
    ['an unknown choice', 'rules: { stack-versions: { unordered: maybe } }\n', 'unordered: '],
    ['an unknown choice in a list', 'rules: { stack-versions: { order: [decreasing] } }\n', 'order.0: '],
    ['no list', 'rules: { version-pinned: { floating: latest } }\n', 'floating: '],
    ['no stage', 'stages: []\n', 'rules.yml:1: stages: '],
    ['a stage twice', 'stages: [prod, prod]\n', 'each stage stands once'],
    ['a stage that is no name', 'stages: [Prod!]\n', 'a stage has a name of lower-case letters'],
    [
      'an override without a reason',
      "overrides:\n  - services: '*'\n    rules: {}\n",
      'overrides.0.reason: ',
    ],
    [
      'an override of anything',
      'overrides: [{ services: "a b", reason: x, rules: {} }]\n',
      "give a service's name",
    ],
    [
      'an unknown rule in an override',
      'overrides:\n  - services: a\n    reason: b\n    rules:\n      no-such:\n        level: off\n',
      'rules.yml:5: overrides.0.rules.no-such: there is no such setting',
    ],
    ...['MMDD', 'YYYYYYYY', 'latest', `YYYY${'-'.repeat(61)}`].map((date): [string, string, string] => [
      `the date pattern ${date}`,
      `rules:\n  stack-versions:\n    date: ${date}\n`,
      'rules.yml:3: rules.stack-versions.date: ',
    ]),
    [
      'a date pattern, with what to give',
      'rules: { stack-versions: { date: MMDD } }\n',
      'give a pattern such as YYYYMMDD or build-YYYY-MM-DD.N, each field once',
    ],
    ['an unknown order', 'rules: { stack-versions: { by: age } }\n', 'rules.stack-versions.by: '],
    ['an unknown count', 'rules: { tree-count: { count: all } }\n', 'rules.tree-count.count: '],
    ...['', '=a', 'a b', 'a=b=c', 'a=b c', 'a'.repeat(64), `a=${'b'.repeat(64)}`].flatMap((label) =>
      ['required', 'preferred'].map((list): [string, string, string] => [
        `the ${list} label "${label}"`,
        `rules:\n  host-labels:\n    ${list}: ["${label}"]\n`,
        `rules.yml:3: rules.host-labels.${list}.0: give KEY=VALUE or KEY`,
      ]),
    ),
    ['no list of labels', 'rules: { host-labels: { required: disk } }\n', 'rules.host-labels.required: '],
  ])('refuses %s with file and line', (_case, text, expected) => {
    expect(() => rulesOf(text)).toThrow(UserError);
    expect(() => rulesOf(text)).toThrow(expected);
  });
});

describe('rules.yml: what words look like', () => {
  it.each([
    [{ 'stack-versions': { date: 'build-DD.MM.YYYY.N', by: 'date', unordered: 'warn' } }],
    [{ 'stack-versions': { date: `YYYY${'-'.repeat(60)}`, by: 'created' } }],
    [{ 'tree-count': { count: 'endpoints' } }],
    [
      {
        'host-labels': {
          required: ['disk', 'disk=', 'zone=a/b:c.d_e-f', `${'k'.repeat(63)}=${'v'.repeat(63)}`],
        },
      },
    ],
    [{ 'host-labels': { required: [], preferred: ['A.b_c-1=2'] } }],
  ])('takes %j', (given) => {
    const [[code, parameters] = ['', {}]] = Object.entries<object>(given);
    const rules = rulesOf(JSON.stringify({ rules: given }));
    expect(rules.settings).toEqual({ [code]: { parameters } });
  });
});

describe('rulesLines', () => {
  it('tell where a setting stands, and that others do not', () => {
    fileIn(
      directory,
      'rules.yml',
      [
        '# A comment.',
        'stages: [prod]',
        'rules:',
        '  stack-height: { level: warn,',
        '    min_containers: 5 }',
        'overrides:',
        '  - services: legacy-*',
        '    reason: a test',
        '    rules:',
        '      ports: { level: off }',
        '  - services: shop',
        '    reason: a test',
        '    rules: {}',
        '',
      ].join('\n'),
    );
    const lineOf = rulesLines(directory);
    expect([
      lineOf(['stages']),
      lineOf(['rules', 'stack-height', 'level']),
      lineOf(['rules', 'stack-height', 'min_containers']),
      lineOf(['overrides', 0]),
      lineOf(['overrides', 0, 'rules', 'ports', 'level']),
      lineOf(['overrides', 1]),
      lineOf(['overrides', 1, 'rules']),
    ]).toEqual([2, 4, 5, 7, 10, 11, 13]);
    for (const keys of [['rules', 'ports'], ['rules', 'ports', 'level'], ['overrides', 2], ['nothing']])
      expect(lineOf(keys)).toBeNull();
  });

  it('stand nowhere where there is no file', () => {
    expect(rulesLines(`${directory}/nowhere`)(['stages'])).toBeNull();
  });
});

describe('the reference etc/rules.yml', () => {
  const reference = readRules(new URL('../../etc', import.meta.url).pathname);

  it('says what holds without it, rule by rule', () => {
    expect(reference.stages).toEqual(defaultRules.stages);
    expect(reference.overrides).toEqual(defaultRules.overrides);
    expect(Object.keys(reference.settings).sort()).toEqual(constraints.map((rule) => rule.code).sort());
    for (const { code, level, parameters } of constraints) {
      expect(reference.settings[code]).toEqual({
        level: levelFor(defaultRules, code, null, level),
        parameters,
      });
      expect(parametersFor(reference, code, 'any', parameters)).toEqual(parameters);
    }
  });
});
