import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dirname } from 'node:path';
import { buildProgram } from '../../src/cli/program.ts';
import { emptyState } from '../../src/model/state.ts';
import { temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { programOn } from '../support/program.ts';

const directory = temporaryDirectory();

afterEach(() => {
  jest.restoreAllMocks();
});

/** What a command prints to standard output, which is a terminal or a pipe. */
async function printed(etc: string, line: string, { isTerminal = true } = {}): Promise<string> {
  const lines: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((text: unknown) => {
    lines.push(String(text));
  });
  const { isTTY, columns } = process.stdout;
  Object.assign(process.stdout, { isTTY: isTerminal, columns: 80 });
  try {
    const words = [...line.split(' '), ...(line.startsWith('show') ? ['--no-pager'] : [])];
    await buildProgram(() => undefined).parseAsync(['node', 'cmanage', '--etc', etc, ...words]);
  } finally {
    Object.assign(process.stdout, { isTTY, columns });
  }
  return lines.join('\n');
}

const adding = "'cmanage addservice NAME -i IMAGE -s STACKS -v VERSION...' adds one.";

describe('where there is nothing, a person is told what there is not and what to type', () => {
  let [empty, one] = ['', ''];
  beforeAll(async () => {
    empty = dirname((await programOn(directory, emptyState)).path);
    one = dirname((await programOn(directory, makeState({ webapp: { versions: ['v1'] } }))).path);
  });

  it.each([
    ['show services', `There is no service yet: ${adding}`],
    ['show stacks', `There is no stack, because there is no service yet: ${adding}`],
    ['show containers', `There is no container, because there is no service yet: ${adding}`],
    ['show endpoints', `There is no endpoint, because there is no service yet: ${adding}`],
    ['show trees', `There is no endpoint, because there is no service yet: ${adding}`],
    ['show links', `There is no link, because there is no service yet: ${adding}`],
    ['show releases', `There is no release, because there is no service yet: ${adding}`],
    ['show loadbalancers', 'There is no load balancer: name it in hosts.yml, under loadbalancers.'],
    [
      'history',
      "Nothing is recorded yet: each command that changes something is, from 'cmanage addservice' on.",
    ],
  ])('%s', async (line, told) => {
    expect((await printed(empty, line)).replaceAll('\n', ' ')).toBe(told);
  });

  it.each([
    ['show trees', "There is no endpoint: 'cmanage addendpoint STAGE -s SERVICE -p PORT' opens one."],
    ['show links', "There is no link: no service calls another; 'cmanage connect SERVICE -c CHILD' lets it."],
    [
      'show externals',
      "There is no external service: 'cmanage addexternal NAME --target STAGE=HOST:PORT...' adds one.",
    ],
    ['show services --stage dev', 'Of 1 service none has something at stage dev.'],
    [
      'show stacks other* --host docker02',
      'Of 1 stack none is named other* and has something on host docker02.',
    ],
  ])('where there is a service: %s', async (line, told) => {
    expect((await printed(one, line)).replaceAll('\n', ' ')).toBe(told);
  });

  it('is wrapped between words where the terminal is narrow', async () => {
    const lines = (await printed(empty, 'show stacks')).split('\n');
    expect(lines).toEqual([
      "There is no stack, because there is no service yet: 'cmanage addservice NAME -i",
      "IMAGE -s STACKS -v VERSION...' adds one.",
    ]);
  });

  it('a pipe and a program get what they always get', async () => {
    expect(await printed(empty, 'show stacks', { isTerminal: false })).toBe(
      'Stack\tService\tHost\tHeight\tprod\tqa\tdev\tAbove',
    );
    expect(await printed(empty, 'history', { isTerminal: false })).toMatch(/^Id\tWhen \(UTC\)\tWho\t[^\n]*$/);
    for (const line of ['show services -o json', 'history -o json']) {
      expect(JSON.parse(await printed(empty, line))).toEqual([]);
    }
  });
});
