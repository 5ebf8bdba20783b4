import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText } from '../../src/model/canonical.ts';

describe('canonicalText', () => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [7, '7'],
    ['a', '"a"'],
    [[3, 1, 2], '[3,1,2]'],
    [{}, '{}'],
    [{ b: 1, a: 2, c: 3 }, '{"a":2,"b":1,"c":3}'],
    [{ b: { d: null, c: [{ f: 1, e: 2 }] }, a: false }, '{"a":false,"b":{"c":[{"e":2,"f":1}],"d":null}}'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalText(value)).toBe(text);
  });

  it('is the same for the same value, and tells it back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.func(fc.integer()), (value, key) => {
        const entries = Object.entries(value).sort(([a], [b]) => key(a) - key(b));
        expect(canonicalText(Object.fromEntries(entries))).toBe(canonicalText(value));
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
