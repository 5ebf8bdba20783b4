import { describe, expect, it } from '@jest/globals';
import { compareAll } from './goals.ts';
import { scopes } from './scopes.ts';

/** `npm test` compares some more outside of jest (dist/prove), and `npm run prove -- --long` every pair of the states of four scopes. */
describe('the shortest ways to goals', () => {
  it.each([
    [
      'tags that move',
      ['a[1:2,4,6 2:2,4,6]{prod>0}', "a[1:2,2' 2:2,2']{prod>1}", 'a[1:6 2:6]{prod>0}', 'a[1:2]{}'],
      { found: 7, impossible: 1, longest: 2 },
    ],
    [
      'later only',
      ['a[1:2,4,6]{prod>0 qa>1}', 'a[1:4,6]{prod>0 qa>1}'],
      { found: 10, impossible: 2, longest: 1 },
    ],
    [
      'trees of two',
      ['a[1:2,4]{prod>0(a>b@*)};b[2:2,4]{}', 'a[1:2,4]{prod>0(a>b@1) prod>1(a>b@1)};b[2:2,4]{}'],
      { found: 6, impossible: 0, longest: 1 },
    ],
  ])('are legal, and none is shorter: %s', (name, texts, expected) => {
    const scope = scopes.find((one) => one.name === name);
    const tally = scope && compareAll(scope, texts, { starts: Infinity, now: () => 0 });
    expect(tally).toMatchObject({ wrong: [], states: texts.length, ...expected });
  });
});
