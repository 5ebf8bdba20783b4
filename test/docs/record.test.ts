import { describe, expect, it } from '@jest/globals';
import { recorded } from './record.ts';
import { samplesOf } from './samples.ts';

const page = (...lines: string[]): string => ['# Page', '', '```console', ...lines, '```', ''].join('\n');

function record(before: string, printed: readonly (string | null)[]): string {
  return recorded(
    before,
    samplesOf(before).map((sample, index) => ({ ...sample, printed: printed[index] ?? null })),
  );
}

describe('a page whose commands print something else by now', () => {
  it('is given what they print, each in its place', () => {
    const before = page('$ one', 'old', 'older', '$ two', 'same ... here', '$ three', '$ four', 'old');
    const after = page('$ one', 'new', '$ two', 'same ... here', '$ three', '$ four', 'new', 'newer');
    expect(record(before, ['new\n', 'same and here\n', 'not shown\n', 'new\nnewer\n'])).toBe(after);
  });

  it('keeps what a command shows that was not run', () => {
    const before = page('$ one', 'old');
    expect(record(before, [null])).toBe(before);
  });

  it('has no times of progress, and tables as on a terminal', () => {
    const printed =
      'done 1 check_host docker01 engine: answers (0.1 s)\nundone 2 stop_container x (1 s)\na\tb\n1\t2\nend\n';
    const table = ['┌───┬───┐', '│ a │ b │', '├───┼───┤', '│ 1 │ 2 │', '└───┴───┘'];
    expect(record(page('$ one', 'old'), [printed])).toBe(page('$ one', '...', ...table, 'end'));
    expect(record(page('$ one', '...', ...table, 'end'), [printed])).toBe(
      page('$ one', '...', ...table, 'end'),
    );
  });
});
