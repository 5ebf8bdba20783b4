import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, parseVersion } from '../../src/model/version.ts';
import { defaultOrder, sortTags } from '../../src/model/versionOrder.ts';

describe('compareVersions', () => {
  it.each([
    ['v0.9', 'v0.10'],
    ['v0.1', 'v0.2'],
    ['v1', 'v1.0.1'],
    ['1.9.9', '1.10.0'],
    ['0.1', 'v0.2'],
    ['1.2.0-rc1', '1.2'],
    ['1.2.0-rc.1', '1.2.0-rc.2'],
    ['v1.2-alpha', 'v1.2-beta'],
    ['9', '10'],
    ['v2.0.0', 'v11'],
    ['v20261119', 'v20261120'],
    ['20261120.1', '20261120.2'],
    ['12345', '12346'],
    ['1.0.9', '1.0.10'],
    ['1.2-3', '1.2'],
    ['v1-rc-1', 'v1'],
  ])('says that %s is earlier than %s', (earlier, later) => {
    expect(compareVersions(earlier, later)).toBeLessThan(0);
    expect(compareVersions(later, earlier)).toBeGreaterThan(0);
  });

  it.each([
    ['v1.0', '1.0.0'],
    ['v1', '1'],
    ['1.2-rc1', 'v1.2.0-rc1'],
    ['latest', 'latest'],
    ['0a1b2c3', '0a1b2c3'],
  ])('says that %s and %s are the same', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  it.each([
    'latest',
    'stable',
    '0a1b2c3d',
    '1234567',
    '20261120',
    '2026-11-20',
    '2026-09-01',
    'vv1',
    'v',
    '1.2.3.4',
    '',
  ])('gives %p no order', (tag) => {
    expect(parseVersion(tag)).toBeNull();
    expect(compareVersions(tag, 'v1.0')).toBeNull();
    expect(compareVersions('v1.0', tag)).toBeNull();
  });

  it.each([['v1.02'], ['1.0.0\n'], [' 1.0'], ['1.0;'], ['v99999999999999999999']])(
    'gives the malformed %p no order',
    (tag) => {
      expect(parseVersion(tag)).toBeNull();
    },
  );
});

describe('sortTags', () => {
  const sortVersions = (tags: readonly string[]): string[] => sortTags(defaultOrder, tags);

  it('sorts from the earliest to the latest, and puts tags without an order first, by name', () => {
    const tags = ['v0.10', 'latest', 'v0.9', 'v1.0', 'abc', 'v1.0-rc1', '1.0'];
    expect(sortVersions(tags)).toEqual(['abc', 'latest', 'v0.9', 'v0.10', 'v1.0-rc1', '1.0', 'v1.0']);
  });

  it.each([[['abc', 'latest', 'main']], [['main', 'latest', 'abc']]])('sorts %j by name', (tags) => {
    expect(sortVersions(tags)).toEqual(['abc', 'latest', 'main']);
  });

  const tag = fc.oneof(
    fc
      .tuple(fc.constantFrom('', 'v'), fc.nat(12), fc.nat(12), fc.constantFrom('', '-rc1', '-beta.2'))
      .map(([prefix, major, minor, end]) => `${prefix}${major}.${minor}${end}`),
    fc.constantFrom('latest', 'main', 'deadbee', '20261120'),
  );

  it('has one answer for every order of the same tags, and loses none', () => {
    fc.assert(
      fc.property(fc.array(tag), fc.func(fc.integer()), (tags, key) => {
        const shuffled = [...tags].sort((a, b) => key(a) - key(b));
        expect(sortVersions(shuffled)).toEqual(sortVersions(tags));
        expect([...sortVersions(tags)].sort()).toEqual([...tags].sort());
      }),
    );
  });

  it('never puts a later version before an earlier one', () => {
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        const sorted = sortVersions(tags);
        for (const [index, upper] of sorted.slice(1).entries()) {
          expect(compareVersions(sorted[index] ?? '', upper) ?? 0).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('leaves its input as it was', () => {
    const tags = Object.freeze(['v2', 'v1']);
    expect(sortVersions(tags)).toEqual(['v1', 'v2']);
    expect(tags).toEqual(['v2', 'v1']);
  });

  it('sorts by the order of the service, and keeps what has no place in it', () => {
    const byDate = { by: 'date', date: 'DD.MM.YYYY' };
    expect(sortTags(byDate, ['v1', '02.01.2026', 'abc', '01.02.2026', '31.12.2025'])).toEqual([
      ...['abc', 'v1', '31.12.2025', '02.01.2026', '01.02.2026'],
    ]);
    expect(sortTags({ ...byDate, by: 'created' }, ['v2', 'v10', 'v1'])).toEqual(['v1', 'v10', 'v2']);
  });

  it('sorts equal versions by name', () => {
    const tags = ['v1.0', '1.0.0', 'v1', '1.0'];
    expect(sortVersions(tags)).toEqual(['1.0', '1.0.0', 'v1', 'v1.0']);
  });
});
