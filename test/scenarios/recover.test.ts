import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineRequest } from '../../lab/engineApi.ts';
import { readStateFile, type StateFile } from '../../src/config/stateFile.ts';
import type { Recording } from '../../src/report/recording.ts';
import { askChain } from '../support/chains.ts';
import { cmanage, succeed, succeedJson } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, containersOn, databaseOf, hostOf, inspect, nameOf, serversOf } from '../support/world.ts';

/** In the middle of the day the state database is gone; nobody but cmanage notices, and the day goes on. */
describeLab('recovering a lost state database', (lab) => {
  let before: StateFile;
  let ids: unknown;
  const stranger = '11111111-2222-4333-8444-555555555555';

  async function exported(name: string): Promise<StateFile> {
    const file = join(lab.dir, `${name}.yml`);
    rmSync(file, { force: true });
    await succeed(lab, 'export', '-o', file, '--with-values');
    return readStateFile(file);
  }

  /** Every container with its id and when it was started: a restart or a replacement shows. */
  const standing = async (): Promise<unknown> =>
    Promise.all(
      lab.hosts.map(async (host) => {
        const names = (await containersOn(host)).map(nameOf).sort();
        const found = await Promise.all(names.map((name) => inspect(host, name)));
        return found.map(({ Id, Name, State, RestartCount }) => {
          return { Id, Name, RestartCount, running: State.Running, startedAt: State.StartedAt };
        });
      }),
    );
  const world = async (): Promise<unknown> => ({
    standing: await standing(),
    config: configOf(lab),
    servers: await serversOf(lab),
  });
  const foreign = async (name: string, labels: object): Promise<void> => {
    const [known] = await containersOn(hostOf(lab, 1));
    const body = { Image: known?.Image, Labels: labels };
    const { status } = await engineRequest(
      'POST',
      hostOf(lab, 1).socket,
      `/containers/create?name=${name}`,
      body,
    );
    expect(status).toBe(201);
  };

  beforeAll(async () => {
    await addWebapp(lab, '--env', 'TOKEN=a b=c', '--memory', '128m', '--retain', '1', '--drain-limit', '7');
    const image = `${lab.registry.address}/training/webapp`;
    const versions = ['-v', 'v1', 'v2', 'v3', '--health', '/health'];
    await succeed(lab, 'addservice', 'training', '-i', image, '-s', '2', ...versions);
    await succeed(
      lab,
      'addexternal',
      'db',
      '--target',
      'prod=192.0.2.40:5432',
      '--target',
      'qa=192.0.2.41:5432',
    );
    await addEndpoints(lab);
    await succeed(
      lab,
      'addendpoint',
      'beta',
      '-s',
      'webapp',
      '--stage',
      'qa',
      '--stackpointer',
      '1',
      '-p',
      '8090',
      '--sticky',
    );
    await succeed(lab, 'connect', 'webapp', '-c', 'training');
    await succeed(
      lab,
      'changetree',
      'webapp-endpoint-dev',
      '--child',
      'training',
      '--position',
      '1',
      '--drain-limit',
      '9',
    );
    for (const version of ['v0.4', 'v0.5']) {
      await succeed(lab, 'release', 'webapp', '-v', version);
      await succeed(lab, 'pop', 'webapp');
    }
    await succeed(lab, 'replace', 'training', '--position', '1', '--direction', 'down');
    await foreign('somebody-elses', {});
    await foreign('other-stack1-app1', { 'cmanage.environment': stranger, 'cmanage.service': 'other' });
    before = await exported('before');
    ids = await world();
  });

  it('is for a database that is lost, and no other', async () => {
    const { exitCode, stderr } = await cmanage(lab, 'recover', '--from-hosts');
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('and not lost')]);
    renameSync(databaseOf(lab), `${databaseOf(lab)}.lost`);
    const none = await cmanage(lab, 'recover', '--from-hosts');
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining("create it by 'cmanage init'")]);
    await succeed(lab, 'init');
  });

  it('keeps environments apart, and asks which one is meant', async () => {
    const { exitCode, stderr } = await cmanage(lab, 'recover', '--from-hosts');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('give --environment ID')]);
    expect(stderr).toContain(`${stranger} (1 containers)`);
    expect(stderr).toContain(before.environment);
  });

  it('shows what it would record, and touches nothing', async () => {
    const fresh = readFileSync(databaseOf(lab));
    const args = ['recover', '--from-hosts', '--environment', before.environment, '--dry-run'];
    const { stdout } = await succeed(lab, ...args);
    expect(stdout).toContain('Could not be known:');
    const { leftAlone, unknown, hosts } = await succeedJson<Recording>(lab, ...args);
    expect(leftAlone).toEqual([
      { host: 'docker01', name: 'other-stack1-app1', why: `it is of environment ${stranger}` },
      { host: 'docker01', name: 'somebody-elses', why: 'cmanage did not make it' },
    ]);
    expect(unknown.join('\n')).toContain('the history begins anew');
    expect(hosts.map(({ containers }) => containers.length)).toEqual([7, 7]);
    expect(readFileSync(databaseOf(lab))).toEqual(fresh);
    expect(await world()).toEqual(ids);
  });

  it('has the same state again, verified, and no container was restarted', async () => {
    await succeed(lab, 'recover', '--from-hosts', '--environment', before.environment);
    expect((await succeed(lab, 'verify')).stdout).toContain('all is as the state says');
    expect(await world()).toEqual(ids);
    const after = await exported('after');
    expect(after.environment).toBe(before.environment);
    for (const table of ['stacks', 'endpoints', 'edges'] as const)
      expect(after[table]).toEqual(before[table]);
    expect(after.containers).toEqual(before.containers);
    expect(after.services).toEqual(before.services);
    const bits = ({ retained }: StateFile): unknown =>
      retained.map((row) => ({ ...row, since: 0, retainedAt: 0 }));
    expect(bits(after)).toEqual(bits(before));
    // Nobody calls it, and so it is among what the answer says is unknown.
    expect(after.externals).toEqual([]);
  });

  it('goes on: releases, promotes and rolls back, by operations with numbers that were not given before', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
    await succeed(lab, 'pop', 'webapp');
    expect((await askChain(lab.loadbalancer.address, 8080)).chain).toBe('webapp v0.4 > training v1');
    await succeed(lab, 'rollback', 'webapp');
    expect((await askChain(lab.loadbalancer.address, 8080)).chain).toBe('webapp v0.3 > training v1');
    await succeed(lab, 'verify');
    const names = (await containersOn(hostOf(lab, 1))).map(({ Id }) => Id);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refuses a file on the load balancer whose rows were edited, or are not there', async () => {
    rmSync(databaseOf(lab));
    await succeed(lab, 'init');
    const config = configOf(lab);
    const args = ['recover', '--from-hosts', '--environment', before.environment];
    writeFileSync(lab.loadbalancer.config, config.replace('"stage":"dev"', '"stage":"DEV"'));
    const edited = await cmanage(lab, ...args);
    expect([edited.exitCode, edited.stderr]).toEqual([
      2,
      expect.stringContaining('its comments were edited'),
    ]);
    writeFileSync(lab.loadbalancer.config, config.replace(/\n# The rows[^]*$/, '\n'));
    const older = await cmanage(lab, ...args);
    expect([older.exitCode, older.stderr]).toEqual([
      2,
      expect.stringContaining('written by an earlier cmanage'),
    ]);
    writeFileSync(lab.loadbalancer.config, config);
    await succeed(lab, ...args);
    await succeed(lab, 'verify');
  });
});
