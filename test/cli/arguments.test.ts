import { describe, expect, it } from '@jest/globals';
import {
  parseDrainLimit,
  parseDrainLimitOrDefault,
  parseNameList,
  parseTargets,
} from '../../src/cli/arguments.ts';

/** What may not get through to a command, a path or HAProxy's configuration. */
const hostile = [
  ' ',
  '\n',
  '\r',
  '\t',
  '\0',
  '\u001b[31m',
  '"',
  "'",
  '`',
  '$(id)',
  ';',
  '#',
  '\\',
  '\u202e',
  'é',
];

describe('the targets of an external service', () => {
  it.each([
    ['prod=db.prod.example:5432', 'prod', 'db.prod.example', 5432],
    ['qa=192.0.2.40:1', 'qa', '192.0.2.40', 1],
    ['stage-2=localhost:65535', 'stage-2', 'localhost', 65535],
    ['dev=db:00080', 'dev', 'db', 80],
  ])('%s', (text, stage, host, port) => {
    const before = { stage: 'x', host: 'y', port: 1 };
    expect(parseTargets(text, undefined)).toEqual([{ stage, host, port }]);
    expect(parseTargets(text, [before])).toEqual([before, { stage, host, port }]);
  });

  it.each([
    ...['', 'prod', 'prod=', 'prod=db', 'prod=db:', '=db:1', 'prod=:1', 'db:1', 'prod:db=1', 'prod=db=x:1'],
    ...[
      'prod=db:0',
      'prod=db:65536',
      'prod=db:-1',
      'prod=db:1.5',
      'prod=db:0x10',
      'prod=db:1e3',
      'prod=db:1 ',
    ],
    ...[
      'prod=1.2.3.256:1',
      'prod=7:1',
      'prod=[::1]:1',
      'prod=::1:1',
      'prod=Db:1',
      'prod=db.:1',
      'prod=-db:1',
    ],
    ...['Prod=db:1', '-prod=db:1', `prod=${'a'.repeat(64)}:1`, `${'a'.repeat(41)}=db:1`, 'prod=http://db:1'],
    ...hostile.flatMap((text) => [
      `prod=db${text}:1`,
      `pr${text}od=db:1`,
      `prod=db:1${text}`,
      `${text}prod=db:1`,
    ]),
  ])('refuses %j', (text) => {
    expect(() => parseTargets(text, undefined)).toThrow(
      'Give STAGE=HOST:PORT, such as prod=db.prod.example:5432.',
    );
  });
});

describe('a list of names', () => {
  it.each([
    ['training', undefined, ['training']],
    ['training,db', undefined, ['training', 'db']],
    ['training,db', ['mail', 'db'], ['mail', 'db', 'training']],
    ['a,b,a', ['b'], ['b', 'a']],
  ])('%s after %j', (text, before, expected) => {
    expect(parseNameList(text, before)).toEqual(expected);
  });

  it.each(['', ',', 'a,', ',a', 'a,,b', 'A', ...hostile.map((text) => `a,b${text}`)])(
    'refuses %j',
    (text) => {
      expect(() => parseNameList(text, undefined)).toThrow('Use lower-case letters, digits and hyphens');
    },
  );
});

describe('a drain limit', () => {
  it('is seconds up to an hour', () => {
    expect(['0', '30', '3600'].map(parseDrainLimit)).toEqual([0, 30, 3600]);
    expect(['0', '3600', 'default'].map(parseDrainLimitOrDefault)).toEqual([0, 3600, 'default']);
  });

  it.each(['', '-1', '3601', '1.5', '30s', ' 30', 'none', 'Default'])('refuses %j', (text) => {
    expect(() => parseDrainLimit(text)).toThrow('Give a whole number from 0 to 3600.');
    expect(() => parseDrainLimitOrDefault(text)).toThrow('Give a whole number from 0 to 3600.');
  });

  it('is default only where one is changed', () => {
    expect(() => parseDrainLimit('default')).toThrow();
  });
});
