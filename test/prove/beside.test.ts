import { describe, expect, it } from '@jest/globals';
import { tryBeside } from './beside.ts';

describe('operations that run side by side', () => {
  it('lead to a right state, whichever of them come to their end', () => {
    const { wrong, pairs, most } = tryBeside(250, 20_261_121);
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(40);
    expect(most).toBeGreaterThan(1);
  });
});
