import { describe, expect, it } from '@jest/globals';
import { parseActor, parseMark, parseMoment } from '../../../src/cli/history/historyArguments.ts';
import { isAskedFor, type HistoryFilter } from '../../../src/cli/history/historyFilter.ts';

const entry = {
  ...{
    id: 7,
    command: 'pop webapp',
    actor: 'root@admin01 (sudo alice)',
    reason: null,
    message: null,
    revision: 6,
  },
  ...{ startedAt: '2026-11-21T05:36:58.123Z', finishedAt: '2026-11-21T05:37:01.000Z', status: 'done' },
  finishedBy: { actor: 'bob@admin02', command: 'resume 7' },
  services: [{ service: 'webapp', changes: [] }],
};

describe('the filter of the history', () => {
  const begun = Date.parse(entry.startedAt);
  it.each<[HistoryFilter, boolean]>([
    [{}, true],
    [{ service: 'webapp' }, true],
    [{ service: 'web%' }, true],
    [{ service: 'mail' }, false],
    [{ since: begun }, true],
    [{ since: begun + 1 }, false],
    [{ until: begun }, false],
    [{ until: begun + 1 }, true],
    [{ status: 'done' }, true],
    [{ status: 'undone' }, false],
    [{ actor: 'root' }, true],
    [{ actor: 'alice' }, true],
    [{ actor: 'root@admin01' }, true],
    [{ actor: '%@admin01' }, true],
    [{ actor: 'bob' }, true],
    [{ actor: 'ali' }, false],
    [{ actor: 'admin01' }, false],
    [{ actor: 'alice', status: 'undone' }, false],
  ])('%j is %s', (filter, isWanted) => {
    expect(isAskedFor(entry, filter)).toBe(isWanted);
  });

  it('leaves out no operation of which it is not known what it was about', () => {
    expect(isAskedFor({ ...entry, services: null }, { service: 'mail' })).toBe(true);
  });
});

describe('parseMoment', () => {
  it.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T14:30', '2026-11-21T14:30:00.000Z'],
    ['2026-11-21 14:30:05', '2026-11-21T14:30:05.000Z'],
    ['2026-11-21T14:30:05.250Z', '2026-11-21T14:30:05.250Z'],
    ['2026-11-21T14:30+01:00', '2026-11-21T13:30:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(new Date(parseMoment(text)).toISOString()).toBe(time);
  });

  it.each([
    ['30m', 30 * 60_000],
    ['12h', 12 * 3_600_000],
    ['7d', 7 * 86_400_000],
    ['2w', 14 * 86_400_000],
  ])('%s is so long ago', (text, ago) => {
    const before = Date.now();
    const moment = parseMoment(text);
    expect(moment).toBeGreaterThanOrEqual(before - ago);
    expect(moment).toBeLessThanOrEqual(Date.now() - ago);
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-02-31',
    '2026-11-21T25:00',
    '7y',
    '-7d',
    '2026-11-21T',
    '1\u001b[2J',
  ])('refuses %j', (text) => {
    expect(() => parseMoment(text)).toThrow('is no time: give 2026-11-21');
  });
});

describe('parseActor and parseMark', () => {
  it('take what the history prints', () => {
    expect(parseActor('alice@admin01')).toBe('alice@admin01');
    expect(parseMark(`12:${'a'.repeat(64)}`)).toEqual({ seq: 12, chain: 'a'.repeat(64) });
  });

  it.each(['', 'a b', '\u001b[2J', 'x'.repeat(101)])('refuse %j as a user', (text) => {
    expect(() => parseActor(text)).toThrow('is no user');
  });

  it.each(['12', '0:a', `12:${'A'.repeat(64)}`, `12:${'a'.repeat(63)}`])('refuse %j as an event', (text) => {
    expect(() => parseMark(text)).toThrow('is no event');
  });
});
