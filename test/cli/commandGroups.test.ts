import { describe, expect, it } from '@jest/globals';
import { commandsBelow } from '../../src/cli/manPage.ts';
import { buildProgram } from '../../src/cli/program.ts';

describe("the program's help", () => {
  it('has every command under a heading', () => {
    const program = buildProgram(() => undefined);
    const stray = commandsBelow(program).filter((command) => command.helpGroup() === '');
    expect(stray.map((command) => command.name())).toEqual([]);
    expect(program.helpInformation()).not.toContain('\nCommands:\n');
    expect(program.helpInformation()).toMatch(
      /\nVersions:\n {2}plan [\s\S]* prune [\s\S]*\nHosts:\n {2}scale /,
    );
  });
});
