import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { engineGet, engineRequest } from '../../lab/engineApi.ts';
import { wipeContainers } from '../../lab/faults.ts';
import { startLoadbalancer } from '../../lab/loadbalancer.ts';
import { kill } from '../../lab/processes.ts';
import { askChain } from '../support/chains.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, containersOn, databaseOf, inspect, nameOf } from '../support/world.ts';

/**
 * Everything is lost but an export and the configuration: hosts without a container or an image, a load balancer that serves
 * nothing, no database. Three commands bring the same environment back; twelve containers, as in the thesis's headline.
 */
describeLab('rebuilding an environment from an export', (lab) => {
  const exported = (): string => join(lab.dir, 'state.yml');
  let lost: unknown;

  /** What stands: names, digests, ports, variables and labels; not the ids, and not which operation made it. */
  const standing = async (): Promise<unknown> =>
    Promise.all(
      lab.hosts.map(async (host) => {
        const names = (await containersOn(host)).map(nameOf).sort();
        const found = await Promise.all(names.map((name) => inspect(host, name)));
        return found.map(({ Name, Config, HostConfig }) => {
          const labels = Object.entries(Config.Labels).filter(
            ([name]) => !['cmanage.operation', 'cmanage.step', 'cmanage.position'].includes(name),
          );
          const ports = (HostConfig as { PortBindings?: unknown }).PortBindings;
          return { Name, image: Config.Image, labels: Object.fromEntries(labels), ports };
        });
      }),
    );

  beforeAll(async () => {
    await addWebapp(lab, '--env', 'GREETING=hello');
    const image = `${lab.registry.address}/training/webapp`;
    const versions = ['-v', 'v1', 'v2', 'v3', '--health', '/health'];
    await succeed(lab, 'addservice', 'training', '-i', image, '-s', '2', ...versions);
    await addEndpoints(lab);
    await succeed(lab, 'connect', 'webapp', '-c', 'training');
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await succeed(lab, 'pop', 'webapp');
  });

  async function loseEverything(): Promise<void> {
    for (const host of lab.hosts) {
      const { socket } = host;
      await wipeContainers(host);
      const images = (await engineGet(socket, '/images/json')) as { Id: string }[];
      for (const { Id } of images) await engineRequest('DELETE', socket, `/images/${Id}?force=1`);
      expect(await engineGet(socket, '/images/json')).toEqual([]);
    }
    await kill(lab.loadbalancer);
    rmSync(lab.loadbalancer.config);
    rmSync(`${lab.loadbalancer.config}.links.map`);
    await startLoadbalancer(lab, lab.loadbalancer);
    expect(configOf(lab)).not.toContain('backend');
    rmSync(databaseOf(lab));
  }

  it('writes everything there is to know into one file, for its owner alone', async () => {
    const { stdout } = await succeed(lab, 'export', '-o', exported(), '--with-values');
    expect(stdout).toContain('the state at revision');
    expect(readFileSync(exported(), 'utf8')).toContain('"GREETING":"hello"');
    const shown = await succeed(lab, 'export');
    expect(shown.stdout).toContain('"GREETING":null');
    expect((await cmanage(lab, 'export', '--with-values')).exitCode).toBe(2);
    const { exitCode, stderr } = await cmanage(lab, 'import', exported());
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('--replace')]);
  });

  it('has the same environment again after three commands', async () => {
    lost = { standing: await standing(), config: configOf(lab), exported: readFileSync(exported(), 'utf8') };
    await loseEverything();

    const started = performance.now();
    await succeed(lab, 'init');
    await succeed(lab, 'import', exported());
    const deploying = performance.now();
    const { stdout } = await succeed(lab, 'deploy', 'containers', '--all');
    const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(2);
    console.log(
      `12 containers on 2 empty hosts and HAProxy: 3 commands, ${seconds(started)} s; deploy ${seconds(deploying)} s`,
    );
    expect(stdout).toContain('done');

    const again = join(lab.dir, 'again.yml');
    await succeed(lab, 'export', '-o', again, '--with-values');
    expect({
      standing: await standing(),
      config: configOf(lab),
      exported: readFileSync(again, 'utf8'),
    }).toEqual(lost);
    expect((await succeed(lab, 'verify')).stdout).toContain(
      '12 containers on 2 hosts and 1 load balancer: all is',
    );
    expect((await askChain(lab.loadbalancer.address, 8080)).chain).toBe('webapp v0.2 > training v1');
  });

  it('started callees before those who call them', async () => {
    const started = async (service: string): Promise<string[]> => {
      const hosts = lab.hosts.map(async (host) => {
        const names = (await containersOn(host)).map(nameOf).filter((name) => name.startsWith(service));
        return Promise.all(names.map(async (name) => (await inspect(host, name)).State.StartedAt));
      });
      return (await Promise.all(hosts)).flat().sort();
    };
    const [callees, callers] = [await started('training'), await started('webapp')];
    expect([callees.length, callers.length]).toEqual([6, 6]);
    expect((callees.at(-1) ?? '') < (callers[0] ?? '')).toBe(true);
  });

  it('goes on from there: releases, promotes, and knows what it cannot go back to', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.5');
    await succeed(lab, 'pop', 'webapp');
    await succeed(lab, 'rollback', 'webapp');
    await succeed(lab, 'verify');
  });
});
