import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from '../../../src/cli/show/pager.ts';
import { temporaryDirectory } from '../../support/files.ts';

const directory = temporaryDirectory();

/** Has standard output look like a terminal of ten lines while something is paged, and gives what was printed past the pager. */
async function paged(
  pieces: Iterable<string>,
  pager: string | undefined,
  { isTerminal = true, wantsPager = true } = {},
): Promise<string | null> {
  const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const { isTTY, rows } = process.stdout;
  Object.assign(process.stdout, { isTTY: isTerminal, rows: 10 });
  if (pager === undefined) delete process.env.CMANAGE_PAGER;
  else process.env.CMANAGE_PAGER = pager;
  try {
    await page(pieces, wantsPager);
    const [call] = print.mock.calls;
    return call ? String(call[0]) : null;
  } finally {
    print.mockRestore();
    Object.assign(process.stdout, { isTTY, rows });
  }
}

const into = (name: string): string => join(directory, name);
const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

describe('page', () => {
  afterEach(() => {
    delete process.env.CMANAGE_PAGER;
    delete process.env.PAGER;
  });

  it('prints what the terminal holds, with a line for the prompt', async () => {
    expect(await paged(lines(9), `cat > ${into('short')}`)).toBe(lines(9).join('\n'));
    expect(await paged(['two\nlines', ...lines(7)], `cat > ${into('short')}`)).toContain('line 7');
    expect(existsSync(into('short'))).toBe(false);
  });

  it('hands what is longer to the pager, whole and in order', async () => {
    expect(await paged(lines(10), `cat > ${into('long')}`)).toBeNull();
    expect(readFileSync(into('long'), 'utf8')).toBe(`${lines(10).join('\n')}\n`);
    expect(await paged([lines(5000).join('\n'), 'end'], `cat > ${into('much')}`)).toBeNull();
    expect(readFileSync(into('much'), 'utf8').split('\n')).toHaveLength(5002);
  });

  it('takes $PAGER where nothing else is said, and leaves colours to less', async () => {
    process.env.PAGER = `printenv LESS > ${into('less')}; cat > /dev/null`;
    expect(await paged(lines(20), undefined)).toBeNull();
    expect(readFileSync(into('less'), 'utf8')).toBe('FRX\n');
  });

  it('makes no page that nobody turns to', async () => {
    let made = 0;
    const pieces = function* (): Generator<string> {
      for (; made < 1000; made++) yield 'x'.repeat(100_000);
    };
    expect(await paged(pieces(), 'head -c 200000 > /dev/null')).toBeNull();
    expect(made).toBeGreaterThan(1);
    expect(made).toBeLessThan(100);
  });

  it.each([
    ['a pager that is not there', 'there-is-no-such-pager', {}],
    ['one that is no program', '/dev/null', {}],
    ['cat', 'cat', {}],
    ['none', '', {}],
    ['--no-pager', 'false', { wantsPager: false }],
    ['a pipe', 'false', { isTerminal: false }],
  ])('prints everything with %s', async (_what, pager, circumstances) => {
    expect(await paged(lines(2000), pager, circumstances)).toBe(lines(2000).join('\n'));
  });
});
