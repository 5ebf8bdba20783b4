import { describe, expect, it } from '@jest/globals';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { isJournal, withPriority } from '../../src/cli/systemd.ts';

describe('the journal of systemd', () => {
  it('is known by its device and inode', () => {
    const file = openSync('/dev/null', 'r');
    const { dev, ino } = fstatSync(file, { bigint: true });
    expect(isJournal(file, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
    expect(isJournal(file, { JOURNAL_STREAM: `${dev}:${ino + 1n}` })).toBe(false);
    expect(isJournal(file, { JOURNAL_STREAM: '' })).toBe(false);
    expect(isJournal(file, {})).toBe(false);
    closeSync(file);
  });

  it('gets a priority before each line', () => {
    expect(withPriority('error', 'one\ntwo')).toBe('<3>one\n<3>two');
    expect(withPriority('info', 'one')).toBe('<6>one');
  });
});
