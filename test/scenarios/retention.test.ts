import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { engineRequest } from '../../lab/engineApi.ts';
import { killEngine, startEngine } from '../../lab/faults.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { execute, integrityOf, latestOperation, latestSteps, rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addTiny, tinyImage } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import {
  databaseOf,
  fingerprint,
  hostOf,
  inspect,
  serversOf,
  whatRuns,
  type Inspected,
} from '../support/world.ts';

/** Popped containers are kept, and a rollback starts the very same again. All of it under load, which notices nothing. */
describeLab('retention of stopped containers', coldStory, { hosts: 3 });
describeLab('retention of containers that run on', warmStory, { hosts: 2 });

/** What is retained, as `NAME VERSION PORT`, by the database. */
async function retainedIn(lab: Lab): Promise<string[]> {
  type Row = { name: string; version: string; host_port: number };
  const rows = await rowsOf<Row>(databaseOf(lab), 'SELECT * FROM retained ORDER BY name');
  return rows.map((row) => `${row.name} ${row.version} ${row.host_port}`);
}

/** What HAProxy sends requests to, by the name of a container. */
async function serversNamed(lab: Lab, name: string): Promise<string[]> {
  return (await serversOf(lab)).filter((line) => line.includes(`/${name} `));
}

type Lifetime = { readonly id: string; readonly startedAt: string; readonly policy: string };

async function lifetimeOf(lab: Lab, name: string): Promise<Lifetime & { readonly status: string }> {
  const found = (await inspect(hostOf(lab, 1), name)) as Inspected & { State: { Status: string } };
  const { Id: id, State, HostConfig } = found;
  return {
    id,
    status: State.Status,
    startedAt: State.StartedAt,
    policy: HostConfig.RestartPolicy.Name,
  };
}

/** Load on production from the first to the last test; none of its requests may fail. Returns what forgets those that did. */
function underLoad(lab: Lab): () => void {
  let load: Load | undefined;
  beforeAll(() => {
    load = startLoad(lab, 8080);
  });
  afterEach(async () => {
    expect(load?.look().failed).toEqual([]);
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
    expect((await cmanage(lab, 'check')).exitCode).toBe(0);
  });
  afterAll(() => load?.stop());
  return () => load?.look();
}

const [first, second] = ['webapp-stack1-app1', 'webapp-stack1-app2'];
const prod = 'webapp-endpoint-prod';

function coldStory(lab: Lab): void {
  beforeAll(async () => {
    await addWebapp(lab, '--retain', '1');
    await addEndpoints(lab);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
  });
  const forgive = underLoad(lab);

  it('a pop keeps the container, stopped; nothing is sent to it, and it is shown', async () => {
    const before = await lifetimeOf(lab, first);
    const { stdout: preview } = await succeed(lab, 'pop', 'webapp', '--dry-run');
    expect(preview).toMatch(/stop_container .* and keeps it for a rollback/);
    expect(preview).not.toContain('remove_container');
    await succeed(lab, 'pop', 'webapp');
    expect(await lifetimeOf(lab, first)).toEqual({ ...before, status: 'exited', policy: 'no' });
    expect((await whatRuns(lab)).filter((line) => line.includes('-app1 '))).toEqual([
      'docker01 webapp-stack1-app1 exited v0.1',
      'docker02 webapp-stack2-app1 exited v0.1',
    ]);
    expect(await serversNamed(lab, first)).toEqual([]);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.2']);
    expect(await retainedIn(lab)).toEqual(['webapp-stack1-app1 v0.1 20000', 'webapp-stack2-app1 v0.1 20000']);
    const { stdout } = await succeed(lab, 'show', 'service', 'webapp', '--live');
    expect(stdout).toMatch(
      /^webapp-stack1-app1\tv0\.1\t[0-9a-f]{12}\tdocker01\t20000\t\d{4}-\S+Z\t-\texited$/m,
    );
    const [shown] = await succeedJson<{ retention: unknown; retained: unknown[] }[]>(
      lab,
      'show',
      'service',
      'webapp',
    );
    expect(shown?.retention).toEqual({ by: 'count', limit: 1, warm: false });
    expect(shown?.retained).toHaveLength(2);
  });

  it('its port is not given away', async () => {
    await addTiny(lab, 'db', 3);
    const query = `SELECT host, host_port FROM container JOIN stack ON stack.name = stack WHERE host_port = 20000`;
    expect(await rowsOf(databaseOf(lab), query)).toEqual([{ host: 'docker03', host_port: 20000 }]);
    await succeed(lab, 'delete', 'service', 'db', '--cascade', '--yes');
  });

  it('an engine that restarts does not start it, and deploying finds nothing to do', async () => {
    await killEngine(hostOf(lab, 1));
    await startEngine(lab, hostOf(lab, 1));
    const isBack = async (): Promise<boolean> => (await answersAt(lab, 8080)).containers.length === 2;
    expect(await waitUntil(isBack, 30_000)).toBe(true);
    forgive();
    expect(await lifetimeOf(lab, first)).toMatchObject({ status: 'exited' });
    const { stdout } = await succeed(lab, 'deploy', 'containers', '--dry-run');
    expect(stdout).toContain('Nothing is to be done');
  });

  it('a rollback starts the very same container', async () => {
    const before = await lifetimeOf(lab, first);
    const { stdout } = await succeed(lab, 'rollback', 'webapp', '--dry-run');
    expect(stdout).not.toMatch(/create_container|pull_image/);
    await succeed(lab, 'rollback', 'webapp');
    const after = await lifetimeOf(lab, first);
    expect(after).toMatchObject({ id: before.id, status: 'running', policy: 'always' });
    expect(after.startedAt).not.toBe(before.startedAt);
    expect(await answersAt(lab, 8080)).toEqual({
      versions: ['v0.1'],
      containers: ['webapp-stack1-app1', 'webapp-stack2-app1'],
    });
    expect(await retainedIn(lab)).toEqual([]);
  });

  it('a promotion keeps what it pops, too', async () => {
    await succeed(lab, 'weight', prod, '0=90', '1=10');
    const before = await lifetimeOf(lab, first);
    await succeed(lab, 'promote', prod);
    expect(await lifetimeOf(lab, first)).toEqual({ ...before, status: 'exited', policy: 'no' });
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.2']);
    expect(await retainedIn(lab)).toEqual(['webapp-stack1-app1 v0.1 20000', 'webapp-stack2-app1 v0.1 20000']);
    await succeed(lab, 'rollback', 'webapp');
    expect(await lifetimeOf(lab, first)).toMatchObject({ id: before.id, status: 'running' });
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
  });

  it('a pop that cannot be recorded is taken back: the container is started again, and serves', async () => {
    const before = await lifetimeOf(lab, first);
    await execute(
      databaseOf(lab),
      `CREATE TRIGGER broken BEFORE INSERT ON retained BEGIN SELECT RAISE(ABORT, 'broken disk'); END`,
    );
    const answer = await cmanage(lab, 'pop', 'webapp');
    await execute(databaseOf(lab), 'DROP TRIGGER broken');
    expectMessage(answer, { exitCode: 4, says: ['broken disk'] });
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });
    const stop = (await latestSteps(databaseOf(lab))).find((step) => step.kind === 'stop_container');
    expect(stop?.status).toBe('compensated');
    const after = await lifetimeOf(lab, first);
    expect(after).toMatchObject({ id: before.id, status: 'running', policy: 'always' });
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
  });

  it('a saved pop keeps it too; one more pop removes the oldest in the same plan', async () => {
    const file = join(lab.dir, 'pop.json');
    await succeed(lab, 'pop', 'webapp', '--out', file);
    await succeed(lab, 'apply', file);
    expect(await lifetimeOf(lab, first)).toMatchObject({ status: 'exited' });
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    await succeed(lab, 'pop', 'webapp');
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ command: 'pop webapp', status: 'done' });
    const runs = await whatRuns(lab);
    expect(runs.filter((line) => line.includes('-app1 '))).toEqual([]);
    expect(runs.filter((line) => line.includes(' exited '))).toEqual([
      'docker01 webapp-stack1-app2 exited v0.2',
      'docker02 webapp-stack2-app2 exited v0.2',
    ]);
    expect(await retainedIn(lab)).toEqual(['webapp-stack1-app2 v0.2 20001', 'webapp-stack2-app2 v0.2 20001']);
  });

  it('one that somebody removed by hand is made again from the same bits', async () => {
    const { socket } = hostOf(lab, 1);
    const removal = await engineRequest('DELETE', socket, `/containers/${second}?force=1`, undefined, 60_000);
    expect(removal.status).toBe(204);
    await succeed(lab, 'rollback', 'webapp');
    const answer = await answersAt(lab, 8080);
    expect(answer.versions).toEqual(['v0.2']);
    expect(answer.containers).toEqual(['webapp-stack1-app6', 'webapp-stack2-app2']);
    expect(await retainedIn(lab)).toEqual([]);
  });

  it('what a rollback takes away is kept; taking that back starts it again', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
    const [released = ''] = (await whatRuns(lab)).filter((line) => line.endsWith(' running v0.6'));
    const name = released.split(' ')[1] ?? '';
    const before = await lifetimeOf(lab, name);
    await succeed(lab, 'rollback', 'webapp');
    expect(await lifetimeOf(lab, name)).toMatchObject({ id: before.id, status: 'exited' });
    await succeed(lab, 'rollback', 'webapp');
    expect(await lifetimeOf(lab, name)).toMatchObject({ id: before.id, status: 'running' });
  });

  it('prune takes out what has expired, with --all everything', async () => {
    await succeed(lab, 'pop', 'webapp');
    expect(await retainedIn(lab)).toHaveLength(2);
    const before = await fingerprint(lab);
    expect((await succeed(lab, 'prune')).stdout).toContain('Nothing is to be done');
    expect(await fingerprint(lab)).toEqual(before);
    expectMessage(await cmanage(lab, 'prune', 'shop'), { exitCode: 2, says: ['there is no service shop'] });
    await succeed(lab, 'prune', 'webapp', '--all');
    expect(await retainedIn(lab)).toEqual([]);
    expect((await whatRuns(lab)).filter((line) => line.includes(' exited '))).toEqual([]);
    const [entry] = await succeedJson<{ services: { service: string }[] }[]>(lab, 'history', '-n', '1');
    expect(entry?.services.map(({ service }) => service)).toEqual(['webapp']);
  });

  it('scaling down and draining a host leave none behind', async () => {
    const on = async (host: string): Promise<string[]> =>
      (await whatRuns(lab)).filter((line) => line.startsWith(host));
    await succeed(lab, 'scale', 'webapp', '--stacks', '3');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.9');
    await succeed(lab, 'pop', 'webapp');
    expect((await on('docker03')).filter((line) => line.includes(' exited '))).toHaveLength(1);
    expect(await retainedIn(lab)).toHaveLength(3);
    await succeed(lab, 'scale', 'webapp', '--stacks', '2');
    expect(await on('docker03')).toEqual([]);
    await succeed(lab, 'host', 'drain', 'docker02');
    expect(await on('docker02')).toEqual([]);
    expect((await on('docker03')).every((line) => line.includes(' running '))).toBe(true);
    expect(await retainedIn(lab)).toHaveLength(1);
  });
}

function warmStory(lab: Lab): void {
  beforeAll(async () => {
    await addWebapp(lab, '--retain', '2h', '--warm');
    await addEndpoints(lab);
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
  });
  underLoad(lab);

  it('--warm alone is refused, as is a time that is none', async () => {
    const add = ['addservice', 'other', '-i', 'registry.example/other', '-v', 'v1'];
    const says = ['--warm says how containers are retained: give --retain with it'];
    expectMessage(await cmanage(lab, ...add, '--warm'), { exitCode: 2, says });
    const wrong = await cmanage(lab, ...add, '--retain', '2x');
    expectMessage(wrong, { exitCode: 2, says: ['Give a number from 1 to 100, or a time such as 30m'] });
  });

  it('a popped container runs on, and nothing is sent to it', async () => {
    const before = await lifetimeOf(lab, first);
    await succeed(lab, 'pop', 'webapp');
    expect(await lifetimeOf(lab, first)).toEqual(before);
    expect(await serversNamed(lab, first)).toEqual([]);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.2']);
    expect((await latestSteps(databaseOf(lab))).map((step) => step.kind)).not.toContain('stop_container');
  });

  it('a rollback sends to it again, as it is', async () => {
    const before = await lifetimeOf(lab, first);
    await succeed(lab, 'rollback', 'webapp');
    expect(await lifetimeOf(lab, first)).toEqual(before);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1']);
    const kinds = (await latestSteps(databaseOf(lab))).map((step) => step.kind);
    expect(kinds).not.toContain('start_container');
    expect(kinds).toContain('wait_healthy');
  });

  it('one that has died meanwhile is made again', async () => {
    await succeed(lab, 'pop', 'webapp');
    const { socket } = hostOf(lab, 1);
    expect(
      (await engineRequest('POST', socket, `/containers/${first}/stop?t=0`, undefined, 60_000)).status,
    ).toBe(204);
    await succeed(lab, 'rollback', 'webapp');
    const { versions, containers } = await answersAt(lab, 8080);
    expect(versions).toEqual(['v0.1']);
    expect(containers).toEqual(['webapp-stack1-app5', 'webapp-stack2-app1']);
    expect((await whatRuns(lab)).filter((line) => line.includes(' exited '))).toEqual([]);
  });

  it('when its time is over, prune stops and removes it', async () => {
    await succeed(lab, 'pop', 'webapp');
    expect((await succeed(lab, 'prune')).stdout).toContain('Nothing is to be done');
    await execute(databaseOf(lab), 'UPDATE retained SET retained_at = retained_at - 7200000');
    await succeed(lab, 'prune');
    expect(await retainedIn(lab)).toEqual([]);
    expect(await whatRuns(lab)).toHaveLength(6);
  });

  it('deleting a service leaves none behind', async () => {
    const add = ['addservice', 'db', '-i', tinyImage(lab), '-v', 'v1', 'v2', 'v3', 'v3'];
    await succeed(lab, ...add, '--retain', '1', '--warm', '-s', '2');
    await succeed(lab, 'pop', 'db');
    expect((await whatRuns(lab)).filter((line) => line.includes(' db-stack'))).toHaveLength(8);
    await succeed(lab, 'delete', 'service', 'db', '--cascade', '--yes');
    expect((await whatRuns(lab)).filter((line) => line.includes(' db-stack'))).toEqual([]);
    expect(await retainedIn(lab)).toEqual([]);
  });
}
