import { beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineGet, engineRequest } from '../../lab/engineApi.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { imageOf } from '../support/webapp.ts';
import { containersOn, hostOf } from '../support/world.ts';

/** How containers are confined, asked of the kernel: /proc knows the processes of the lab's containers. */
describeLab('profiles', (lab) => {
  const add = (name: string, ...more: string[]): string[] => [
    ...['addservice', name, '-i', imageOf(lab), '-s', '2', '-v', 'v0.1', '--health', '/health', ...more],
  ];
  const rules = (text: string): void => {
    writeFileSync(join(lab.etc, 'rules.yml'), `rules:\n  host-loss: { level: off }\n${text}`);
  };

  type Process = { readonly uid: string; readonly capabilities: bigint; readonly newPrivileges: boolean };

  /** What the kernel lets the first process of a container do. */
  async function confinementOf(container: string): Promise<Process> {
    const found = await engineGet(hostOf(lab, 1).socket, `/containers/${container}/json`);
    const { Pid } = (found as { State: { Pid: number } }).State;
    const status = readFileSync(`/proc/${Pid}/status`, 'utf8');
    const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
    return {
      uid: field('Uid'),
      capabilities: BigInt(`0x${field('CapBnd')}`),
      newPrivileges: field('NoNewPrivs') === '0',
    };
  }
  const bit = (capability: number): bigint => 1n << BigInt(capability);
  /** CAP_SETFCAP, CAP_NET_RAW, CAP_SYS_CHROOT, CAP_MKNOD, CAP_AUDIT_WRITE, CAP_SYS_ADMIN (linux/capability.h). */
  const takenAway = [31, 13, 18, 27, 29, 21].map(bit);

  beforeAll(async () => {
    rules('');
    writeFileSync(join(lab.dir, 'token'), 'open-sesame\n');
    await succeed(lab, 'init');
  });

  it('baseline takes capabilities away, and the image starts as it is', async () => {
    await succeed(lab, ...add('usual'));
    const found = await confinementOf('usual-stack1-app1');
    expect(found).toMatchObject({ uid: '0', newPrivileges: false });
    for (const capability of takenAway) expect(found.capabilities & capability).toBe(0n);
    expect(found.capabilities).not.toBe(0n);
  });

  it('strict refuses an image that runs as root, before anything is created, and undoes nothing of others', async () => {
    const { exitCode, stderr } = await cmanage(lab, ...add('tight', '--profile', 'strict'));
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      'the image runs as root, and the profile strict takes a user by a number other than 0',
    );
    expect(stderr).toContain('--user 1000');
    expect(await containersOn(hostOf(lab, 1))).toHaveLength(3);
  });

  it('strict runs without capabilities, as a user, on a file system that takes nothing but in /tmp', async () => {
    const more = [
      '--profile',
      'strict',
      '--user',
      '1000:1000',
      '--secret-file',
      `token=${join(lab.dir, 'token')}`,
    ];
    await succeed(lab, ...add('tight', ...more));
    const app = 'tight-stack1-app1';
    expect(await confinementOf(app)).toEqual({ uid: '1000', capabilities: 0n, newPrivileges: false });
    const { socket } = hostOf(lab, 1);
    const write = (path: string) =>
      engineRequest('PUT', socket, `/containers/${app}/archive?path=${path}`, {});
    expect(JSON.stringify((await write('/')).body)).toContain('read-only');
    const secret = await engineRequest('GET', socket, `/containers/${app}/archive?path=/run/secrets/token`);
    expect(secret.body).toContain('open-sesame');
    await succeed(lab, 'verify');
    expect((await succeed(lab, 'show', 'services')).stdout).toMatch(/^tight\t.*\tstrict$/m);
  });

  it('a stage that asks for strict refuses what is not; looser than baseline needs an override with its reason', async () => {
    rules('  profile: { strict: [prod] }\n');
    const { exitCode, stderr } = await cmanage(lab, ...add('other'));
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      'profile: other: its containers run under the profile baseline, and stage prod asks for strict',
    );
    rules('');
    const loose = add('loose', '--profile', 'engine');
    expect(await cmanage(lab, ...loose)).toMatchObject({ exitCode: 3 });
    rules(
      'overrides:\n  - { services: loose, reason: ticket 4711, rules: { profile: { least: engine } } }\n',
    );
    await succeed(lab, ...loose);
    expect(await confinementOf('loose-stack1-app1')).toMatchObject({ newPrivileges: true });
  });
});
