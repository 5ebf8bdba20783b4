import { describe, expect, it } from '@jest/globals';
import { lookAt, nothingSpread, watchSpread } from './spread.ts';

const expected = { 'webapp v1 …': 0.9, 'webapp v2 …': 0.1 };
const seen = (first: number, second: number) => ({ 'webapp v1 …': first, 'webapp v2 …': second });

describe('shares', () => {
  it.each([
    ['just as said', seen(900, 100), { isComplete: true, wrong: [] }],
    ['a little off', seen(870, 130), { isComplete: true, farthest: expect.closeTo(3), wrong: [] }],
    [
      'all to one',
      seen(200, 0),
      {
        isComplete: false,
        wrong: [
          'prod was answered 200 of 200 times by webapp v1 …, whose share is 90 %',
          'prod was answered 0 of 200 times by webapp v2 …, whose share is 10 %',
        ],
      },
    ],
    [
      'even, as if there were no weights',
      seen(100, 100),
      {
        isComplete: true,
        wrong: [
          'prod was answered 100 of 200 times by webapp v1 …, whose share is 90 %',
          'prod was answered 100 of 200 times by webapp v2 …, whose share is 10 %',
        ],
      },
    ],
    [
      'too few answers',
      seen(150, 20),
      { isComplete: false, wrong: ['prod gave 170 answers in 20 s, too few to judge shares by'] },
    ],
  ])('%s', (_what, counts, look) => {
    expect(lookAt('prod', expected, counts)).toMatchObject(look);
  });

  it('are waited for until there are answers enough, and added to what was watched before', async () => {
    let asked = 0;
    const answers = () => Promise.resolve({ prod: seen(90 * ++asked, 10 * asked), qa: seen(0, 7) });
    const first = await watchSpread({ answers }, { prod: expected }, nothingSpread);
    expect(first).toEqual({
      spread: { watched: 1, complete: 1, wrong: 0, farthest: expect.closeTo(0) },
      wrong: [],
    });
    expect(asked).toBe(2);
    const { spread } = await watchSpread({ answers }, { prod: expected }, first.spread);
    expect(spread).toMatchObject({ watched: 2, complete: 2, wrong: 0 });
    const other = await watchSpread({ answers }, { prod: { ...expected, 'webapp v3 …': 0 } }, spread);
    expect(other.spread).toMatchObject({ watched: 3, complete: 2, wrong: 1 });
  });

  it('are nothing to wait for where no endpoint spreads', async () => {
    const answers = () => Promise.reject(new Error('asked'));
    expect(await watchSpread({ answers }, {}, nothingSpread)).toEqual({ spread: nothingSpread, wrong: [] });
  });
});
