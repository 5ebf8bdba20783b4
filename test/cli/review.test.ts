import { describe, expect, it } from '@jest/globals';
import { buildProgram } from '../../src/cli/program.ts';

const run = (...args: string[]): Promise<unknown> =>
  buildProgram(() => undefined).parseAsync(['node', 'cmanage', '--etc', '/nonexistent', ...args]);

describe('-o markdown', () => {
  it.each(['release webapp -v v1', 'pop webapp', 'apply plan.json', 'delete service webapp --cascade'])(
    'is refused where %s would be done',
    async (words) => {
      await expect(run(...words.split(' '), '-o', 'markdown')).rejects.toThrow(
        '-o markdown is the plan for a review: give --dry-run with it, or --out',
      );
    },
  );

  it.each(['pop webapp --dry-run', 'pop webapp --out plan.json'])('goes on with %s', async (words) => {
    await expect(run(...words.split(' '), '-o', 'markdown')).rejects.toThrow(
      'there is no directory /nonexistent',
    );
  });
});
