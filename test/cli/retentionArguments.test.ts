import { describe, expect, it } from '@jest/globals';
import { parseRetain, retentionTyped } from '../../src/cli/retentionArguments.ts';

describe('--retain', () => {
  it.each([
    ['1', { by: 'count', limit: 1 }],
    ['100', { by: 'count', limit: 100 }],
    ['45s', { by: 'seconds', limit: 45 }],
    ['30m', { by: 'seconds', limit: 1800 }],
    ['2h', { by: 'seconds', limit: 7200 }],
    ['366d', { by: 'seconds', limit: 31_622_400 }],
  ])('%s', (text, expected) => {
    expect(parseRetain(text)).toEqual(expected);
  });

  it.each(['0', '101', '0h', '367d', '-1', '1.5h', '2 h', 'h', '', '2w', '1h30m', '9999999s'])(
    'refuses %p',
    (text) => {
      expect(() => parseRetain(text)).toThrow('Give a number from 1 to 100, or a time such as 30m, 2h or 7d');
    },
  );
});

describe('what was typed', () => {
  it.each([
    [{}, undefined],
    [{ retain: false }, null],
    [{ retain: { by: 'count', limit: 2 } }, { by: 'count', limit: 2, warm: false }],
    [
      { retain: { by: 'seconds', limit: 60 }, warm: true },
      { by: 'seconds', limit: 60, warm: true },
    ],
  ] as const)('%j', (typed, expected) => {
    expect(retentionTyped(typed)).toEqual(expected);
  });

  it.each([{ warm: true }, { warm: true, retain: false }] as const)('%j says nothing by itself', (typed) => {
    expect(() => retentionTyped(typed)).toThrow('give --retain with it, such as --retain 1');
  });
});
