import { beforeAll, expect, it } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import { engineRequest } from '../../lab/engineApi.ts';
import { killEngine, startEngine } from '../../lab/faults.ts';
import { masterCommand, statsCommand } from '../../lab/haproxyApi.ts';
import type { Drift } from '../../src/plan/drift.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, hostOf, inspect } from '../support/world.ts';

/** Each thing is spoiled behind cmanage's back, found, and mended as the finding says. */
describeLab('verify', (lab) => {
  const app = 'webapp-stack1-app2';
  const engine = (method: string, path: string, body?: object) =>
    engineRequest(method, hostOf(lab, 1).socket, path, body);

  async function drift(...args: string[]): Promise<string[]> {
    const { exitCode, stdout } = await cmanage(lab, 'verify', ...args, '-o', 'json');
    const found = (JSON.parse(stdout) as { drift: Drift[] }).drift;
    expect(exitCode).toBe(found.length === 0 ? 0 : 7);
    return found.map(({ host, object, kind, fact }) => `${host} ${object} ${kind}: ${fact}`);
  }
  const deployed = async (): Promise<void> => {
    await succeed(lab, 'deploy', 'containers');
    expect(await drift()).toEqual([]);
  };

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
  });

  it('finds nothing where all is as the state says, and exits with 0', async () => {
    const { exitCode, stdout } = await cmanage(lab, 'verify');
    expect([exitCode, stdout.trim()]).toEqual([
      0,
      '6 containers on 2 hosts and 1 load balancer: all is as the state says',
    ]);
  });

  it('finds a container that is stopped, and one that is gone', async () => {
    await engine('POST', `/containers/${app}/stop?t=0`);
    expect(await drift()).toEqual([`docker01 ${app} stopped: it is exited`]);
    await engine('DELETE', `/containers/${app}?force=1`);
    expect(await drift()).toEqual([`docker01 ${app} missing: docker01 does not have it`]);
    expect(await drift('webapp')).toHaveLength(1);
    await deployed();
  });

  it('finds a container that was renamed, and believes it when it has its name again', async () => {
    await engine('POST', `/containers/${app}/rename?name=other`);
    expect(await drift()).toEqual([`docker01 ${app} renamed: it is called other now`]);
    await engine('POST', `/containers/other/rename?name=${app}`);
    expect(await drift()).toEqual([]);
  });

  it('finds limits that were changed on the host', async () => {
    await engine('POST', `/containers/${app}/update`, {
      PidsLimit: 77,
      RestartPolicy: { Name: 'no' },
    });
    expect(await drift()).toEqual([
      `docker01 ${app} limits: RestartPolicy is Name=no and not Name=always`,
      `docker01 ${app} limits: PidsLimit is 77 and not 512`,
    ]);
    await engine('DELETE', `/containers/${app}?force=1`);
    await deployed();
  });

  it('finds a container that is paused', async () => {
    await engine('POST', `/containers/${app}/pause`);
    expect(await drift()).toEqual([`docker01 ${app} stopped: it is paused`]);
    await engine('POST', `/containers/${app}/unpause`);
    expect(await drift()).toEqual([]);
  });

  it('finds a foreign container of our name, and a container of ours that no state has', async () => {
    const { Config } = await inspect(hostOf(lab, 1), app);
    await engine('DELETE', `/containers/${app}?force=1`);
    await engine('POST', `/containers/create?name=${app}`, { Image: Config.Image });
    await engine('POST', '/containers/create?name=stray', { Image: Config.Image, Labels: Config.Labels });
    expect(await drift()).toEqual([
      `docker01 ${app} foreign: a container of this name is there, and this environment did not make it`,
      'docker01 stray orphan: the state does not have it',
    ]);
    await engine('DELETE', `/containers/${app}`);
    await engine('DELETE', '/containers/stray');
    await deployed();
  });

  it('finds an image and a port that are not ours although the labels are', async () => {
    const { Config, Image } = await inspect(hostOf(lab, 1), app);
    await engine('DELETE', `/containers/${app}?force=1`);
    await engine('POST', `/containers/create?name=${app}`, { Image, Labels: Config.Labels });
    const found = await drift();
    expect(found).toContain(`docker01 ${app} image: it was made from ${Image} and not from ${Config.Image}`);
    expect(found).toContain(`docker01 ${app} port: it publishes no port and not 20001`);
    await engine('DELETE', `/containers/${app}`);
    await deployed();
  });

  it('finds what HAProxy serves otherwise, and a file that was edited', async () => {
    const { statsSocket, masterSocket, config } = lab.loadbalancer;
    await statsCommand(statsSocket, 'set server webapp-endpoint-prod/webapp-stack1-app1 state maint');
    expect((await drift()).join()).toMatch(
      /^lb01 haproxy traffic: webapp-endpoint-prod lacks webapp-stack1-app1 at [^,]*$/,
    );
    await masterCommand(masterSocket, 'reload');
    expect(await drift()).toEqual([]);
    const lines = configOf(lab).split('\n').length;
    appendFileSync(config, '# edited\n');
    expect(await drift()).toEqual([`lb01 haproxy file: ${config}: line ${lines} is '# edited' and not ''`]);
    await deployed();
  });

  it('tells of a host that does not answer, and goes on', async () => {
    const host = hostOf(lab, 2);
    await killEngine(host);
    expect((await drift()).join()).toMatch(/^docker02 docker02 unreachable: docker02: [^,]*$/);
    await startEngine(lab, host);
  });
});
