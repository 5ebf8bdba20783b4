import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { patiently } from '../../src/cli/patience.ts';

describe('patiently', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** What is written about an answer that takes so many milliseconds. */
  async function writtenOf(milliseconds: number, isTTY: boolean): Promise<string> {
    let written = '';
    const stream = { isTTY, write: (text: string) => (written += text) !== '' };
    const work = new Promise<string>((resolve) => setTimeout(resolve, milliseconds, 'answered'));
    const waiting = patiently('the hosts', work, stream);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(await waiting).toBe('answered');
    return written;
  }

  it('tells once what is waited for, and nothing where the answer comes soon', async () => {
    expect(await writtenOf(9000, true)).toBe('waiting for the hosts ...\n');
    expect(await writtenOf(1900, true)).toBe('');
  });

  it('says nothing where nobody looks', async () => {
    expect(await writtenOf(9000, false)).toBe('');
  });
});
