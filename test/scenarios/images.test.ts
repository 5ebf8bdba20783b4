import { beforeAll, expect, it } from '@jest/globals';
import { engineRequest } from '../../lab/engineApi.ts';
import { wipeContainers } from '../../lab/faults.ts';
import { pushImage } from '../../lab/images.ts';
import type { LabHost } from '../../lab/lab.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { addWebapp, imageOf, repository } from '../support/webapp.ts';
import { hostOf, inspect, registryDigest, whatRuns } from '../support/world.ts';

describeLab('which bits run', (lab) => {
  beforeAll(() => addWebapp(lab));

  /** Puts an image on a host under a name that no registry knows, as an administrator would who copies it there. */
  const load = async (host: LabHost, from: string, to: string): Promise<void> => {
    const post = (path: string) => engineRequest('POST', host.socket, path, undefined, 60_000);
    await post(`/images/create?fromImage=${encodeURIComponent(imageOf(lab))}&tag=${from}`);
    const { status } = await post(`/images/${imageOf(lab)}:${from}/tag?repo=local/webapp&tag=${to}`);
    expect(status).toBe(201);
  };
  const local = ['addservice', 'local', '-i', 'local/webapp', '-s', '2', '--pull', 'never'];
  const releaseLocal = (version: string): string[] => ['release', 'local', '-v', version];

  it('--pull never runs what is on the hosts, pinned by the image id', async () => {
    await Promise.all(lab.hosts.map((host) => load(host, 'v0.1', 'v0.1')));
    await succeed(lab, ...local, '-v', 'v0.1', '--health', '/health');
    for (const host of lab.hosts) {
      const { Id } = (await engineRequest('GET', host.socket, '/images/local/webapp:v0.1/json')).body as {
        Id: string;
      };
      const stack = host === hostOf(lab, 1) ? 1 : 2;
      const container = await inspect(host, `local-stack${stack}-app1`);
      expect(container.Image).toBe(Id);
      expect(container.State.Running).toBe(true);
    }
  });

  it('--pull never refuses a tag that means different bits on different hosts', async () => {
    await Promise.all([load(hostOf(lab, 1), 'v0.4', 'v0.2'), load(hostOf(lab, 2), 'v0.2', 'v0.2')]);
    await expectFailure(lab, releaseLocal('v0.2'), {
      exitCode: 3,
      says: ['stack-twins: local-stack2', 'position 3 (v0.2) has other bits'],
    });
  });

  it('--pull never refuses a tag that one host does not have', async () => {
    await load(hostOf(lab, 1), 'v0.3', 'v0.3');
    await expectFailure(lab, releaseLocal('v0.3'), {
      exitCode: 3,
      says: ['container-version: local-stack2-app4', 'the image of version v0.3 is not on docker02'],
    });
  });

  it('--pull never fails where no host has the tag', async () => {
    await expectFailure(lab, releaseLocal('v0.9'), {
      exitCode: 4,
      says: ['local/webapp:v0.9', 'no host has this image'],
    });
  });

  it('an image with a HEALTHCHECK of its own is released when the engine calls it healthy', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.9');
    for (const [index, host] of lab.hosts.entries()) {
      const { State } = await inspect(host, `webapp-stack${index + 1}-app4`);
      expect(State.Health?.Status).toBe('healthy');
    }
  });

  it('a tag that moved gives the next release new bits, and leaves those that run as they are', async () => {
    const tiny = 'lab/tiny';
    const bitsOf = async (app: number): Promise<string[]> => {
      const found = lab.hosts.map((host, index) => inspect(host, `tiny-stack${index + 1}-app${app}`));
      return (await Promise.all(found)).map(({ Config }) => Config.Image.replace(/^.*@/, ''));
    };
    const old = await registryDigest(lab, tiny, 'v1');
    await succeed(lab, 'addservice', 'tiny', '-i', `${lab.registry.address}/${tiny}`, '-s', '2', '-v', 'v1');
    const moved = await pushImage(lab.registry.address, tiny, 'v1', { kind: 'tiny', version: 'v1-again' });
    expect(moved).not.toBe(old);
    await succeed(lab, 'release', 'tiny', '-v', 'v1');
    expect(await bitsOf(3)).toEqual([old, old]);
    expect(await bitsOf(4)).toEqual([moved, moved]);
    // Lost and deployed again, each is made from the very bits it had.
    await Promise.all(lab.hosts.map(wipeContainers));
    await succeed(lab, 'deploy', 'containers', 'tiny');
    expect(await bitsOf(3)).toEqual([old, old]);
    expect(await bitsOf(4)).toEqual([moved, moved]);
    expect((await whatRuns(lab)).filter((line) => !line.includes(' tiny-'))).toEqual([]);
  });

  it('an image nobody ever pushed: the registry is asked, and its answer is told', async () => {
    const { exitCode, stderr } = await cmanage(
      lab,
      ...['addservice', 'ghost', '-i', `${lab.registry.address}/${repository}-ghost`, '-v', 'v0.1'],
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 4 });
    expect(stderr).toContain('larhauga/webapp-ghost:v0.1');
  });
});
