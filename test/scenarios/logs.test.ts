import { beforeAll, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { killEngine, startEngine } from '../../lab/faults.ts';
import { bin, cmanage, startCmanage, succeed, succeedJson, type Running } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { hostOf } from '../support/world.ts';

type Line = { time: string; container: string; stage: string; version: string; stream: string; text: string };

/** What containers on two hosts write is read as one log. */
describeLab('logs', (lab) => {
  const [one, two] = ['webapp-stack1-app1', 'webapp-stack2-app1'];

  /** Has a container write a line. */
  async function say(container: string, text: string, more: Record<string, string> = {}): Promise<void> {
    const rows = await succeedJson<{ name: string; host: string; port: number }[]>(
      lab,
      'show',
      'containers',
      container,
    );
    const row = rows[0];
    const host = lab.hosts.find(({ name }) => name === row?.host);
    const query = new URLSearchParams({ text, ...more });
    const answer = await fetch(`http://${host?.address}:${row?.port}/log?${query.toString()}`);
    expect(await answer.text()).toBe('logged\n');
  }

  async function linesOf(...args: string[]): Promise<Line[]> {
    return parsed((await succeed(lab, 'logs', 'webapp', ...args, '-o', 'json')).stdout);
  }
  const parsed = (text: string): Line[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('has the lines of all hosts in the order of time, of one stage alone where it is named', async () => {
    for (const number of [1, 2, 3]) {
      await say(one, `one ${number}`);
      await say(two, `two ${number}`);
    }
    const lines = await linesOf('--stage', 'prod');
    expect(lines.slice(-6).map(({ text }) => text)).toEqual([
      'one 1',
      'two 1',
      'one 2',
      'two 2',
      'one 3',
      'two 3',
    ]);
    expect(new Set(lines.map(({ container }) => container))).toEqual(new Set([one, two]));
    expect(new Set(lines.map(({ version }) => version))).toEqual(new Set(['v0.1']));
    const all = await linesOf('--tail', 'all');
    expect(new Set(all.map(({ container }) => container)).size).toBe(6);
    expect(all.map(({ time }) => time)).toEqual(all.map(({ time }) => time).sort());
  });

  it('tells both streams, and long lines whole', async () => {
    await say(one, 'it went wrong', { stream: 'stderr' });
    await say(one, 'xy.', { long: '20000' });
    const [wrong, long] = (await linesOf('--stage', 'prod')).slice(-2);
    expect(wrong).toMatchObject({ stream: 'stderr', text: 'it went wrong', container: one });
    expect(long?.text).toBe('xy.'.repeat(20_000));
  });

  it('shows what a terminal would obey', async () => {
    await say(one, '\u001b]0;owned\u0007\u001b[31mred\u001b[0m\u202e');
    const { stdout } = await succeed(lab, 'logs', 'webapp', '--stage', 'prod', '--tail', '1');
    expect(stdout).toContain(`\tdocker01\t${one}\t\\u001b]0;owned\\u0007red\\u202e`);
    expect(stdout).not.toMatch(/[\u0007\u001b\u202e]/);
  });

  it('tells the last lines of each container, or those since a time', async () => {
    await say(one, 'again', { times: '150' });
    const count = async (...args: string[]): Promise<number> =>
      (await linesOf('--stage', 'prod', ...args)).filter(({ text }) => text === 'again').length;
    expect([await count(), await count('--tail', '7'), await count('--since', '1h')]).toEqual([100, 7, 150]);
    const now = (await linesOf('--stage', 'prod', '--tail', '1')).at(-1)?.time ?? '';
    const later = new Date(Date.parse(now) + 1000).toISOString();
    expect(await count('--since', later)).toBe(0);
  });

  it('follows what is written, and what comes and goes, past a host that is away', async () => {
    const following = follow('--tail', '0');
    await until(following, async () => {
      await say(two, 'begun');
      return following.texts().includes('begun');
    });
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await until(
      following,
      () => following.texts().filter((text) => text.startsWith('webapp v0.4')).length === 2,
    );
    await succeed(lab, 'pop', 'webapp');
    await killEngine(hostOf(lab, 2));
    await until(following, () =>
      following.news().includes('lines of docker02 are missing until it answers again'),
    );
    await say('webapp-stack1-app2', 'the others go on');
    await until(following, () => following.texts().includes('the others go on'));
    await startEngine(lab, hostOf(lab, 2));
    await until(following, () => following.news().includes('docker02 answers again'));
    await until(following, async () => {
      await say('webapp-stack2-app2', 'here again').catch(() => undefined);
      return following.texts().includes('here again');
    });
    following.process.kill('SIGINT');
    expect((await following.process).exitCode).toBe(0);
    expect(following.news().match(/are missing/g)).toHaveLength(1);
    const texts = following.texts();
    expect(texts.filter((text) => text === 'the others go on')).toHaveLength(1);
  }, 300_000);

  it('ends when nobody reads any more', async () => {
    const { stdout, exitCode } = await execa(
      'bash',
      ['-c', `${bin.cmanage} logs webapp --follow | head -n 1; exit \${PIPESTATUS[0]}`],
      { env: { CMANAGE_ETC: lab.etc }, reject: false, timeout: 60_000 },
    );
    expect([stdout.split('\n').length, exitCode]).toEqual([1, 0]);
  });

  it('tells of a host that is away once, with the lines of the others and exit code 4', async () => {
    await killEngine(hostOf(lab, 2));
    const { exitCode, stdout, stderr } = await cmanage(lab, 'logs', 'webapp');
    await startEngine(lab, hostOf(lab, 2));
    expect(exitCode).toBe(4);
    expect(stdout).toContain('webapp-stack1-app2\tthe others go on');
    expect(stdout).not.toContain('docker02');
    expect(stderr.match(/docker02/g)?.length).toBeGreaterThan(0);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('lines of docker02 are missing')]);
  });

  it('refuses what is not there', async () => {
    expect(await cmanage(lab, 'logs', 'shop')).toMatchObject({
      exitCode: 2,
      stderr: "cmanage: there is no service shop: see 'cmanage show services'",
    });
    expect((await cmanage(lab, 'logs', 'webapp', '--stage', 'test')).exitCode).toBe(2);
  });

  type Following = { process: Running; texts: () => string[]; news: () => string };

  function follow(...args: string[]): Following {
    const process = startCmanage(lab, 'logs', 'webapp', '--follow', '-o', 'json', ...args);
    let [said, news] = ['', ''];
    process.stdout.on('data', (chunk) => (said += String(chunk)));
    process.stderr.on('data', (chunk) => (news += String(chunk)));
    const texts = (): string[] => parsed(said.slice(0, said.lastIndexOf('\n') + 1)).map(({ text }) => text);
    return { process, texts, news: () => news };
  }

  async function until({ texts, news }: Following, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let left = 300; left > 0; left--) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`waited in vain; told so far:\n${texts().join('\n')}\n${news()}`);
  }
});
