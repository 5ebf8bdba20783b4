import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { buildProgram } from '../../src/cli/program.ts';
import { makeState } from '../support/makeState.ts';
import { programOn } from '../support/program.ts';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();

afterEach(() => {
  jest.restoreAllMocks();
});

/** What is printed to standard error for a command line that does not parse. */
async function complaintOf(...words: string[]): Promise<string> {
  const written: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  await expect(buildProgram(() => undefined).parseAsync(['node', 'cmanage', ...words])).rejects.toThrow();
  return written.join('');
}

describe('a word that was mistyped on the command line', () => {
  it.each([
    ['relase webapp', "error: unknown command 'relase' (Did you mean release?)\n"],
    ['pop webapp --dry-rum', "error: unknown option '--dry-rum' (Did you mean --dry-run?)\n"],
    ['delete servise webapp', "error: unknown command 'servise' (Did you mean service?)\n"],
  ])('%s', async (line, complaint) => {
    expect(await complaintOf(...line.split(' '))).toContain(complaint);
  });

  it.each([
    ['show servces', "argument 'what'. Did you mean services? Show one of services, stacks, "],
    ['show endpiont webapp-endpoint-prod', "argument 'what'. Did you mean endpoints? Show one of services, "],
    ['show nonsense', "argument 'what'. Show one of services, "],
    ['show services -o jsn', "'jsn' is invalid. Did you mean json? Allowed choices are table, json, "],
    ['report complience', "argument 'kind'. Did you mean compliance? Allowed choices are cmdb, "],
    [
      'release webapp -v v1 --on-error rolback',
      "'rolback' is invalid. Did you mean rollback? Allowed choices ",
    ],
  ])('where one of few is to be chosen: %s', async (line, complaint) => {
    expect(await complaintOf(...line.split(' '))).toContain(complaint);
  });

  it('is still shown and not obeyed', async () => {
    expect(await complaintOf('re\nlease')).toContain(
      "unknown command 're\\nlease' (Did you mean release?)\n",
    );
  });
});

describe('a name that is not in the state', () => {
  const state = makeState({ webapp: { hosts: ['docker01'], endpoints: { prod: { port: 80 } } } });

  it.each([
    ['changeservice wbeapp --parallelism 2 --dry-run', 'wbeapp', 'webapp', 'services'],
    [
      'delete endpoint webapp-endpoint-pro --dry-run',
      'webapp-endpoint-pro',
      'webapp-endpoint-prod',
      'endpoints',
    ],
    ['delete endpoint prod --dry-run', 'prod', 'webapp-endpoint-prod', 'endpoints'],
  ])('is refused with the one that may be meant: %s', async (line, object, meant, kind) => {
    const program = await programOn(directory, state);
    const { code, answer } = await program.run(...line.split(' '));
    expect(code).toBe(3);
    const remedy = `did you mean ${meant}? See 'cmanage show ${kind}'`;
    expect(answer).toMatchObject({ violations: [{ object, remedy }] });
  });

  it.each([
    ['pop webap --dry-run', 'there is no service webap: did you mean webapp? See'],
    ['release webap -v v1 --dry-run', 'there is no service webap: did you mean webapp? See'],
    ['show service webap', 'there is no service webap: did you mean webapp? See'],
    ['check webap', 'there is no service webap: did you mean webapp? See'],
    ['rollback --tree prod --dry-run', 'there is no endpoint prod: did you mean webapp-endpoint-prod? See'],
    ['host drain dokcer01 --dry-run', 'there is no host dokcer01: did you mean docker01? See'],
    [
      'rules stack-hight',
      'there is no rule stack-hight: did you mean stack-height? There are endpoint-service, ',
    ],
  ])('is an error that asks for the one that may be meant: %s', async (line, message) => {
    const program = await programOn(directory, state);
    await expect(program.run(...line.split(' '))).rejects.toThrow(message);
  });
});
