import { describe, expect, it } from '@jest/globals';
import {
  parseDrainLimit,
  parseDrainLimitOrDefault,
  parseNameList,
  parsePercentage,
  parseShares,
  parseTargets,
  parseWeight,
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

describe('a weight', () => {
  it.each([
    ['0=90', 0, 90],
    ['1000=256', 1000, 256],
    ['2=0', 2, 0],
  ])('%s', (text, position, weight) => {
    const before = { position: 7, weight: 1 };
    expect(parseWeight(text, undefined)).toEqual([{ position, weight }]);
    expect(parseWeight(text, [before])).toEqual([before, { position, weight }]);
  });

  it.each([
    ...[
      '',
      '0',
      '=1',
      '0=',
      '0=257',
      '-1=5',
      '0=-1',
      '0.5=1',
      '0=1.5',
      '0=1=2',
      '0=1,1=2',
      'a=1',
      '0=10%',
      '12345=1',
    ],
    ...hostile.flatMap((text) => [`0=1${text}`, `${text}0=1`, `0${text}=1`]),
  ])('refuses %j', (text) => {
    expect(() => parseWeight(text, undefined)).toThrow(
      'Give POSITION=WEIGHT, such as 1=10; weights go from 0 to 256.',
    );
  });
});

describe('the shares of a canary', () => {
  it.each([
    ['5,25,50,100', [5, 25, 50, 100]],
    ['100', [100]],
    ['1', [1]],
  ])('%s', (text, expected) => {
    expect(parseShares(text)).toEqual(expected);
  });

  it.each([
    ...['', ',', '5,', '0', '0,5', '101', '5,5', '25,5', '5,,25', '5, 25', '5%', '0.5', '-5', '1e1'],
    ...hostile.map((text) => `5,25${text}`),
  ])('refuses %j', (text) => {
    expect(() => parseShares(text)).toThrow('Give rising percentages, such as 5,25,50,100.');
  });
});

describe('a percentage', () => {
  it.each([
    ['1', 0.01],
    ['0', 0],
    ['0.5', 0.005],
    ['2.125%', 0.02125],
    ['100%', 1],
  ])('%s', (text, share) => {
    expect(parsePercentage(text)).toBeCloseTo(share, 10);
  });

  it.each(['', '-1', '100.1', '101', '.5', '5.', '1e1', '1 %', '%', ...hostile.map((text) => `1${text}`)])(
    'refuses %j',
    (text) => {
      expect(() => parsePercentage(text)).toThrow('Give a percentage from 0 to 100, such as 0.5.');
    },
  );
});
