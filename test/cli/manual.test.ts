import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { blankIn, optionNamed } from '../../src/cli/completion/blank.ts';
import { exitCode, exitMeanings } from '../../src/cli/exit.ts';
import { afterHelp } from '../../src/cli/manPage.ts';
import { manual } from '../../src/cli/manual.ts';
import { buildProgram } from '../../src/cli/program.ts';

const program = buildProgram(() => undefined);
const page = manual(program);

/** Every command that is shown, with the words that call it. */
function commandsIn(command: Command, path: string): [string, Command][] {
  const children = command.commands.filter((child) => !child.name().startsWith('__'));
  return [[path, command], ...children.flatMap((child) => commandsIn(child, `${path} ${child.name()}`))];
}

const commands = commandsIn(program, 'cmanage');
const examplesOf = (command: Command): string[] =>
  (afterHelp(command)[0] ?? '').split('\n').map((line) => line.trim());

describe.each(commands)('%s --help', (path, command) => {
  it('has an example of it', () => {
    expect(examplesOf(command).join('\n')).toContain(path);
  });

  it('has only examples that the command line understands', () => {
    for (const line of examplesOf(command)) expect([line, wrongIn(line)]).toEqual([line, []]);
  });

  it('is in the manual page', () => {
    const words = path.split(' ').slice(1).join(' ').replaceAll('-', '\\-');
    expect(page).toMatch(words === '' ? /^\.SH COMMANDS$/m : new RegExp(`^\\.SS ${words}( |$)`, 'm'));
  });
});

/** The options in an example that its command does not have. */
function wrongIn(line: string): string[] {
  const [, words = ''] = /cmanage (.*?)( [|>].*|\))?$/.exec(line) ?? [];
  const typed = words.split(' ');
  const { command } = blankIn(program, [...typed, '']);
  const flags = typed.flatMap((word) => /^(--[a-z-]+|-[a-z])/i.exec(word)?.[0] ?? []);
  return flags.filter((flag) => !optionNamed(command, flag));
}

describe('the manual page', () => {
  it('has every option of every command, but --help once', () => {
    const options = commands.flatMap(([, command]) => command.options);
    expect(options.length).toBeGreaterThan(200);
    for (const { flags } of options) expect(page).toContain(`\\fB${flags.replaceAll('-', '\\-')}\\fR`);
    expect(page.match(/\\-\\-help/g)).toHaveLength(1);
  });

  it('has nothing of the commands that are ours alone', () => {
    expect(page).not.toContain('__');
  });

  it('lets no text become a request to groff', () => {
    const requests = page.split('\n').filter((line) => /^[.']/.test(line));
    expect(requests.filter((line) => !/^\.(TH|SH|SS|TP|PP|B|nf|fi|RS|RE)\b/.test(line))).toEqual([]);
  });
});

describe('the exit codes', () => {
  it('are each said in words, the same in the manual and in README.md', () => {
    expect(exitMeanings).toHaveLength(Object.keys(exitCode).length);
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replaceAll('`', '');
    exitMeanings.forEach((meaning, code) => {
      expect(readme).toMatch(new RegExp(`^\\| ${code} +\\| ${meaning.replace(/[()]/g, '\\$&')} *\\|$`, 'm'));
      expect(page).toContain(`.TP\n${code}\n${meaning.replaceAll('-', '\\-')}`);
    });
  });
});
