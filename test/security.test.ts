import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

/** docs/security.md promises nothing that no test shows: each test that it names is there, by this name. */
const root = new URL('..', import.meta.url).pathname;
const promises = [
  ...readFileSync(`${root}docs/security.md`, 'utf8').matchAll(
    /^\| (.+?) +\| `(test\/\S+\.ts)`: (.+?) +\|$/gm,
  ),
].map(([, promise = '', file = '', name = '']) => ({ promise, file, name }));

describe('docs/security.md', () => {
  it('names a test for every promise', () => {
    const table =
      /## What is promised\n([^]*?)\n## /.exec(readFileSync(`${root}docs/security.md`, 'utf8'))?.[1] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (-|promise)/.test(line));
    expect(rows.length).toBeGreaterThan(25);
    expect(promises).toHaveLength(rows.length);
  });

  it.each(promises)('$promise', ({ file, name }) => {
    const text = readFileSync(`${root}${file}`, 'utf8');
    const titles = [
      ...text.matchAll(/(?:it|describe|describeLab)(?:\.each[^]*?\]\))?\(\s*(['"`])([^]*?)(?<!\\)\1/g),
    ];
    const each = [...text.matchAll(/\]?\)\(\s*(['"`])([^\n]*?)(?<!\\)\1, /g)];
    expect([...titles, ...each].map(([, , title]) => title)).toContain(name);
  });
});
