import { beforeAll, expect, it } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import { engineGet } from '../../lab/engineApi.ts';
import { killEngine, startEngine } from '../../lab/faults.ts';
import { masterCommand, statsCommand } from '../../lab/haproxyApi.ts';
import { callEngine } from '../support/byHand.ts';
import { cmanage, startCmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { execute } from '../support/database.ts';
import { startLoad } from '../support/load.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import {
  configOf,
  containersOn,
  databaseOf,
  fingerprint,
  hostOf,
  inspect,
  nameOf,
  serversOf,
  whatRuns,
} from '../support/world.ts';

/** Each thing is spoiled behind cmanage's back; `heal` mends it, and the world is looked at, not what it says. */
describeLab('heal', (lab) => {
  const app = 'webapp-stack1-app1';
  const twin = 'webapp-stack2-app1';
  const engine = (method: string, path: string, body?: object, place = 1) =>
    callEngine(hostOf(lab, place), method, path, body);
  let whole: { runs: string[]; servers: string[]; config: string };

  const world = async () => ({
    runs: await whatRuns(lab),
    servers: await serversOf(lab),
    config: configOf(lab),
  });
  const findings = async (): Promise<string[]> => {
    const { stdout } = await cmanage(lab, 'verify', '-o', 'json');
    return (JSON.parse(stdout) as { drift: { object: string; kind: string }[] }).drift.map(
      ({ object, kind }) => `${object} ${kind}`,
    );
  };
  /** Nothing is otherwise than it was when the environment was made, and verify agrees. */
  const isWhole = async (): Promise<void> => {
    expect(await world()).toEqual(whole);
    expect(await findings()).toEqual([]);
  };
  const startedAt = async (name: string, place = 1): Promise<string> =>
    (await inspect(hostOf(lab, place), name)).State.StartedAt;

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    whole = await world();
  });

  it('has nothing to do where all is as the state says, and records nothing', async () => {
    const before = await fingerprint(lab);
    expect((await cmanage(lab, 'heal')).exitCode).toBe(0);
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('shows with --dry-run what it would do, and touches nothing', async () => {
    await engine('POST', `/containers/${app}/stop?t=0`);
    const before = await fingerprint(lab);
    const { plan, found } = await succeedJson<{
      plan: { steps: { kind: string }[] };
      found: { kind: string }[];
    }>(lab, 'heal', '--dry-run');
    expect(found.map(({ kind }) => kind)).toEqual(['stopped']);
    expect(plan.steps.map(({ kind }) => kind)).toEqual([
      ...['check_host', 'remove_server', 'start_container', 'wait_healthy', 'add_server'],
    ]);
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('starts what was stopped, the very same container, and records who did it and why', async () => {
    const { Id } = await inspect(hostOf(lab, 1), app);
    await succeed(lab, 'heal', '-m', 'somebody stopped it');
    expect((await inspect(hostOf(lab, 1), app)).Id).toBe(Id);
    await isWhole();
    const [last] = (
      await succeedJson<{ command: string; reason: string; status: string }[]>(lab, 'history')
    ).slice(-1);
    expect(last).toMatchObject({
      command: expect.stringMatching(/heal/),
      reason: 'somebody stopped it',
      status: 'done',
    });
  });

  it('makes what was removed, several at once, and starts what was paused', async () => {
    await engine('DELETE', `/containers/${app}?force=1`);
    await engine('DELETE', `/containers/${twin}?force=1`, undefined, 2);
    await engine('POST', '/containers/webapp-stack1-app2/pause');
    await succeed(lab, 'heal');
    await isWhole();
  });

  it('gives a renamed container its name again; it runs on meanwhile', async () => {
    const started = await startedAt(app);
    await engine('POST', `/containers/${app}/rename?name=other`);
    expect(await findings()).toEqual([`${app} renamed`]);
    await succeed(lab, 'heal');
    expect(await startedAt(app)).toBe(started);
    await isWhole();
  });

  it('replaces containers with other limits one after the other, under load, and no request is lost', async () => {
    await limit(app, 1);
    await limit(twin, 2);
    await engine('POST', '/containers/webapp-stack1-app3/update', { RestartPolicy: { Name: 'no' } });
    const third = await startedAt('webapp-stack1-app3');
    // HAProxy's checks find both well again before anybody is asked to mend them.
    await isUp();
    const load = startLoad(lab, 8080);
    await succeed(lab, 'heal');
    await load.stop();
    const { answered, failed } = load.look();
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(50);
    expect((await inspect(hostOf(lab, 1), app)).HostConfig.PidsLimit).toBe(512);
    expect((await inspect(hostOf(lab, 2), twin)).HostConfig.PidsLimit).toBe(512);
    expect(await startedAt('webapp-stack1-app3')).toBe(third);
    expect((await inspect(hostOf(lab, 1), 'webapp-stack1-app3')).HostConfig.RestartPolicy.Name).toBe(
      'always',
    );
    await isWhole();
  });

  it('tells HAProxy what its file says, and no worker is reloaded for it', async () => {
    const { statsSocket, masterSocket } = lab.loadbalancer;
    const reloads = async () =>
      /^\d+\s+master\s+\S+\s+(\d+)/m.exec(await masterCommand(masterSocket, 'show proc'))?.[1];
    const before = await reloads();
    await statsCommand(statsSocket, `set server webapp-endpoint-prod/${app} state maint`);
    await statsCommand(statsSocket, 'set server webapp-endpoint-qa/webapp-stack1-app2 weight 3');
    await statsCommand(statsSocket, 'add server webapp-endpoint-dev/stray 10.77.0.1:9');
    await statsCommand(statsSocket, 'set server webapp-endpoint-dev/stray state ready');
    expect(await findings()).toEqual(['haproxy traffic']);
    await succeed(lab, 'heal');
    expect(await reloads()).toBe(before);
    await isWhole();
  });

  it('writes and loads the file that somebody edited, without losing a request', async () => {
    appendFileSync(lab.loadbalancer.config, '# edited\n');
    // What does not answer is not loaded, and added when it does.
    await engine('POST', '/containers/webapp-stack1-app2/stop?t=0');
    await masterCommand(lab.loadbalancer.masterSocket, 'reload');
    const load = startLoad(lab, 8080);
    await succeed(lab, 'heal');
    await load.stop();
    expect(load.look().failed).toEqual([]);
    await isWhole();
  });

  it('removes what is ours and in no state, and leaves what is not ours and what the journal does not know', async () => {
    const { Config } = await inspect(hostOf(lab, 1), app);
    const make = (name: string, labels: Record<string, string>) =>
      engine('POST', `/containers/create?name=${name}`, {
        ...{ Image: Config.Image, Hostname: name, Labels: labels },
      });
    await make('stray', Config.Labels);
    // As if the operation that made the other one had made this one, too, and lost it.
    await execute(
      databaseOf(lab),
      `INSERT INTO step (operation, seq, kind, host, object, status)
       SELECT operation, 1000, kind, host, 'stray', status FROM step
       WHERE kind = 'create_container' AND object = '${app}' AND operation = ${Config.Labels['cmanage.operation'] ?? ''}`,
    );
    await make('unknown', Config.Labels);
    await make('later', { ...Config.Labels, 'cmanage.operation': '999' });
    await make('foreign', { ...Config.Labels, 'cmanage.environment': 'another' });
    const { exitCode } = await cmanage(lab, 'heal');
    const names = (await containersOn(hostOf(lab, 1))).map(nameOf);
    const stay = ['later', 'unknown', 'foreign'];
    expect([exitCode, ['stray', ...stay].filter((name) => names.includes(name))]).toEqual([7, stay]);
    expect((await findings()).sort()).toEqual(['later orphan', 'unknown orphan']);
    await engine('DELETE', '/containers/later');
    await engine('DELETE', '/containers/unknown');
    await engine('DELETE', '/containers/foreign');
    await isWhole();
  });

  it('leaves the containers of a service that somebody froze', async () => {
    await succeed(lab, 'lock', 'webapp', '-m', 'an audit');
    await engine('POST', `/containers/${app}/stop?t=0`);
    const { exitCode, stdout } = await cmanage(lab, 'heal');
    expect([exitCode, stdout]).toEqual([
      7,
      expect.stringMatching(/frozen by .* \(an audit\): 'cmanage unlock webapp'/),
    ]);
    expect((await inspect(hostOf(lab, 1), app)).State.Running).toBe(false);
    await succeed(lab, 'unlock', 'webapp');
    await succeed(lab, 'heal');
    await isWhole();
  });

  it('leaves a foreign container of our name, and mends the others', async () => {
    const { Config } = await inspect(hostOf(lab, 1), app);
    await engine('DELETE', `/containers/${app}?force=1`);
    await engine('POST', `/containers/create?name=${app}`, { Image: Config.Image });
    await engine('POST', `/containers/${twin}/stop?t=0`, undefined, 2);
    const { Id } = await inspect(hostOf(lab, 1), app);
    const { exitCode, stdout } = await cmanage(lab, 'heal');
    expect([exitCode, (await inspect(hostOf(lab, 1), app)).Id]).toEqual([7, Id]);
    expect(stdout).toMatch(/this environment did not make it/);
    expect(await findings()).toEqual([`${app} foreign`]);
    await engine('DELETE', `/containers/${app}`);
    await succeed(lab, 'heal');
    await isWhole();
  });

  it('mends what it can where a host is away, and says that nothing is known of that one', async () => {
    await engine('POST', `/containers/${app}/stop?t=0`);
    await killEngine(hostOf(lab, 2));
    const { exitCode, stdout } = await cmanage(lab, 'heal');
    expect(exitCode).toBe(7);
    expect(stdout).toMatch(/docker02\s+unreachable/);
    expect((await inspect(hostOf(lab, 1), app)).State.Running).toBe(true);
    await startEngine(lab, hostOf(lab, 2));
    await succeed(lab, 'heal');
    await isWhole();
  });

  it('leaves what alone serves, unless an outage is allowed', async () => {
    const labels = { Image: (await inspect(hostOf(lab, 1), app)).Config };
    expect(labels.Image.Labels['cmanage.stack']).toBe('webapp-stack1');
    await engine('POST', `/containers/${app}/update`, { PidsLimit: 99 });
    await statsCommand(lab.loadbalancer.statsSocket, `set server webapp-endpoint-prod/${twin} state maint`);
    await engine('POST', `/containers/${twin}/rename?name=mine`, undefined, 2);
    await engine('POST', '/containers/create?name=webapp-stack2-app1', { Image: labels.Image.Image }, 2);
    const first = await cmanage(lab, 'heal', '--dry-run');
    expect([first.exitCode, first.stdout]).toEqual([7, expect.stringMatching(/--allow-outage/)]);
    const started = await startedAt(app);
    expect((await cmanage(lab, 'heal')).exitCode).toBe(7);
    expect(await startedAt(app)).toBe(started);
    await engine('DELETE', '/containers/webapp-stack2-app1', undefined, 2);
    // The twin has its name again; it serves once HAProxy's checks say so.
    await isUp();
    await succeed(lab, 'heal');
    await isWhole();
  });

  it.each([['heal'], ['resume']])('is killed in the middle, and finished by %s', async (ending) => {
    await limit(app, 1);
    await limit(twin, 2);
    await isUp();
    const healing = startCmanage(lab, 'heal');
    let said = '';
    healing.stderr.on('data', (chunk) => (said += String(chunk)));
    while (!said.includes('remove_container docker')) await new Promise((resolve) => setTimeout(resolve, 5));
    healing.kill('SIGKILL');
    await healing;
    expect(await findings()).not.toEqual([]);
    // It stands in nobody's way.
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4', '--dry-run');
    await succeed(lab, ending);
    await isWhole();
    expect(await succeedJson(lab, 'show', 'operations')).toEqual([]);
  });

  /** Makes a container again by hand, as `docker inspect` shows it, with another limit. */
  async function limit(name: string, place: number): Promise<void> {
    const path = `/containers/${name}`;
    const shown = await engineGet(hostOf(lab, place).socket, `${path}/json`);
    const { Config, HostConfig } = shown as Record<string, object>;
    const body = { ...Config, HostConfig: { ...HostConfig, PidsLimit: 99 } };
    await engine('DELETE', `${path}?force=1`, undefined, place);
    await engine('POST', `/containers/create?name=${name}`, body, place);
    await engine('POST', `${path}/start`, undefined, place);
  }

  /** Until every container is well, and HAProxy's own checks say so too. */
  async function isUp(): Promise<void> {
    for (;;) {
      if ((await findings()).some((finding) => /unhealthy|stopped/.test(finding))) continue;
      const stat = await statsCommand(lab.loadbalancer.statsSocket, 'show stat');
      const rows = stat.split('\n').filter((line) => /^webapp-endpoint-\w+,webapp-stack/.test(line));
      if (rows.length === 6 && rows.every((row) => row.includes(',UP,'))) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
