import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { killEngine, startEngine } from '../../lab/faults.ts';
import { callEngine } from '../support/byHand.ts';
import { cmanage, startCmanage, succeed, succeedJson, type Running } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { startLoad } from '../support/load.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, hostOf, inspect, serversOf, whatRuns } from '../support/world.ts';

type Told = { readonly event: string; readonly text: string; readonly operation: number | null };

/** Somebody spoils things on the hosts while `cmanage watch` runs. */
describeLab('watch', (lab) => {
  const app = 'webapp-stack1-app1';
  const twin = 'webapp-stack2-app1';
  const posted: Told[] = [];
  const hook = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      posted.push(JSON.parse(body) as Told);
      response.end();
    });
  });
  let whole: unknown;
  let watching: { process: Running; told: () => Told[] } | null = null;

  const engine = (method: string, path: string, body?: object, place = 1) =>
    callEngine(hostOf(lab, place), method, path, body);
  const world = async () => ({
    runs: await whatRuns(lab),
    servers: await serversOf(lab),
    config: configOf(lab),
  });
  const commandLog = (): string => join(lab.dir, 'told-by-command');

  async function watch(...args: string[]): Promise<void> {
    const running = startCmanage(lab, 'watch', '-o', 'json', '--interval', '5', ...args);
    let said = '';
    running.stdout.on('data', (chunk) => (said += String(chunk)));
    const told = (): Told[] =>
      said
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Told);
    watching = { process: running, told };
    await until('it listens', () => count('connected') === 2);
  }
  const count = (event: string): number =>
    (watching?.told() ?? []).filter((one) => one.event === event).length;

  async function end(): Promise<number | undefined> {
    if (!watching) throw new Error('nobody watches');
    watching.process.kill('SIGTERM');
    const { exitCode } = await watching.process;
    watching = null;
    return exitCode;
  }

  /** What does not come within a minute never comes; on a quiet machine all of it takes seconds. */
  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; !(await isSo());) {
      if (Date.now() > deadline)
        throw new Error(`${what}: not within a minute; ${JSON.stringify(watching?.told())}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    await addWebapp(lab);
    await addEndpoints(lab);
    const script = join(lab.dir, 'tell.sh');
    writeFileSync(script, `#!/bin/sh\ncat >> ${commandLog()}\n`, { mode: 0o755 });
    const { port } = hook.address() as AddressInfo;
    appendFileSync(
      join(lab.etc, 'cmanage.yml'),
      `watch:\n  webhook: http://127.0.0.1:${port}/\n  command: [${script}]\n  repairs_per_object: 20\n`,
    );
    whole = await world();
  });

  afterEach(async () => {
    if (watching) await end();
  });

  afterAll(() => {
    hook.closeAllConnections();
    hook.close();
  });

  it('repairs a container that was stopped or removed, tells before and after, and loses no request', async () => {
    await watch();
    const load = startLoad(lab, 8080);
    // Whoever stops it takes the requests with it that it is just answering; from then on the other one answers.
    await engine('POST', `/containers/${app}/stop`);
    load.look();
    await until('it is started again', () => count('repaired') === 1);
    expect(load.look().failed).toEqual([]);
    await engine('DELETE', `/containers/${twin}?force=1`, undefined, 2);
    load.look();
    await until('it is made again', () => count('repaired') >= 2);
    await load.stop();
    expect(load.look().failed).toEqual([]);
    await until('nothing is otherwise', async () => (await cmanage(lab, 'verify')).exitCode === 0);
    expect(await world()).toEqual(whole);
    const events = posted.map(({ event }) => event);
    expect(events.slice(0, 2)).toEqual(['repairing', 'repaired']);
    expect(posted[0]?.text).toContain(`docker01 ${app} stopped`);
    const { command, status } = (
      await succeedJson<{ id: number; command: string; status: string }[]>(lab, 'history')
    ).find(({ id }) => id === posted[1]?.operation) ?? { command: '', status: '' };
    expect([command.split(' ')[0], status]).toEqual(['watch', 'done']);
    expect(readFileSync(commandLog(), 'utf8').trim().split('\n').length).toBe(posted.length);
    expect(await end()).toBe(0);
  });

  it('tells only, beyond its limit of repairs, and with --tell-only', async () => {
    await watch('--limit', '1');
    await engine('POST', `/containers/${app}/stop?t=0`);
    await until('it is started again', () => count('repaired') === 1);
    await engine('POST', `/containers/${app}/stop?t=0`);
    await until('it is told of', () => count('limited') === 1);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect((await inspect(hostOf(lab, 1), app)).State.Running).toBe(false);
    expect([count('limited'), count('repairing'), await end()]).toEqual([1, 1, 0]);
    await watch('--tell-only');
    await until('it is told of', () => count('found') === 1);
    expect((await inspect(hostOf(lab, 1), app)).State.Running).toBe(false);
    await end();
    await succeed(lab, 'heal');
    expect(await world()).toEqual(whole);
  });

  it('does not fight an operation that is under way, and goes on after it', async () => {
    await watch();
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await succeed(lab, 'pop', 'webapp');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect([count('repairing'), count('failed')]).toEqual([0, 0]);
    await engine('DELETE', '/containers/webapp-stack1-app4?force=1');
    await until('it is made again', () => count('repaired') === 1);
    expect((await cmanage(lab, 'verify')).exitCode).toBe(0);
  });

  it('goes on when an engine goes away, and finds what happened meanwhile when it is back', async () => {
    await watch();
    await killEngine(hostOf(lab, 1));
    await until('it is noticed', () => count('lost') === 1 && count('found') === 1);
    await startEngine(lab, hostOf(lab, 1));
    await until('it is heard again', () => count('connected') === 3);
    await engine('POST', '/containers/webapp-stack1-app2/stop?t=0');
    await until('it is repaired', async () => (await cmanage(lab, 'verify')).exitCode === 0);
    expect(await end()).toBe(0);
  });
});
