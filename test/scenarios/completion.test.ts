import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { bin, cmanageIn, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { onTerminal, type Terminal } from '../support/terminal.ts';
import { addEndpoints, addWebapp, imageOf } from '../support/webapp.ts';

/** Real shells complete real names: of the state database, and of versions that only the registry knows. */
describeLab('completion', (lab) => {
  let env: Record<string, string>;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    env = shellEnvironment(lab);
  });

  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.hangUp();
  });

  const ask = async (...words: string[]): Promise<string[]> => {
    const { exitCode, stdout } = await cmanageIn({ etc: lab.etc, env }, '__complete', 'bash', '--', ...words);
    expect(exitCode).toBe(0);
    return stdout.split('\n').filter((line) => line !== '');
  };

  it('knows the names in the state database and in hosts.yml', async () => {
    expect(await ask('release', 'w')).toEqual(['webapp']);
    expect(await ask('delete', 'endpoint', 'webapp-endpoint-')).toEqual([
      'webapp-endpoint-dev',
      'webapp-endpoint-prod',
      'webapp-endpoint-qa',
    ]);
    expect(await ask('host', 'drain', '')).toEqual(lab.hosts.map(({ name }) => name));
    expect(await ask('show', 'stack', '')).toEqual(['webapp-stack1', 'webapp-stack2']);
    expect(await ask('rollback', 'webapp', '--to', '')).toEqual(['4', '3', '2', '1']);
    expect(await ask('resume', '')).toEqual([]);
  });

  it('knows the versions of the registry once it was asked in the background, the latest first', async () => {
    expect(await ask('release', 'webapp', '-v', '')).toEqual(['v0.3', 'v0.2', 'v0.1']);
    let offered: string[] = [];
    await waitUntil(async () => {
      offered = await ask('release', 'webapp', '-v', '');
      return offered.length > 3;
    }, 30_000);
    const { stdout } = await succeed(lab, 'upstream', 'webapp', '-o', 'json');
    const { tags } = JSON.parse(stdout) as { tags: { tag: string }[] };
    expect(offered).toEqual(tags.map(({ tag }) => tag).reverse());
    expect(await ask('release', 'webapp', '-v', 'v0.4', 'v0.')).not.toContain('v0.4');
    expect(await ask('addservice', 'other', '-i', imageOf(lab), '-v', 'v0.4')).toEqual(['v0.4']);
  });

  it('touches nothing, and says what is wrong to standard error alone', async () => {
    const away = { etc: '/nonexistent', env: { HOME: env.HOME ?? '' } };
    const nowhere = await cmanageIn(away, '__complete', 'bash', '--', 'release', '');
    expect(nowhere).toMatchObject({ exitCode: 2, stdout: '' });
    expect(nowhere.stderr).toContain('there is no directory /nonexistent');
  });

  it('takes less than a quarter of a second of the processor', async () => {
    const used: number[] = [];
    for (let run = 0; run < 5; run++) used.push(await processorTime(env));
    expect(Math.min(...used)).toBeLessThan(0.25);
  });

  describe.each([
    ['bash', '/bin/bash', '--norc --noprofile -i'],
    ['zsh', '/usr/bin/zsh', '-f -i'],
    ['fish', '/usr/bin/fish', '--no-config -i'],
  ])('in %s', (shell, path, options) => {
    const isThere = existsSync(path);
    if (!isThere) {
      it(`CANNOT RUN HERE, nothing was tested: there is no ${path}`, () => {
        if (process.env.CI) throw new Error(`apt-get install ${shell}`);
      });
      return;
    }

    it('completes a command, a service and a version by pressing tab', async () => {
      const terminal = onTerminal(`${path} ${options}`, env, lab.dir);
      terminals.push(terminal);
      terminal.type(`${setUp(shell)}\n`);
      await terminal.until(/ready/);
      const from = terminal.shown().length;
      terminal.type('cmanage rele\t');
      await terminal.until(/cmanage release /, from);
      terminal.type('web\t');
      await terminal.until(/webapp /, from);
      terminal.type('-v v0.4\t');
      await terminal.until(/v0\.4 /, from);
      // The line begins with echo then, so that what was completed is printed and not done.
      terminal.type(`${home}echo go''t: \n`);
      await terminal.until(/got: cmanage release webapp -v v0\.4/, from);
      terminal.type('exit\n');
      await terminal.ended;
    });
  });
});

/** Completes everything in a home of its own, with this project's cmanage in front on the path. */
function shellEnvironment(lab: Lab): Record<string, string> {
  const directory = join(lab.dir, 'shell');
  mkdirSync(join(directory, 'bin'), { recursive: true });
  symlinkSync(bin.cmanage, join(directory, 'bin/cmanage'));
  writeFileSync(join(directory, '.zshrc'), '');
  const path = `${join(directory, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
  return { PATH: path, HOME: directory, LANG: 'C.UTF-8', CMANAGE_ETC: lab.etc };
}

/** The words are put together where they are typed, so that the terminal's echo of them is not the answer that is waited for. */
function setUp(shell: string): string {
  const load = {
    bash: 'source <(cmanage completion bash)',
    zsh: 'autoload -Uz compinit && compinit -u && source <(cmanage completion zsh)',
    fish: 'cmanage completion fish | source',
  }[shell];
  return `${load ?? ''}; echo rea''dy`;
}

/** The key that goes to the beginning of the line. */
const home = '\u0001';

/** Seconds of processor time, user and system, of one question: what it costs whatever else the machine does. */
async function processorTime(env: Record<string, string>): Promise<number> {
  const words = ['__complete', 'bash', '--', 'release', 'webapp', '-v', ''];
  const timed = 'TIMEFORMAT="%U %S"; time "$0" "$@" > /dev/null';
  const { stderr } = await execa('bash', ['-c', timed, bin.cmanage, ...words], { env });
  return stderr.split(' ').reduce((sum, part) => sum + Number(part), 0);
}
