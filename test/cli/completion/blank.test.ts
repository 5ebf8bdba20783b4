import { describe, expect, it } from '@jest/globals';
import type { Argument, Command, Option } from 'commander';
import { blankIn, optionsAround } from '../../../src/cli/completion/blank.ts';
import { completionLines } from '../../../src/cli/completion/answer.ts';
import { candidatesFor, type LookUp } from '../../../src/cli/completion/candidates.ts';
import { kindOf } from '../../../src/cli/completion/kinds.ts';
import { buildProgram } from '../../../src/cli/program.ts';

const program = buildProgram(() => undefined);

/** Offers the name of the kind that is asked for. */
const nameOfKind: LookUp = (kind) => Promise.resolve([{ value: `a-${kind}`, about: 'one' }]);

/** What may follow a line; the cursor is at its end. */
async function offered(line: string): Promise<string> {
  const offer = await candidatesFor(blankIn(program, line.split(' ')), nameOfKind);
  return typeof offer === 'string' ? offer : offer.map(({ value }) => value).join(' ');
}

describe('what may stand at the end of a line', () => {
  it.each([
    ['rel', 'release'],
    ['release ', 'a-services'],
    ['release a-', 'a-services'],
    ['release x', ''],
    ['release webapp ', ''],
    ['release webapp -v ', 'a-versions'],
    ['release webapp -v v1 ', 'a-versions'],
    ['release webapp -v v1 --out ', 'files'],
    ['release webapp --versions=', 'a-versions'],
    ['release -q ', 'a-services'],
    ['release -qv v1 -q ', 'a-services'],
    ['release -vv1 ', 'a-services'],
    ['release webapp -o ', 'table json yaml markdown'],
    ['release webapp --output=j', 'json'],
    ['release webapp --dr', '--dry-run'],
    ['release webapp --dry-run --dr', ''],
    ['release webapp -v v1 --vers', '--versions --version'],
    ['release -- ', 'a-services'],
    ['release --nonsense ', 'a-services'],
    ['--etc ', 'directories'],
    ['--etc release rele', 'release'],
    ['release --et', '--etc'],
    ['delete ', 'service endpoint external containers help'],
    ['delete endpoint ', 'a-endpoints'],
    ['delete external ', 'a-externals'],
    ['delete containers ', 'a-services'],
    ['history sh', 'show'],
    ['history a-s', 'a-services'],
    ['connect webapp -c ', 'a-callees'],
    ['connect webapp -c training ', 'a-callees'],
    ['connect webapp -c training -e ', 'a-endpoints'],
    ['changeendpoint x ', 'a-endpoints'],
    ['addendpoint ', 'a-stages'],
    ['host drain ', 'a-hosts'],
    ['resume ', 'a-unfinished'],
    ['rollback webapp --to ', 'a-operations'],
    ['addservice ', ''],
    ['apply ', 'files'],
    ['rules ', 'replay a-rules'],
    ['completion ', 'bash zsh fish'],
    ['help rel', 'release'],
    ['help delete ', 'service endpoint external containers help'],
    ['__co', ''],
  ])('%p', async (line, expected) => {
    expect(await offered(line)).toBe(expected);
  });

  it('is any command at the beginning, but not those of our own', async () => {
    const commands = (await offered('')).split(' ');
    expect(commands).toContain('release');
    expect(commands.filter((name) => name.startsWith('_'))).toEqual([]);
  });
});

describe('the answer to a shell', () => {
  const ask = (shell: 'bash' | 'zsh' | 'fish', ...words: string[]): Promise<string[]> =>
    completionLines(program, shell, words, nameOfKind);

  it('has for bash the part behind the equals sign, where bash has split the word', async () => {
    expect(await ask('bash', 'release', '--output', '=', 'y')).toEqual(['yaml']);
    expect(await ask('bash', 'release', '--output', '=')).toEqual(['table', 'json', 'yaml', 'markdown']);
    expect(await ask('bash', '"release"', 'web\\app', '--dry-r')).toEqual(['--dry-run']);
  });

  it('has for the others the whole word, and what it is', async () => {
    expect(await ask('zsh', 'release', '--output=y')).toEqual(['--output=yaml\t']);
    expect(await ask('fish', 'release', '--output=y')).toEqual(['--output=yaml']);
    expect(await ask('fish', 'release', '')).toEqual(['a-services\tone']);
    expect(await ask('zsh', 'apply', '')).toEqual(['[files]']);
  });

  it('has no line that a name could break', async () => {
    const lookUp: LookUp = () => Promise.resolve([{ value: 'a', about: 'b\nc\u001b[31m' }]);
    expect(await completionLines(program, 'zsh', ['release', ''], lookUp)).toEqual(['a\tb\\nc\\u001b[31m']);
  });
});

describe('every value of the command line', () => {
  const values = (command: Command, path: string): [string, string, Argument | Option][] => [
    ...command.registeredArguments.map((value): [string, string, Argument] => [path, value.name(), value]),
    ...optionsAround(command)
      .filter((option) => option.required || option.optional)
      .map((option): [string, string, Option] => [path, option.long ?? '', option]),
    ...command.commands.flatMap((child) =>
      child.name().startsWith('__') ? [] : values(child, `${path} ${child.name()}`.trim()),
    ),
  ];

  it('has choices, or is said in kinds.ts to name something or nothing', () => {
    const unsaid = values(program, '').filter(
      ([path, , value]) => !value.argChoices && kindOf(path, value) === undefined,
    );
    expect(unsaid.map(([path, name]) => `${path} ${name}`)).toEqual([]);
    expect(values(program, '').length).toBeGreaterThan(100);
  });
});
