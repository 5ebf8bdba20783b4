import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { engineRequest } from '../../lab/engineApi.ts';
import { occupyPort } from '../../lab/faults.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addServiceArgs, addWebapp, imageOf, repository } from '../support/webapp.ts';
import { databaseOf, hostOf, inspect, registryDigest, whatRuns } from '../support/world.ts';

/** Every failure here happens under load on production, which must not notice anything of it. */
describeLab('changes that fail leave nothing behind and cost no request', (lab) => {
  let load: Load | undefined;

  beforeAll(async () => {
    await addWebapp(lab, '--health-deadline', '3');
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
    load = startLoad(lab, 8080);
  });
  afterEach(() => {
    const { answered, failed } = load?.look() ?? { answered: 0, failed: ['no load'] };
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(0);
  });
  afterAll(() => load?.stop());

  it('a tag the registry does not have', async () => {
    await expectFailure(lab, ['release', 'webapp', '-v', 'v9.9'], {
      exitCode: 4,
      says: [`${imageOf(lab)}:v9.9`, 'there is no such image', 'Nothing was changed'],
    });
  });

  it('an image that never gets healthy', async () => {
    await expectFailure(lab, ['release', 'webapp', '-v', 'v0.7'], {
      exitCode: 4,
      says: [
        /docker0[12]: waiting for webapp-stack[12]-app\d+ \(v0\.7\)/,
        'not healthy after 3 s',
        '/health answers 500',
      ],
    });
    expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });
  });

  it('an image that exits at once', async () => {
    await expectFailure(lab, ['release', 'webapp', '-v', 'v0.8'], {
      exitCode: 4,
      says: [
        /docker0[12]: waiting for webapp-stack[12]-app\d+ \(v0\.8\)/,
        /it exits(, restarted \d+ times| \(code 3)/,
        'the configuration is missing',
      ],
    });
  });

  it('a new service one of whose images never gets healthy', async () => {
    const image = `${lab.registry.address}/lab/broken`;
    const args = ['addservice', 'sick', '-i', image, '-s', '2', '-v', 'v0.4', '--health', '/health'];
    await expectFailure(lab, [...args, '--health-deadline', '2'], {
      exitCode: 4,
      says: [/waiting for sick-stack[12]-app[123] \(v0\.4\)/, 'not healthy after 2 s'],
    });
  });

  it('a port of the host that a foreign program has', async () => {
    const free = await occupyPort(lab, hostOf(lab, 2), 20003);
    try {
      await expectFailure(lab, ['release', 'webapp', '-v', 'v0.4'], {
        exitCode: 4,
        says: [/docker02: starting webapp-stack2-app\d+: port 20003/, 'taken by something else', 'hosts.yml'],
      });
    } finally {
      await free();
    }
  });

  it('a public port of the load balancer that a foreign program has', async () => {
    const foreign = createServer().listen(8090, lab.gateway);
    await once(foreign, 'listening');
    try {
      await expectFailure(lab, ['addendpoint', 'second', '-s', 'webapp', '-p', '8090'], {
        exitCode: 4,
        says: [`lb01: binding ${lab.gateway}:8090`, 'taken by another program', 'choose another port'],
      });
    } finally {
      foreign.close();
    }
  });

  it('a foreign container that has the name we need', async () => {
    const host = hostOf(lab, 1);
    const name = 'webapp-stack1-app4';
    const Image = `${imageOf(lab)}@${await registryDigest(lab, repository, 'v0.1')}`;
    const { status } = await engineRequest('POST', host.socket, `/containers/create?name=${name}`, { Image });
    expect(status).toBe(201);
    const foreign = await inspect(host, name);
    await expectFailure(lab, ['release', 'webapp', '-v', 'v0.4'], {
      exitCode: 4,
      says: [`docker01: creating ${name}`, 'not made by this environment', 'docker rename'],
    });
    expect(await inspect(host, name)).toEqual(foreign);
    await engineRequest('DELETE', host.socket, `/containers/${name}`);
  });

  it('an env-file that is not there', async () => {
    const args = [...addServiceArgs(lab, 'other'), '--env-file', join(lab.dir, 'missing.env')];
    await expectFailure(lab, args, { exitCode: 2, says: [join(lab.dir, 'missing.env')] });
  });

  it('and when the cause is gone, the same release works', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    expect((await whatRuns(lab)).filter((line) => line.endsWith('running v0.4'))).toHaveLength(2);
    expect((await cmanage(lab, 'show', 'services')).stdout).toContain('\t4\tv0.1\tv0.2\tv0.3\t');
  });

  it('a promotion of a container that does not run', async () => {
    const host = hostOf(lab, 2);
    const call = (what: string) =>
      engineRequest('POST', host.socket, `/containers/webapp-stack2-app2/${what}`);
    await call('stop?t=0');
    await expectFailure(lab, ['pop', 'webapp'], {
      exitCode: 4,
      says: ['docker02: waiting for webapp-stack2-app2 (v0.2)', 'it exits', 'the state is as before'],
    });
    await call('start');
    await succeed(lab, 'pop', 'webapp');
  });
});
