import { describe, expect, it } from '@jest/globals';
import { commandLine } from '../../src/cli/commandLine.ts';

describe('the command as the history keeps it', () => {
  it.each([
    ['release webapp -v v0.4', 'release webapp -v v0.4'],
    ['release webapp --dry-run -v v0.4', 'release webapp -v v0.4'],
    ['release webapp -o markdown -v v0.4 --dry-run', 'release webapp -v v0.4'],
    ['release webapp --output=markdown --output markdown -omarkdown -v v0.4', 'release webapp -v v0.4'],
    ['release markdown -v markdown -o json', 'release markdown -v markdown -o json'],
    ['addservice webapp -e TOKEN=secret -i a/b', 'addservice webapp -e TOKEN=*** -i a/b'],
    ['addservice webapp --dry-run -e TOKEN=secret=x', 'addservice webapp -e TOKEN=***'],
    ['addservice webapp --env TOKEN=secret --env A=b', 'addservice webapp --env TOKEN=*** --env A=***'],
    ['addservice webapp --env=TOKEN=secret -eTOKEN=secret', 'addservice webapp --env=TOKEN=*** -eTOKEN=***'],
  ])('%s', (typed, kept) => {
    expect(commandLine(typed.split(' '))).toBe(kept);
  });
});
