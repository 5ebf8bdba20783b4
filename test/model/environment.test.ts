import { describe, expect, it } from '@jest/globals';
import { imageOf, type ImageFact } from '../../src/model/environment.ts';

const there: ImageFact = { version: 'v1', host: 'docker01', digest: 'one', created: null };
const other: ImageFact = { version: 'v1', host: 'docker02', digest: 'other', created: null };
const pulled: ImageFact = { version: 'v2', host: null, digest: 'two', created: '2026-11-20T10:00:00.000Z' };

describe('imageOf', () => {
  it.each([
    ['v1', 'docker01', there],
    ['v1', 'docker02', other],
    ['v1', 'docker03', undefined],
    ['v2', 'docker01', pulled],
    ['v2', 'docker03', pulled],
    ['v3', 'docker01', undefined],
  ])('of %s on %s is %p', (version, host, expected) => {
    expect(imageOf({ images: [there, other, pulled], now: 0 }, version, host)).toBe(expected);
  });

  it('is nothing where nothing was looked up', () => {
    expect(imageOf({ images: [], now: 0 }, 'v1', 'docker01')).toBeUndefined();
  });
});
