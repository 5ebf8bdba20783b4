import { describe, expect, it } from '@jest/globals';
import {
  compareInOrder,
  defaultOrder,
  isDatePattern,
  parseDate,
  whyUnordered,
  type Orderable,
  type VersionOrder,
} from '../../src/model/versionOrder.ts';

const early = '2026-11-20T10:00:00.000Z';
const late = '2026-11-20T10:00:01.000Z';
const semver: VersionOrder = defaultOrder;
const created: VersionOrder = { by: 'created', date: 'YYYYMMDD' };
const date: VersionOrder = { by: 'date', date: 'YYYYMMDD' };
const counted: VersionOrder = { by: 'date', date: 'build-DD.MM.YYYY.N' };

const tag = (version: string, time: string | null = null): Orderable => ({ version, created: time });

it('is semantic unless rules.yml says otherwise', () => {
  expect(defaultOrder).toEqual({ by: 'semver', date: 'YYYYMMDD' });
});

describe('compareInOrder', () => {
  it.each<[string, VersionOrder, Orderable, Orderable]>([
    ['semantic versions', semver, tag('v0.9', late), tag('v0.10', early)],
    ['the times of images, whatever their tags', created, tag('v2', early), tag('v1', late)],
    ['years', date, tag('20251231'), tag('20260101')],
    ['months', date, tag('20260131', late), tag('20260201', early)],
    ['days', date, tag('20260109'), tag('20260110')],
    [
      'the year before the day that stands in front of it',
      counted,
      tag('build-31.12.2025.1'),
      tag('build-01.01.2026.1'),
    ],
    [
      'the month before the day that stands in front of it',
      counted,
      tag('build-31.01.2026.1'),
      tag('build-01.02.2026.1'),
    ],
    ['counters as numbers, last of all', counted, tag('build-01.01.2026.9'), tag('build-01.01.2026.10')],
  ])('tells %s', (_case, order, a, b) => {
    expect(compareInOrder(order, a, b)).toBeLessThan(0);
    expect(compareInOrder(order, b, a)).toBeGreaterThan(0);
  });

  it.each<[string, VersionOrder, Orderable, Orderable]>([
    ['the same semantic version', semver, tag('v1'), tag('1.0.0')],
    ['the same date', date, tag('20260101', early), tag('20260101', late)],
    ['the same date in other words', { by: 'date', date: 'YYYY.N' }, tag('2026.01'), tag('2026.1')],
    ['the same tag, though it is no date', date, tag('latest'), tag('latest')],
    ['the same tag of the same time', created, tag('v1', early), tag('v1', early)],
  ])('says that %s is equal', (_case, order, a, b) => {
    expect(compareInOrder(order, a, b)).toBe(0);
  });

  it.each<[string, VersionOrder, Orderable, Orderable]>([
    ['a tag without a semantic version', semver, tag('latest', early), tag('v1', late)],
    ['a tag that is no date', date, tag('latest'), tag('20260101')],
    ['two images of the same second', created, tag('v1', early), tag('v2', early)],
    ['an image of an unknown time', created, tag('v1'), tag('v2', late)],
  ])('cannot tell %s', (_case, order, a, b) => {
    expect(compareInOrder(order, a, b)).toBeNull();
    expect(compareInOrder(order, b, a)).toBeNull();
  });
});

describe('whyUnordered', () => {
  it.each<[VersionOrder, Orderable, string | null]>([
    [semver, tag('v1.2'), null],
    [semver, tag('latest', early), 'latest has no order'],
    [date, tag('20260101'), null],
    [date, tag('v1.2', early), 'v1.2 is no date like YYYYMMDD'],
    [created, tag('abc', early), null],
    [created, tag('v1.2'), 'it is not known when the image of v1.2 was made'],
  ])('by %j, of %j: %p', (order, given, expected) => {
    expect(whyUnordered(order, given)).toBe(expected);
  });
});

describe('isDatePattern', () => {
  it.each(['YYYY', 'YYYYMMDD', 'build-YYYY-MM-DD.N', 'DD.MM.YYYY', 'YYYYMMDDThhmmss'])(
    'takes %s',
    (pattern) => {
      expect(isDatePattern(pattern)).toBe(true);
    },
  );

  it.each(['', 'MMDD', 'YYY', 'YYYYYYYY', 'YYYYMM-MM', 'YYYY-N.N', 'latest'])('refuses %p', (pattern) => {
    expect(isDatePattern(pattern)).toBe(false);
  });
});

describe('parseDate', () => {
  it.each<[string, string, number[]]>([
    ['YYYY', '2026', [2026]],
    ['YYYYMMDD', '20261120', [2026, 11, 20]],
    ['DD.MM.YYYY', '20.11.2026', [2026, 11, 20]],
    ['YYYYMMDDThhmmss', '20261120T235960', [2026, 11, 20, 23, 59, 60]],
    ['ss-mm-hh N MM YYYY', '00-00-00 0 01 0000', [0, 1, 0, 0, 0, 0]],
    ['build-YYYY-MM-DD.N', 'build-2026-11-20.7', [2026, 11, 20, 7]],
    ['YYYY.N', '2026.123456789', [2026, 123456789]],
    ['YYYY-MM', '2026-12', [2026, 12]],
    ['YYYY-DD', '2026-31', [2026, 31]],
  ])('by %s, reads %s from the largest to the smallest', (pattern, given, expected) => {
    expect(parseDate(pattern, given)).toEqual(expected);
  });

  it.each([
    ['YYYYMMDD', 'latest'],
    ['YYYYMMDD', ''],
    ['YYYYMMDD', '2026112'],
    ['YYYYMMDD', '202611200'],
    ['YYYYMMDD', 'v20261120'],
    ['YYYYMMDD', '20261120\n'],
    ['YYYYMMDD', '20261320'],
    ['YYYYMMDD', '20260020'],
    ['YYYYMMDD', '20261132'],
    ['YYYYMMDD', '20261100'],
    ['YYYYhh', '202624'],
    ['YYYYmm', '202660'],
    ['YYYYss', '202661'],
    ['YYYY.N', '2026.'],
    ['YYYY.N', '2026.1234567890'],
    ['YYYY.MM', '2026x11'],
  ])('by %s, does not take %p for a date', (pattern, given) => {
    expect(parseDate(pattern, given)).toBeNull();
  });

  it.each(Array.from('.*+?^${}()|[]\\/-'))('takes a %s of the pattern literally', (character) => {
    expect(parseDate(`a${character}YYYY`, `a${character}2026`)).toEqual([2026]);
    expect(parseDate(`a${character}YYYY`, 'a2026')).toBeNull();
    expect(parseDate(`a${character}YYYY`, 'aa2026')).toBeNull();
  });
});
