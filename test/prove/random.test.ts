import { describe, expect, it } from '@jest/globals';
import { tryMany } from './random.ts';

/** `npm test` walks some thousands more outside of jest (dist/prove), and `npm run prove -- --long` a million. */
describe('any sequence of commands', () => {
  it('is answered as the naive judge says, and every plan leads where it should', () => {
    const tally = tryMany(400, 7);
    expect(tally.wrong).toEqual([]);
    // It is not all refused: the sequences go somewhere.
    expect(tally.by.nobody).toBeGreaterThan(300);
    expect(tally.longest).toBeGreaterThan(30);
  });
});
