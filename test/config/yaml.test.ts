import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { linesIn, readYaml } from '../../src/config/yaml.ts';
import { UserError } from '../../src/model/errors.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const schema = z.strictObject({
  name: z.string(),
  sizes: z.array(z.int()).optional(),
  inner: z
    .strictObject({ depth: z.number(), more: z.strictObject({ on: z.boolean() }).optional() })
    .optional(),
});

/** What is said of a file, with its directory left out. */
function faultOf(text: string | Buffer): string {
  const path = fileIn(directory, 'a.yml', text);
  try {
    readYaml(path, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replaceAll(`${directory}/`, '');
  }
  throw new Error('the file was accepted');
}

describe('a file that is nested deeper than any setting', () => {
  it.each([
    ['[', '['.repeat(60), 1],
    ['{', `name: a\n${'{a: '.repeat(60)}`, 2],
    ['[ over lines', '[\n'.repeat(60), 51],
    ['-', `- - ${'- '.repeat(60)}`, 1],
    ['?', '? '.repeat(60), 1],
    ['blanks', `name:\n${' '.repeat(201)}a`, 2],
  ])('is refused before it is parsed: %s', (_what, text, line) => {
    expect(faultOf(text)).toBe(
      `a.yml:${line}: it is nested deeper than any setting; write it as in 'cmanage init'`,
    );
  });

  it('is none where all brackets are closed again', () => {
    expect(() =>
      readYaml(fileIn(directory, 'b.yml', `name: a\nsizes: [1]\n${'# []\n'.repeat(100)}`), schema),
    ).not.toThrow();
  });
});

describe('readYaml', () => {
  it('reads what the schema allows', () => {
    const path = fileIn(
      directory,
      'good.yml',
      '# A comment.\nname: x\ninner: { depth: 1.5 }\nsizes: [1, 2]\n',
    );
    expect(readYaml(path, schema)).toEqual({ name: 'x', inner: { depth: 1.5 }, sizes: [1, 2] });
  });

  it.each([
    ['an unknown key', 'name: x\nnmae: y\n', 'a.yml:2: nmae: there is no such setting'],
    ['an unknown key of a block', 'name: x\nother:\n  - a\n', 'a.yml:2: other: there is no such setting'],
    [
      'an unknown key further in',
      'name: x\ninner:\n  depth: 1\n\n  deph: 2\n',
      'a.yml:5: inner.deph: there is no such setting',
    ],
    ['a wrong type', 'name:\n  - x\n', 'a.yml:1: name: Invalid input'],
    ['a wrong type further in', 'name: x\ninner:\n  depth: deep\n', 'a.yml:3: inner.depth: Invalid input'],
    ['a wrong item', 'name: x\nsizes:\n  - 1\n  - 2.5\n', 'a.yml:4: sizes.1: Invalid input'],
    [
      'a wrong type of a block',
      'name: x\ninner:\n  depth: 1\n  more:\n    on: 7\n',
      'a.yml:5: inner.more.on: ',
    ],
    ['a missing key', 'inner: { depth: 1 }\n', 'name: Invalid input'],
    ['a missing key further in', 'name: x\n\ninner: {}\n', 'a.yml:3: inner.depth: Invalid input'],
    ['an alias', 'name: &x v\nsizes: *x\n', 'a.yml:2: anchors and aliases are not read here'],
    ['a list as a key', 'name: x\n[a, b]: 1\n', 'a.yml:2: a list or a map is no key; write plain text'],
    ['a map as a key', 'name: x\n? { a: 1 }\n: 1\n', 'a.yml:2: a list or a map is no key'],
    ['an anchor', 'name: x\nsizes: &s [1]\n', 'a.yml:2: anchors and aliases are not read here'],
    [
      'a merge key',
      'name: x\ninner: { "<<": { depth: 1 }, depth: 2 }\n',
      'inner.<<: there is no such setting',
    ],
    ['a duplicate key', 'name: x\nname: y\n', 'a.yml:2: Map keys must be unique'],
    ['__proto__', 'name: x\n__proto__: { polluted: 1 }\n', 'a.yml:2: the key __proto__ is not allowed'],
    ['__proto__ in quotes', 'name: x\ninner: { depth: 1, "__proto__": {} }\n', 'the key __proto__ is not'],
    ['constructor', 'name: x\nconstructor: y\n', 'a.yml:2: the key constructor is not allowed'],
    ['prototype', 'name: x\n\nprototype: y\n', 'a.yml:3: the key prototype is not allowed'],
    ['a tab', 'name: x\ninner:\n\tdepth: 1\n', 'a.yml:3: Tabs are not allowed'],
    ['broken YAML', 'name: [x\nsizes: 1\n', 'a.yml:'],
    ['an open quotation', 'name: "x\n', 'a.yml:'],
    ['two documents', 'name: x\n---\nname: y\n', 'a.yml:'],
    ['a list', '- name\n', 'a.yml:1: '],
    ['a word', 'name\n', 'a.yml:1: '],
    ['an empty file', '', 'a.yml:1: name: '],
    ['a file of comments', '# nothing\n', 'a.yml:1: name: '],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0, 1]), 'a.yml:1: '],
  ])('refuses %s with file and line', (_case, text, expected) => {
    expect(faultOf(text)).toContain(expected);
  });

  it('reports every fault, each on its line, and each once', () => {
    const lines = faultOf('name: 1\nwrong: 2\nsizes: x\nworse: 3\n').split('\n');
    expect(lines.map((line) => line.split(': ').slice(0, 2).join(': ')).sort()).toEqual([
      'a.yml:1: name',
      'a.yml:2: wrong',
      'a.yml:3: sizes',
      'a.yml:4: worse',
    ]);
  });

  it('leaves no property on every object behind', () => {
    faultOf('name: x\n__proto__: { polluted: 1 }\n');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses a file over 1 MiB, and one that would grow to more', () => {
    const large = faultOf(`name: ${'x'.repeat(1024 * 1024)}\n`);
    expect(large).toContain('at most 1048576 are read');
    const bomb = `a: &a [x,x]\n${Array.from({ length: 40 }, (_, index) => `k${index}: [*a,*a]`).join('\n')}\n`;
    expect(faultOf(bomb)).toContain('anchors and aliases');
  });

  it.each([
    ['a file that is not there', 'gone.yml', 'gone.yml: there is no such file'],
    ['a directory', '.', 'EISDIR'],
  ])('refuses %s', (_case, name, expected) => {
    const read = (): unknown => readYaml(`${directory}/${name}`, schema);
    expect(read).toThrow(UserError);
    expect(read).toThrow(expected);
  });
});

describe('linesIn', () => {
  const path = fileIn(
    directory,
    'lines.yml',
    [
      'name: x',
      '',
      'inner:',
      '  depth: 1',
      '  more: { on: true }',
      'sizes:',
      '  - 1',
      '  - [2,',
      '     3]',
      '',
    ].join('\n'),
  );
  const lineOf = linesIn(path);

  it.each<[PropertyKey[], number | null]>([
    [['name'], 1],
    [['inner'], 3],
    [['inner', 'depth'], 4],
    [['inner', 'more', 'on'], 5],
    [['sizes'], 6],
    [['sizes', 0], 7],
    [['sizes', 1], 8],
    [['sizes', 1, 1], 9],
    [['gone'], null],
    [['inner', 'gone'], null],
    [['sizes', 2], null],
    [['name', 'further'], null],
  ])('say that %p is on line %p', (keys, line) => {
    expect(lineOf(keys)).toBe(line);
  });

  it('refuse a file that is not there', () => {
    expect(() => linesIn(`${directory}/gone.yml`)).toThrow(UserError);
  });
});
