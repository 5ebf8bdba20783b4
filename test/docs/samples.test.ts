import { describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { printedAsShown, samplesOf } from './samples.ts';
import { runSession } from './session.ts';

const page = `# A page

    $ not a session

<!-- run
$ export SET=before
-->

\`\`\`console
$ echo $SET
before
$ printf '%s\\n' one \\
>   two

one
\`\`\`

1. In a list:

   \`\`\`console
   $ false
   $ echo $?
   1
   \`\`\`
`;

describe('the commands of a page', () => {
  it('are those of its sessions and hidden comments, with what is shown', () => {
    expect(samplesOf(page)).toEqual([
      { line: 6, end: 6, command: 'export SET=before', expected: null },
      { line: 10, end: 11, command: 'echo $SET', expected: ['before'] },
      { line: 12, end: 15, command: "printf '%s\\n' one \\\n  two", expected: ['', 'one'] },
      { line: 21, end: 21, command: 'false', expected: null },
      { line: 22, end: 23, command: 'echo $?', expected: ['1'] },
    ]);
  });

  it.each(['```console\n$ true\n', '<!-- run\n$ true\n', '```console\nno command\n$ true\n```\n'])(
    'are refused where a session is not well formed: %j',
    (text) => {
      expect(() => samplesOf(text)).toThrow();
    },
  );

  it('are run in one shell', async () => {
    const outcomes = await runSession(samplesOf(page), { cwd: tmpdir(), env: {}, timeout: 20_000 });
    expect(outcomes).toEqual([
      { exitCode: 0, printed: '' },
      { exitCode: 0, printed: 'before\n' },
      { exitCode: 0, printed: 'one\ntwo\n' },
      { exitCode: 1, printed: '' },
      { exitCode: 0, printed: '1\n' },
    ]);
  });

  it('end with the first that fails and was not to', async () => {
    const samples = samplesOf('```console\n$ echo a >&2; false\n$ echo never\n```\n');
    const outcomes = await runSession(samples, { cwd: tmpdir(), env: {}, timeout: 20_000 });
    expect(outcomes).toEqual([{ exitCode: 1, printed: 'a\n' }]);
  });
});

describe('what is shown and what is printed', () => {
  it.each([
    ['the same', ['a', 'b'], 'a\nb\n', true],
    ['less is printed', ['a', 'b'], 'a\n', false],
    ['more is printed', ['a'], 'a\nb\n', false],
    ['another order', ['a', 'b'], 'b\na\n', false],
    ['any text in a line', ['took ... s'], 'took 1.2 s', true],
    ['any text, but in its line alone', ['a ... b'], 'a\nb', false],
    ['any lines', ['a', '...', 'z'], 'a\nb\nc\nz\n', true],
    ['any lines, also none', ['a', '...', 'z'], 'a\nz\n', true],
    ['any lines at the end', ['a', '...'], 'a\nb\nc', true],
    ['what stands after any lines is there', ['...', 'z'], 'a\nb\n', false],
    ['a table', ['┌───┬───┐', '│ a │ b │', '├───┼───┤', '│ 1 │ 2 │', '└───┴───┘'], 'a\tb\n1\t2', true],
    ['a table with another cell', ['┌───┬───┐', '│ a │ b │', '└───┴───┘'], 'a\tc', false],
    ['the width of columns does not count', ['a  b'], 'a    b', true],
    ['characters of patterns are themselves', ['(a.b)*'], '(a.b)*', true],
    ['characters of patterns match nothing else', ['a.b'], 'axb', false],
  ])('%s', (_case, expected, printed, same) => {
    expect(printedAsShown(expected, printed)).toBe(same);
  });
});
