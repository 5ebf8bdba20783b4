import { describe, expect, it } from '@jest/globals';
import {
  isAtLeast,
  judgeClock,
  judgeSpace,
  judgeValidity,
  judgeVersion,
} from '../../../src/cli/doctor/thresholds.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const days = (count: number): number => now + count * 86_400_000;
const inShort = ({ status, fact }: { status: string; fact: string }): string[] => [status, fact];

describe('judgeValidity', () => {
  it.each([
    [days(-1), days(31), 'ok', 'it is valid until 2026-12-22 12:00 UTC, for 31 days'],
    [days(-1), days(30), 'ok', 'it is valid until 2026-12-21 12:00 UTC, for 30 days'],
    [days(-1), days(29.9), 'attention', 'it is valid until 2026-12-21 09:36 UTC, for 29 days'],
    [days(-9), now, 'attention', 'it has expired: 2026-11-21 12:00 UTC'],
    [days(1), days(99), 'attention', 'it is valid only from 2026-11-22 12:00 UTC on'],
  ])('from %d to %d is %s', (from, to, status, fact) => {
    expect(inShort(judgeValidity('ca.pem', { from, to }, now))).toEqual([status, fact]);
  });
});

describe('judgeClock', () => {
  it.each([
    [50, 20, 'ok', 'its clock is that of this machine, give or take 0.0 s'],
    [5000, 20, 'ok', "its clock is 5.0 s ahead of this machine's, give or take 0.0 s"],
    [5100, 20, 'attention', "its clock is 5.1 s ahead of this machine's, give or take 0.0 s"],
    [-86_400_000, 20, 'attention', "its clock is -86400.0 s ahead of this machine's, give or take 0.0 s"],
    // An answer that took this long says nothing of six seconds.
    [6000, 1500, 'ok', "its clock is 6.0 s ahead of this machine's, give or take 1.5 s"],
  ])('%d ms ahead, give or take %d ms, is %s', (ahead, uncertainty, ...expected) => {
    expect(inShort(judgeClock('docker01', { ahead, uncertainty }))).toEqual(expected);
  });
});

describe('judgeSpace', () => {
  const gibibyte = 1024 ** 3;
  it.each([
    [20, 100, 'ok'],
    [9.9, 100, 'attention'],
    [1.9, 4, 'attention'],
    [2, 4, 'ok'],
  ])('%d of %d GiB is %s', (free, total, status) => {
    expect(judgeSpace('docker01', { free: free * gibibyte, total: total * gibibyte }).status).toBe(status);
  });
});

describe('versions', () => {
  it.each([
    ['20.10.24+dfsg1', '20.10', true],
    ['20.9.1', '20.10', false],
    ['27.0', '20.10', true],
    ['2.6.12-1+deb12u2', '2.6', true],
    ['2.5.99', '2.6', false],
    ['20', '20.19', false],
    ['unknown', '2.6', false],
  ])('%s at least %s: %s', (version, least, isEnough) => {
    expect(isAtLeast(version, least)).toBe(isEnough);
    expect(judgeVersion('lb01', 'HAProxy is', version, least).status).toBe(isEnough ? 'ok' : 'attention');
  });
});
