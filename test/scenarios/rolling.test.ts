import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineRequest } from '../../lab/engineApi.ts';
import { waitUntil } from '../../lab/run.ts';
import { cmanage, startCmanage, succeed, type Running } from '../support/cmanage.ts';
import { latestOperation, latestSteps } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt, ask } from '../support/http.ts';
import { startLoad } from '../support/load.ts';
import { addWebapp, imageOf } from '../support/webapp.ts';
import {
  containersOn,
  databaseOf,
  hostOf,
  inspect,
  nameOf,
  stateOfWorld,
  whatRuns,
} from '../support/world.ts';

/** Its health page takes a second and a half to answer, so that there is time to break what comes up. */
const slowHealth = '/slow?ms=1500';

describeLab('containers that come up as their service says', (lab) => {
  beforeAll(async () => {
    const rules = join(lab.etc, 'rules.yml');
    const override = `overrides:\n  - { services: single, reason: there must be one, rules: { host-loss: { level: warn } } }`;
    const text = readFileSync(rules, 'utf8')
      .replace('stages: [prod, qa, dev]', 'stages: [prod]')
      .replace('min_containers: 3', 'min_containers: 1')
      .replace('overrides: []', override);
    writeFileSync(rules, text);
    await addWebapp(lab, '--health', slowHealth, '--health-deadline', '20');
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
  });

  const roll = (...options: string[]) => succeed(lab, 'changeservice', 'webapp', ...options);

  const engine = async (host: number, name: string, what: 'kill' | 'start'): Promise<void> => {
    const path = `/containers/${name}/${what}`;
    const { status, body } = await engineRequest('POST', hostOf(lab, host).socket, path, undefined, 30_000);
    if (status !== 204) throw new Error(`POST ${path}: ${JSON.stringify(body)}`);
  };

  const startedAt = async (host: number, name: string): Promise<number> =>
    Date.parse((await inspect(hostOf(lab, host), name)).State.StartedAt);

  /** Waits until the journal says that a step of this kind, of this container, is under way. */
  const reaches = async (running: Running, kind: string, object: string): Promise<void> => {
    const reached = await waitUntil(async () => {
      if (running.exitCode !== null) throw new Error('it ended before');
      if ((await latestOperation(databaseOf(lab)))?.status !== 'running') return false;
      return (await latestSteps(databaseOf(lab))).some(
        (step) => step.kind === kind && step.object === object && step.status === 'sent',
      );
    }, 60_000);
    expect(reached).toBe(true);
  };

  const ended = async (running: Running): Promise<{ exitCode: number; stderr: string }> => {
    const { exitCode, stderr } = await running;
    return { exitCode: exitCode ?? -1, stderr };
  };

  it('one by one: each starts when the one before has become healthy, and the delay has passed', async () => {
    await roll('--parallelism', '1', '--delay', '3');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    const [first, second] = [
      await startedAt(1, 'webapp-stack1-app4'),
      await startedAt(2, 'webapp-stack2-app4'),
    ];
    // A second and a half for its health, and the delay.
    expect(second - first).toBeGreaterThanOrEqual(4500);
  });

  it('all at once, where nothing is said of it', async () => {
    await roll('--parallelism', 'all', '--delay', '0');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    const [first, second] = [
      await startedAt(1, 'webapp-stack1-app5'),
      await startedAt(2, 'webapp-stack2-app5'),
    ];
    expect(Math.abs(second - first)).toBeLessThan(1500);
  });

  it('goes back when one fails while it is watched, and the old version answers again', async () => {
    await roll('--monitor', '60');
    const before = await stateOfWorld(lab);
    const pop = startCmanage(lab, 'pop', 'webapp');
    await reaches(pop, 'watch_health', 'webapp-stack1-app2');
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
    await engine(1, 'webapp-stack1-app2', 'kill');
    expectMessage(await ended(pop), {
      exitCode: 4,
      says: [
        'watching webapp-stack1-app2 (v0.2): not healthy any more: it is exited',
        'the state is as before',
      ],
    });
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.1'] });
    await engine(1, 'webapp-stack1-app2', 'start');
    const { revision, rows, config, servers } = await stateOfWorld(lab);
    expect({ revision, rows, config, servers }).toEqual({
      ...{ revision: before.revision, rows: before.rows },
      ...{ config: before.config, servers: before.servers },
    });
  });

  it('goes on when all stay healthy while they are watched', async () => {
    await roll('--monitor', '3');
    const began = performance.now();
    await succeed(lab, 'pop', 'webapp');
    expect(performance.now() - began).toBeGreaterThan(3000);
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
    await roll('--monitor', '0');
  });

  it('pauses: what was made is left as it is, and the same command again takes it up', async () => {
    await roll('--on-failure', 'pause');
    const { revision, rows, servers } = await stateOfWorld(lab);
    const release = ['release', 'webapp', '-v', 'v0.8'];
    const idsOf = () => Promise.all([1, 2].map(async (n) => (await inspect(hostOf(lab, n), left(n))).Id));
    const left = (n: number): string => `webapp-stack${n}-app6`;
    const first = await cmanage(lab, ...release);
    const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
    expectMessage(first, {
      exitCode: 5,
      says: [/waiting for webapp-stack[12]-app6 \(v0\.8\)/, 'It has paused', `cmanage resume ${id}`],
    });
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'unfinished' });
    expect(await stateOfWorld(lab)).toMatchObject({ revision, rows, servers });
    const ids = await idsOf();
    expectMessage(await cmanage(lab, ...release), { exitCode: 5, says: ['It has paused', 'adopted'] });
    expect(await idsOf()).toEqual(ids);
    const second = (await latestOperation(databaseOf(lab)))?.id ?? 0;
    for (const operation of [second, id]) await succeed(lab, 'rollback', '--operation', String(operation));
    expect((await whatRuns(lab)).filter((line) => line.includes('app6'))).toEqual([]);
  });

  it('goes on without one that fails: it gets no request, the others do, and the exit code tells', async () => {
    await roll('--on-failure', 'continue');
    const load = startLoad(lab, 8080);
    const replace = startCmanage(lab, 'replace', 'webapp', '--position', '0', '--direction', 'up');
    await reaches(replace, 'wait_healthy', 'webapp-stack2-app6');
    await engine(2, 'webapp-stack2-app6', 'kill');
    const answer = await ended(replace);
    const { answered, failed } = load.look();
    await load.stop();
    expectMessage(answer, {
      exitCode: 7,
      says: ['It went on without webapp-stack2-app6: the new state is recorded', 'cmanage deploy containers'],
    });
    expect({ failed, some: answered > 0 }).toEqual({ failed: [], some: true });
    const alone = await answersAt(lab, 8080);
    expect(alone).toMatchObject({ versions: ['v0.3'] });
    expect(alone.containers).toHaveLength(1);

    await succeed(lab, 'deploy', 'containers', 'webapp');
    const both = await waitUntil(async () => (await answersAt(lab, 8080)).containers.length === 2, 30_000);
    expect(both).toBe(true);
    expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.3'] });
  });

  it('one after the other where two must never run: the old one is down before the new one starts', async () => {
    const image = ['-i', imageOf(lab), '-v', 'v0.1', '-s', '1', '--health', '/health'];
    await succeed(lab, 'addservice', 'single', ...image, '--order', 'stop-first');
    await succeed(lab, 'addendpoint', 'prod', '-s', 'single', '-p', '8090');
    await succeed(lab, 'addexternal', 'db', '--target', `prod=${lab.gateway}:5432`);
    const connect = ['connect', 'single', '-c', 'db'];
    expect((await succeed(lab, ...connect, '--dry-run')).stdout).toMatch(
      /stop-first: single-endpoint-prod: after step \d+ .* has no server for it until single-stack1-app2 is healthy/,
    );

    const counts = new Set<number>();
    const answers = new Set<string>();
    let going = true;
    const watchEngines = async (): Promise<void> => {
      while (going) {
        const lists = await Promise.all(lab.hosts.map((host) => containersOn(host)));
        const running = lists
          .flat()
          .filter((one) => nameOf(one).startsWith('single-') && one.State === 'running');
        counts.add(running.length);
      }
    };
    const watchAnswers = async (): Promise<void> => {
      while (going) {
        answers.add(await ask(lab.loadbalancer.address, 8090).then(({ status }) => `${status}`, String));
        await sleep(20);
      }
    };
    const watching = [watchEngines(), watchAnswers()];
    const { stderr } = await succeed(lab, ...connect).finally(() => (going = false));
    await Promise.all(watching);
    expect(stderr).toContain('stop_container');
    expect([...counts].sort()).toEqual([0, 1]);
    expect([...answers].sort()).toEqual(['200', '503']);
    expect((await ask(lab.loadbalancer.address, 8090)).status).toBe(200);
    expect(
      (await containersOn(hostOf(lab, 1))).concat(await containersOn(hostOf(lab, 2))).map(nameOf),
    ).toContain('single-stack1-app2');
  });
});
