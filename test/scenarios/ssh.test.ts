import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { userInfo } from 'node:os';
import { waitUntil } from '../../lab/run.ts';
import { cmanageIn, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { sshdProgram, startSshd, type Sshd } from '../support/sshd.ts';
import { addServiceArgs } from '../support/webapp.ts';
import { hostOf, stateOfWorld, whatRuns } from '../support/world.ts';

/** docker01 is reached over ssh, at a socket that is not the usual one; docker02 by its socket on this machine. */
describeLab(
  'hosts over ssh and over a local socket',
  (lab) => {
    let sshd: Sshd | undefined;
    let etc = '';

    beforeAll(async () => {
      sshd = await startSshd(lab, 2222);
      etc = copyEtc(lab);
      reachBy(hostOf(lab, 1).socket);
      await run('init');
    });
    afterAll(() => sshd?.stop());

    const reachBy = (socket: string): void => {
      const ssh = `ssh://${userInfo().username}@${lab.gateway}:2222${socket}`;
      edit(etc, 'hosts.yml', (text) =>
        text
          .replace(/^ {4}tls:.*\n/gm, '')
          .replace(/(docker01:\n {4}engine:) .*/, `$1 ${ssh}`)
          .replace(/(docker02:\n {4}engine:) .*/, `$1 unix://${hostOf(lab, 2).socket}`),
      );
    };
    const run = (...args: string[]): Promise<Answer> =>
      cmanageIn({ etc, env: { PATH: sshd?.path ?? '' } }, ...args);

    /** The tunnels that are open: what ssh was told to forward. */
    const tunnels = async (): Promise<string[]> => {
      const { stdout } = await execa('ps', ['-eo', 'args']);
      return stdout
        .split('\n')
        .filter((line) => line.includes('ssh') && line.includes(hostOf(lab, 1).socket));
    };

    it.each([
      ['unknown', 'none', 'Host key verification failed'],
      ['another than it was', 'another one', 'IDENTIFICATION HAS CHANGED'],
    ] as const)('a server whose key is %s is not talked to', async (_what, key, words) => {
      sshd?.know(key);
      const before = await stateOfWorld(lab);
      const answer = await run(...addServiceArgs(lab));
      expectMessage(answer, { exitCode: 4, says: ['docker01: opening the ssh tunnel', words] });
      expect(await stateOfWorld(lab)).toEqual(before);
    });

    it('a service runs on both hosts, and no tunnel is left', async () => {
      sshd?.know('the right one');
      expect(await run(...addServiceArgs(lab))).toMatchObject({ exitCode: 0 });
      expect(await whatRuns(lab)).toHaveLength(6);
      expect(await run('release', 'webapp', '-v', 'v0.4')).toMatchObject({ exitCode: 0 });
      expect((await whatRuns(lab)).filter((line) => line.endsWith('running v0.4'))).toHaveLength(2);
      expect(await waitUntil(async () => (await tunnels()).length === 0, 5_000)).toBe(true);
    });

    it('show --live and show hosts tell about both', async () => {
      const { stdout } = await run('show', 'containers', '--live');
      expect(stdout.match(/\trunning$/gm)).toHaveLength(8);
      expect((await run('show', 'hosts')).stdout).toContain(`ssh://${userInfo().username}@${lab.gateway}`);
    });

    it('a load balancer behind ssh is changed there', async () => {
      const prefix = `[ssh, -p, '2222', -o, BatchMode=yes, ${userInfo().username}@${lab.gateway}]`;
      edit(etc, 'hosts.yml', (text) =>
        text.replace(/^( +)master_socket:/m, `$1run: ${prefix}\n$1master_socket:`),
      );
      expect(await run('addendpoint', 'prod', '-s', 'webapp', '-p', '8080')).toMatchObject({ exitCode: 0 });
      expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.1'] });
      expect(await run('pop', 'webapp')).toMatchObject({ exitCode: 0 });
      expect(await answersAt(lab, 8080)).toMatchObject({ versions: ['v0.2'] });
    });

    it('a load balancer that ssh cannot reach is named, and nothing is touched', async () => {
      sshd?.know('none');
      const before = await stateOfWorld(lab);
      const answer = await run('addendpoint', 'qa', '-s', 'webapp', '-p', '8081');
      expectMessage(answer, { exitCode: 4, says: ['lb01: reading', 'Host key verification failed'] });
      expect(await stateOfWorld(lab)).toEqual(before);
      sshd?.know('the right one');
    });

    it('a socket that is not there on the other side is named', async () => {
      reachBy('/run/nowhere/docker.sock');
      const before = await whatRuns(lab);
      const started = performance.now();
      const answer = await run('release', 'webapp', '-v', 'v0.5');
      expect(performance.now() - started).toBeLessThan(20_000);
      expectMessage(answer, { exitCode: 4, says: ['docker01: '] });
      expect(await whatRuns(lab)).toEqual(before);
    });
  },
  { program: sshdProgram },
);
