import { beforeAll, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bin, cmanage, succeed, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { tinyImage } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { rowsOfState } from '../support/world.ts';

type Event = Record<string, unknown>;

/** What cmanage tells while it works: in its own log, to whoever runs it in CI, to the journal, and at the end. */
describeLab('what is told while work goes on', (lab) => {
  const file = (): string => join(lab.dir, 'cmanage.log');
  const logged = (...args: string[]): Promise<Answer> => cmanage(lab, ...args, '--log-file', file());
  const parsed = (text: string): Event[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
  const entries = (): Event[] => parsed(readFileSync(file(), 'utf8'));

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('logs a command, its operation and each step', async () => {
    const { exitCode, stdout } = await logged('release', 'webapp', '-v', 'v0.4', '-m', 'because');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('  webapp: position 3 v0.4 on 2 hosts')]);
    const events = entries();
    const operation = events[1]?.operation;
    const about = { environment: expect.any(String), pid: expect.any(Number), level: 'info' };
    expect(events[0]).toMatchObject({
      ...about,
      event: 'command',
      command: expect.stringMatching(/^release webapp/),
    });
    expect(events[1]).toMatchObject({ ...about, event: 'begun', reason: 'because' });
    expect(events.at(-2)).toMatchObject({
      ...about,
      event: 'ended',
      status: 'done',
      operation,
      failures: [],
    });
    expect(events.at(-1)).toMatchObject({ ...about, event: 'exit', code: 0 });
    const steps = events.slice(2, -2);
    expect(new Set(steps.map((step) => step.operation))).toEqual(new Set([operation]));
    const ended = steps.filter(({ phase }) => phase === 'done').map(({ seq }) => Number(seq));
    expect(ended.sort((a, b) => a - b)).toEqual(
      Array.from({ length: ended.length }, (_, index) => index + 1),
    );
    expect(steps).toHaveLength(2 * ended.length);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('logs refusals and failures, where the configuration says so, and not what only looks', async () => {
    rmSync(file());
    appendFileSync(join(lab.etc, 'cmanage.yml'), `log_file: ${file()}\n`);
    await succeed(lab, 'show', 'services');
    await succeed(lab, 'pop', 'webapp', '--dry-run');
    await cmanage(lab, 'release', 'webapp', '-v', 'v0.1');
    await cmanage(lab, 'release', 'webapp', '-v', 'v0.8');
    const events = entries();
    expect(events.filter(({ event }) => event === 'command')).toHaveLength(2);
    expect(events.find(({ event }) => event === 'refused')).toMatchObject({
      level: 'warning',
      violations: expect.arrayContaining([expect.objectContaining({ code: 'stack-versions' })]),
    });
    expect(events.find(({ event }) => event === 'ended')).toMatchObject({ level: 'error', status: 'undone' });
    expect(events.filter(({ event }) => event === 'exit').map(({ code }) => code)).toEqual([3, 4]);
  });

  it('never logs the values of variables', async () => {
    const values = ['-e', 'TOKEN=s3cret-value', '--env=OTHER=s3cret-too'];
    await succeed(lab, 'addservice', 'quiet', '-i', tinyImage(lab), '-s', '2', '-v', 'v1', ...values);
    expect(readFileSync(file(), 'utf8')).toContain('TOKEN=***');
    expect(readFileSync(file(), 'utf8')).not.toContain('s3cret');
  });

  it('tells events as JSON with -o json, and nothing with --quiet', async () => {
    const { stdout, stderr } = await cmanage(lab, 'pop', 'webapp', '-o', 'json');
    const events = parsed(stderr);
    expect([events[0]?.event, events.at(-1)?.event]).toEqual(['begun', 'ended']);
    const result = JSON.parse(stdout) as { operation: number; changed: string[] };
    expect(result.operation).toBe(events[0]?.operation);
    expect(result.changed).toEqual(['webapp: prod v0.1 → v0.2, qa v0.2 → v0.3, dev v0.3 → v0.4 on 2 hosts']);
    const quiet = await succeed(lab, 'release', 'webapp', '-v', 'v0.5', '-o', 'json', '--quiet');
    expect(quiet.stderr).toBe('');
  });

  it('asks the person at a terminal before containers go, unless --yes is given', async () => {
    // `script` runs a command on a terminal of its own.
    const atTerminal = (input: string, ...args: string[]) =>
      execa('script', ['-qec', [bin.cmanage, ...args].join(' '), '/dev/null'], {
        ...{ input, reject: false, timeout: 100_000 },
        env: { CMANAGE_ETC: lab.etc, TERM: 'xterm' },
      });
    const before = await rowsOfState(lab);
    const declined = await atTerminal('n\n', 'pop', 'webapp');
    expect(declined.stdout).toContain('2 containers go: webapp-stack1-app2 on docker01, webapp-stack2-app2');
    expect(declined.stdout).toContain('Go on? [y/N]');
    expect([declined.exitCode, await rowsOfState(lab)]).toEqual([3, before]);
    const allowed = await atTerminal('y\n', 'pop', 'webapp');
    expect(allowed.exitCode).toBe(0);
    expect(allowed.stdout).toMatch(/wait_drained [\s\S]*done[\s\S]*webapp: prod v0\.2 → v0\.3/);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
    const told = await atTerminal('', 'pop', 'webapp', '--yes');
    expect(told.exitCode).toBe(0);
    expect(told.stdout).not.toContain('Go on?');
  });

  it('gives the journal of systemd a priority with each line', async () => {
    const file = join(lab.dir, 'journal');
    const line = `exec 2>${file}; JOURNAL_STREAM=$(stat -Lc %d:%i ${file}) exec ${bin.cmanage}`;
    await execa('bash', ['-c', `${line} release webapp -v v0.9`], { env: { CMANAGE_ETC: lab.etc } });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((text) => !/^<6>done +\d+ \w+ /.test(text))).toEqual([]);
  });

  it('touches nothing where the log cannot be written', async () => {
    const { exitCode, stderr } = await cmanage(lab, 'pop', 'webapp', '--log-file', '/nonexistent/x.log');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the log /nonexistent/x.log cannot be written: ENOENT');
  });
});
