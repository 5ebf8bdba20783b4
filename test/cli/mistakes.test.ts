import { describe, expect, it } from '@jest/globals';
import { buildProgram } from '../../src/cli/program.ts';

/** What is said on standard error of a command line that cannot be taken. */
async function saidOf(...words: string[]): Promise<string> {
  const program = buildProgram(() => undefined);
  let said = '';
  const listen = (command: typeof program): void => {
    command.configureOutput({ writeErr: (text) => (said += text) });
    command.commands.forEach(listen);
  };
  listen(program);
  await expect(program.parseAsync(['node', 'cmanage', ...words])).rejects.toThrow();
  return said;
}

describe('a line that cannot be taken', () => {
  it.each([
    [['report'], "error: missing required argument 'kind': one of cmdb, releases, compliance, capacity\n"],
    [['backup'], "error: missing required argument 'file', as in: cmanage backup "],
    [
      ['release', '-v', 'v0.5'],
      "error: missing required argument 'service', as in: cmanage release webapp -v v0.4",
    ],
    [
      ['release', 'webapp', 'v0.5'],
      "error: required option '-v, --versions <versions...>' not specified, as in: cmanage release webapp -v v0.4",
    ],
    [
      ['canary', 'webapp-endpoint-prod', '--steps', '5', '25'],
      "error: too many arguments for 'canary'. Expected 1 argument but got 2, as in: cmanage canary webapp-endpoint-prod --steps 5,25,",
    ],
    [
      ['delete', 'webapp'],
      "error: unknown command 'webapp': below delete there are service, endpoint, external, containers\n",
    ],
    [['relaese'], "error: unknown command 'relaese' (Did you mean release?)\nTry 'cmanage --help'.\n"],
    [['xyzzyplugh'], "error: unknown command 'xyzzyplugh'\nTry 'cmanage --help'.\n"],
  ])('%j is told what would be right', async (words, says) => {
    expect(await saidOf(...words)).toContain(says);
  });
});
