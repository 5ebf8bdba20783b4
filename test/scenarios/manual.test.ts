import { describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { cmanageIn } from '../support/cmanage.ts';

/** Runs what reads manual pages on ours, and gives what it printed and what it found; null where it is not there. */
async function read(path: string, ...args: string[]): Promise<{ text: string; found: string } | null> {
  if (!existsSync(path)) {
    if (process.env.CI) throw new Error(`there is no ${path}`);
    console.log(`CANNOT RUN HERE, nothing was tested: there is no ${path}`);
    return null;
  }
  const page = await cmanageIn({}, 'help', '--man');
  expect(page).toMatchObject({ exitCode: 0, stderr: '' });
  const env = { MANWIDTH: '100' };
  const { stdout, stderr } = await execa(path, args, { input: `${page.stdout}\n`, reject: false, env });
  return { text: stdout.replace(/\s+/g, ' '), found: stderr };
}

describe('the manual page', () => {
  it('is shown by man, which warns of nothing', async () => {
    const shown = await read('/usr/bin/man', '--warnings', '-E', 'UTF-8', '-l', '-');
    if (!shown) return;
    expect(shown.found).toBe('');
    expect(shown.text).toContain('Push versions on top of every stack');
    expect(shown.text).toContain('cmanage release webapp -v v0.4 --dry-run');
  });

  it('is right by mandoc, but for a date that would make the same source another page', async () => {
    const shown = await read('/usr/bin/mandoc', '-T', 'lint', '-W', 'warning');
    if (!shown) return;
    expect(shown.text).toMatch(/^mandoc: [^ ]+ WARNING: missing date, using "": TH$/);
    expect(shown.found).toBe('');
  });
});
