import { describe, expect, it } from '@jest/globals';
import { CommanderError, type Command } from 'commander';
import { readFileSync } from 'node:fs';
import { projectRoot } from '../../lab/project.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { documentation } from './documentation.ts';
import { filledIn, mentionsIn, wordsOf, type Mention } from './commandLines.ts';

const root = projectRoot();
const commands = buildProgram(() => undefined).commands.map((command) => command.name());
const mentions = documentation.flatMap((page) =>
  mentionsIn(page, readFileSync(`${root}/${page}`, 'utf8'), commands),
);

/** The real program, in which every command only parses; one that takes what is cut short asks for nothing. */
function parser(isWhole: boolean): Command {
  const program = buildProgram(() => undefined);
  const prepare = (command: Command): void => {
    const nothing = (): void => undefined;
    command.configureOutput({ writeOut: nothing, writeErr: nothing, outputError: nothing });
    if (!isWhole) {
      for (const option of command.options) option.mandatory = false;
      for (const argument of command.registeredArguments) argument.required = false;
    }
    // A command that only holds others has no arguments of its own, and does nothing by itself.
    const isGroup = command.commands.length > 0 && command.registeredArguments.length === 0;
    if (!isGroup) command.action(nothing);
    command.commands.forEach(prepare);
  };
  prepare(program);
  return program;
}

/** Parsing leaves nothing behind in a program, and building one takes longer than all of the parsing. */
const parsers = { whole: parser(true), cut: parser(false) };

/** What the program says of a group without its command, and of an option that is known but has no value. */
const cutShort = ['commander.help', 'commander.optionMissingArgument'];

/** Why the program refuses a mention; null where it takes it. */
function refusal({ text, isWhole }: Pick<Mention, 'text' | 'isWhole'>): string | null {
  const isCut = !isWhole || /…|\.\.\./.test(text);
  try {
    parsers[isCut ? 'cut' : 'whole'].parse(['node', 'cmanage', ...filledIn(wordsOf(text))]);
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || (isCut && cutShort.includes(error.code))) return null;
    return error.message;
  }
}

describe('every command line in the documentation', () => {
  it('is found', () => {
    expect(mentions.length).toBeGreaterThan(100);
    expect(new Set(mentions.map(({ page }) => page)).size).toBeGreaterThan(12);
  });

  it('is one that the program takes', () => {
    const refused = mentions.flatMap((mention) => {
      const why = refusal(mention);
      return why === null ? [] : [`${mention.page}:${mention.line}: cmanage ${mention.text}: ${why}`];
    });
    expect(refused).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    ['an unknown command', 'relaese webapp -v v0.4'],
    ['an unknown option', 'pop webapp --dryrun'],
    ['a missing option', 'release webapp'],
    ['a missing word', 'scale --stacks 2'],
    ['one word too many', 'pop webapp twice thrice'],
    ['a value that is none', 'scale webapp --stacks many'],
    ['a choice that is none', 'show services -o xml'],
  ])('sees %s', (_what, text) => {
    expect(refusal({ text, isWhole: true })).not.toBeNull();
  });

  it('takes what is cut short, but no wrong option of it', () => {
    expect(refusal({ text: 'release', isWhole: false })).toBeNull();
    expect(refusal({ text: 'release --wrong', isWhole: false })).not.toBeNull();
  });

  it.each([
    ['pop webapp # a comment', ['pop', 'webapp']],
    ['show services | head', ['show', 'services']],
    ['show state > file; true', ['show', 'state']],
    [`lock webapp -m "the shop's day"`, ['lock', 'webapp', '-m', "the shop's day"]],
    ['backup /x/$(date +%F).db', ['backup', '/x/$(date +%F).db']],
    ['addservice $NAME -i $LAB/x \\', ['addservice', '$NAME', '-i', '$LAB/x']],
  ])('reads %j as the shell does', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('finds commands in blocks, sessions and running text', () => {
    const text =
      'Type `cmanage pop X`, then `pop Y` and `popular z`.\n\n    cmanage a b\n\n```console\n$ cmanage c | cmanage d\ncmanage: no command\n```\n';
    expect(mentionsIn('x.md', text, ['pop']).map((mention) => [mention.line, mention.text])).toEqual([
      [1, 'pop X'],
      [1, 'pop Y'],
      [3, 'a b'],
      [6, 'c | cmanage d'],
    ]);
  });
});
