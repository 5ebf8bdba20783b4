import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { projectRoot } from '../../lab/project.ts';
import { exitCode } from '../../src/cli/exit.ts';
import { referencePages } from './reference/pages.ts';

const root = projectRoot();
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

describe('the reference', () => {
  it.each(Object.entries(referencePages(root)))('%s is what `npm run docs` makes', (path, text) => {
    expect(read(path)).toBe(text);
  });

  it('has every command with an example', () => {
    const page = referencePages(root)['docs/reference/commands.md'] ?? '';
    const sections = page.split(/^## /m).slice(2);
    const without = sections.filter((text) => !text.includes('Example:') && !text.includes('Commands:'));
    expect(sections.length).toBeGreaterThan(35);
    expect(without.map((text) => text.split('\n')[0])).toEqual([]);
  });

  it('has every exit code', () => {
    const rows = [...read('docs/reference/exit-codes.md').matchAll(/^\| (\d) /gm)];
    expect(rows.map(([, code]) => Number(code))).toEqual(Object.values(exitCode));
  });
});
