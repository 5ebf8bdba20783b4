import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { bin, cmanageIn } from '../support/cmanage.ts';
import { edit } from '../support/etc.ts';
import { onTerminal, type Terminal } from '../support/terminal.ts';

/** A terminal where init is left, or has nobody to ask; nothing of it needs a host. */
describe('cmanage init', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-init-'));
  const terminals: Terminal[] = [];
  let count = 0;

  const begin = (options = '', name = `etc${count++}`): { etc: string; terminal: Terminal } => {
    const etc = join(directory, name);
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: directory, CMANAGE_ETC: etc };
    const terminal = onTerminal(`${bin.cmanage} init ${options}`, env, directory);
    terminals.push(terminal);
    return { etc, terminal };
  };

  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.hangUp();
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('writes nothing where it is left before the end by %s', async (_key, key) => {
    const { etc, terminal } = begin();
    await terminal.until(/Name of this environment \[production\]: $/);
    terminal.type('\r');
    await terminal.until(/State database .*: $/);
    terminal.type(key);
    expect(await terminal.ended).toBe(2);
    expect(terminal.shown()).toContain('cmanage: left before the end: nothing was written');
    expect(existsSync(etc)).toBe(false);
  });

  it('asks nothing with --yes', async () => {
    const { etc, terminal } = begin('--yes');
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toContain("Edit these files, then run 'cmanage init' again");
    expect(existsSync(join(etc, 'hosts.yml'))).toBe(true);
  });

  it('asks nothing where nobody sits', async () => {
    const etc = join(directory, 'script');
    const answer = await cmanageIn({ etc }, 'init');
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Edit these files') });
    expect(existsSync(join(etc, 'hosts.yml'))).toBe(true);
  });

  it('creates no state database for the hosts of the example, and one for hosts of its own', async () => {
    const etc = join(directory, 'example');
    const init = () => cmanageIn({ etc }, 'init');
    expect((await init()).exitCode).toBe(0);
    appendFileSync(join(etc, 'rules.yml'), '# ours\n');
    edit(etc, 'cmanage.yml', (text) => text.replace(/^state: .*$/m, 'state: cmanage.db'));
    expect(await init()).toMatchObject({
      ...{ exitCode: 2, stdout: '' },
      stderr: `cmanage: ${etc}/hosts.yml is still the example, whose hosts are nobody's: edit it first. No state database was created`,
    });
    expect(existsSync(join(etc, 'cmanage.db'))).toBe(false);
    edit(etc, 'hosts.yml', (text) => text.replaceAll('example.net', 'example.org'));
    expect(await init()).toMatchObject({ exitCode: 0, stdout: `${etc}/cmanage.db is created` });
    expect(await init()).toMatchObject({ exitCode: 0, stdout: `${etc}/cmanage.db exists and is up to date` });
  });

  it('asks where there is only the example, which a script is told', async () => {
    const name = 'nobodys';
    const etc = join(directory, name);
    await cmanageIn({ etc }, 'init');
    const told = await cmanageIn({ etc }, 'init');
    expect(told.stderr).toContain("edit it first, or answer the questions of 'cmanage init' on a terminal.");
    const { terminal } = begin('', name);
    await terminal.until(/Name of this environment \[production\]: $/);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(2);
  });

  it("tells cmanage's own log what it made, also where it is asked for nothing but that", async () => {
    const etc = join(directory, 'logged');
    const [given, configured] = ['given.log', 'logged/configured.log'].map((name) => join(directory, name));
    const events = (file = ''): unknown[] =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .map(({ environment, level, event, text, code }) => [environment, level, event, text ?? code]);
    await cmanageIn({ etc }, 'init', '--log-file', given ?? '');
    const written = ['cmanage.yml', 'hosts.yml', 'rules.yml'].map((name) => join(etc, name));
    expect(events(given)).toEqual([
      [null, 'info', 'command', undefined],
      ...written.map((path) => [null, 'info', 'init', `${path} is written`]),
      [null, 'info', 'exit', 0],
    ]);
    edit(
      etc,
      'cmanage.yml',
      (text) => `${text.replace(/^state: .*$/m, 'state: cmanage.db')}log_file: configured.log\n`,
    );
    await cmanageIn({ etc }, 'init');
    edit(etc, 'hosts.yml', (text) => text.replaceAll('example.net', 'example.org'));
    await cmanageIn({ etc }, 'init');
    expect(events(configured)).toEqual([
      ['production', 'info', 'command', undefined],
      ['production', 'error', 'error', expect.stringContaining('is still the example')],
      ['production', 'warning', 'exit', 2],
      ['production', 'info', 'command', undefined],
      ['production', 'info', 'init', `${etc}/cmanage.db is created`],
      ['production', 'info', 'exit', 0],
    ]);
  });

  it('writes nothing where the log cannot be written', async () => {
    const etc = join(directory, 'unlogged');
    const { exitCode, stderr } = await cmanageIn({ etc }, 'init', '--log-file', '/nonexistent/x.log');
    expect([exitCode, existsSync(etc)]).toEqual([2, false]);
    expect(stderr).toContain('the log /nonexistent/x.log cannot be written: ENOENT');
  });

  it('leaves the example of the package itself alone', async () => {
    const { terminal } = begin(`--etc ${join(projectRoot(), 'etc')}`);
    expect(await terminal.ended).toBe(2);
    expect(inOneLine(terminal.shown())).toContain(
      'is the example of this cmanage itself: give another directory',
    );
  });

  it('says before the first question that it cannot write there', async () => {
    writeFileSync(join(directory, 'file'), '');
    const { terminal } = begin('', 'file/etc');
    expect(await terminal.ended).toBe(2);
    const place = join(directory, 'file');
    expect(inOneLine(terminal.shown())).toBe(
      `cmanage: the configuration cannot be written: ${place} is no directory`,
    );
  });
});

/** What a terminal shows, wherever its lines were broken. */
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
