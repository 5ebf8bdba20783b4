import { afterEach, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wipeContainers } from '../../lab/faults.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { answersAt, listensAt } from '../support/http.ts';
import { addEndpoints, addServiceArgs, addWebapp } from '../support/webapp.ts';
import {
  containersOn,
  databaseOf,
  fingerprint,
  frontendsOf,
  hostOf,
  nameOf,
  whatRuns,
} from '../support/world.ts';
import { integrityOf } from '../support/database.ts';

describeLab('putting back what is gone, and removing what is there', (lab) => {
  afterEach(async () => {
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  });

  /** Name, port and bits of every container, which must be the same before and after it was lost. */
  const inventory = async (): Promise<string[]> => {
    const lists = await Promise.all(lab.hosts.map(containersOn));
    return lists.flat().map((found) => {
      const port = found.Ports.find(({ PublicPort }) => PublicPort !== undefined)?.PublicPort ?? 'no port';
      return `${nameOf(found)} ${found.State} ${port} ${found.Image}`;
    });
  };

  it('deploy containers brings every lost container back as it was, and traffic with it', async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    const before = await inventory();
    expect(before).toHaveLength(6);
    await Promise.all(lab.hosts.map(wipeContainers));
    expect(await whatRuns(lab)).toEqual([]);
    await succeed(lab, 'deploy', 'containers');
    expect(await inventory()).toEqual(before);
    await expectTraffic();
  });

  /** HAProxy's own checks take a moment to see that a server is back. */
  const expectTraffic = async (): Promise<void> => {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const { versions, containers } = await answersAt(lab, 8080);
      if (versions.join() === 'v0.1' && containers.length === 2) return;
      if (Date.now() > deadline) throw new Error(`no traffic: ${versions.join()} ${containers.join()}`);
    }
  };

  it('deploy containers has nothing to do where everything runs, and touches nothing', async () => {
    const before = await fingerprint(lab);
    const { stdout } = await succeed(lab, 'deploy', 'containers', '--dry-run');
    expect(stdout).toContain('Nothing is to be done.');
    await succeed(lab, 'deploy', 'containers');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('pop --single is refused, for the stacks would no longer be twins', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await cmanage(lab, 'pop', 'webapp', '--single');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('stack-twins: webapp-stack2: it is no twin of webapp-stack1');
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('pop --single is allowed, with a warning, where rules.yml relaxes stack-twins for the service', async () => {
    const rules = join(lab.etc, 'rules.yml');
    const relaxed = `overrides:
  - services: web*
    reason: docker01 is looked at alone this week
    rules:
      stack-twins: { level: warn }
`;
    writeFileSync(rules, readFileSync(rules, 'utf8').replace(/^overrides: \[\]$/m, relaxed));
    const { stdout } = await succeed(lab, 'pop', 'webapp', '--single');
    expect(stdout).toMatch(/warning.*stack-twins: webapp-stack2/);
    expect(await containersOn(hostOf(lab, 1)).then((list) => list.length)).toBe(3);
    expect(await containersOn(hostOf(lab, 2)).then((list) => list.length)).toBe(4);
    expect((await answersAt(lab, 8080)).versions).toEqual(['v0.1', 'v0.2']);
  });

  it('delete endpoint is refused where its stage would be left without a tree', async () => {
    const { exitCode, stderr } = await cmanage(lab, 'delete', 'endpoint', 'webapp-endpoint-dev');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('tree-count: webapp: its tree count is 2, none at dev');
  });

  it('delete endpoint takes the front door away and leaves the containers alone', async () => {
    const before = await whatRuns(lab);
    await succeed(lab, 'addendpoint', 'trial', '--stage', 'dev', '-s', 'webapp', '-p', '8083');
    await succeed(lab, 'delete', 'endpoint', 'webapp-endpoint-dev');
    expect(await listensAt(lab, 8082)).toBe(false);
    expect(await listensAt(lab, 8081)).toBe(true);
    expect(await whatRuns(lab)).toEqual(before);
  });

  it('delete service is refused while endpoints and stacks use it', async () => {
    const before = await fingerprint(lab);
    const { exitCode, stderr } = await cmanage(lab, 'delete', 'service', 'webapp');
    expect(exitCode).toBe(3);
    for (const user of ['webapp-endpoint-prod', 'webapp-endpoint-qa', 'webapp-stack1', 'webapp-stack2']) {
      expect(stderr).toContain(user);
    }
    expect(await fingerprint(lab)).toEqual(before);
  });

  it('delete service --cascade leaves nothing of it on the hosts, the load balancer or in the state', async () => {
    await succeed(lab, ...addServiceArgs(lab, 'other'));
    await succeed(lab, 'delete', 'service', 'webapp', '--cascade');
    expect((await whatRuns(lab)).filter((line) => line.includes('webapp-'))).toEqual([]);
    expect(await frontendsOf(lab)).toEqual([]);
    expect(await listensAt(lab, 8080)).toBe(false);
    expect(await listensAt(lab, 8081)).toBe(false);
    const { stdout } = await succeed(lab, 'show', 'state', '-o', 'json');
    expect(stdout).not.toContain('webapp-');
    expect((await whatRuns(lab)).filter((line) => line.includes('other-'))).toHaveLength(6);
    await succeed(lab, 'delete', 'service', 'other', '--cascade');
    expect(await whatRuns(lab)).toEqual([]);
  });
});
