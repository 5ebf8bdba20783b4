import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { masterCommand } from '../../lab/haproxyApi.ts';
import { up, type Lab, type LabLoadbalancer } from '../../lab/lab.ts';
import { kill } from '../../lab/processes.ts';
import { run, waitUntil } from '../../lab/run.ts';
import { askChain } from '../support/chains.ts';
import { cmanage, cmanageIn, succeed } from '../support/cmanage.ts';
import { latestOperation, latestSteps } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { startSocketProxy } from '../support/haproxyProxy.ts';
import { answersAt, listensAt } from '../support/http.ts';
import { startLoad, type Load } from '../support/load.ts';
import { servedBy, writtenFor } from '../support/serving.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { databaseOf, stateOfWorld } from '../support/world.ts';

/** Clients ask production through both load balancers, which are changed together or not at all. */
describeLab(
  'two load balancers',
  (lab) => {
    let loads: Load[] = [];

    beforeAll(async () => {
      await addWebapp(lab);
      await addEndpoints(lab);
      const image = `${lab.registry.address}/training/webapp`;
      const training = ['addservice', 'training', '-i', image, '-s', '2', '-v', 'v1', 'v2', 'v3'];
      await succeed(lab, ...training, '--health', '/health');
      await succeed(lab, 'connect', 'webapp', '-c', 'training');
      loads = both(lab).map((balancer) => startLoad(through(lab, balancer), 8080));
    });
    afterAll(() => Promise.all(loads.map((load) => load.stop())));

    const expectNothingLost = async (): Promise<void> => {
      await sleep(300);
      for (const load of loads) {
        const { answered, failed } = load.look();
        expect(failed).toEqual([]);
        expect(answered).toBeGreaterThan(10);
      }
    };

    /** What each of them serves, has in its files, and was reloaded to. */
    const look = async (): Promise<unknown> => ({
      world: await stateOfWorld(lab),
      served: await Promise.all(both(lab).map(servedBy)),
      written: both(lab).map(writtenFor),
      generations: await Promise.all(
        both(lab).map(({ masterSocket }) => masterCommand(masterSocket, '@1 show env CMANAGE_GENERATION')),
      ),
    });

    const expectAlike = async (): Promise<void> => {
      const [first, second] = both(lab);
      expect(await servedBy(first)).toEqual(writtenFor(first));
      expect(await servedBy(second)).toEqual(writtenFor(second));
      expect(writtenFor(second)).toEqual(writtenFor(first));
    };

    it.each([
      ['a release', ['release', 'webapp', '-v', 'v0.4', 'v0.5'], 'webapp v0.1 > training v1'],
      ['a pop', ['pop', 'webapp'], 'webapp v0.2 > training v1'],
      ['a release of what it calls', ['release', 'training', '-v', 'v3'], 'webapp v0.2 > training v1'],
      ['a branching', ['changetree', 'webapp-endpoint-prod', '--position', '1'], 'webapp v0.3 > training v2'],
      ['and back', ['changetree', 'webapp-endpoint-prod', '--position', '0'], 'webapp v0.2 > training v1'],
      ['a new front door', ['addendpoint', 'www', '-s', 'webapp', '-p', '8085'], 'webapp v0.2 > training v1'],
      ['which goes again', ['delete', 'endpoint', 'webapp-endpoint-www'], 'webapp v0.2 > training v1'],
      ['another pop', ['pop', 'webapp'], 'webapp v0.3 > training v1'],
      ['a pop of what it calls', ['pop', 'training'], 'webapp v0.3 > training v2'],
    ])('%s moves both, and costs no request on either', async (_what, args, chain) => {
      await succeed(lab, ...args);
      await expectNothingLost();
      for (const balancer of both(lab)) {
        const [, version] = chain.split(' ');
        expect((await answersAt(through(lab, balancer), 8080)).versions).toEqual([version]);
        expect((await askChain(balancer.address, 8080)).chain).toBe(chain);
      }
      await expectAlike();
    });

    const refused = async (
      circumstances: { etc: string },
      args: readonly string[],
      says: readonly (string | RegExp)[],
    ): Promise<void> => {
      const before = await look();
      const answer = await cmanageIn(circumstances, ...args);
      expectMessage(answer, { exitCode: 4, says: [...says, 'the state is as before'] });
      expect(await look()).toEqual(before);
      expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });
    };

    it('one whose own check refuses: neither changes', async () => {
      const etc = withProgram(lab, 'exit 1');
      await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
      await refused({ etc }, ['pop', 'webapp'], [/lb02: checking the new configuration/]);
      await refused({ etc }, ['addendpoint', 'www', '-s', 'webapp', '-p', '8085'], [/lb02/]);
      for (const { address } of both(lab)) {
        expect(await listensAt(through(lab, { address }), 8085)).toBe(false);
      }
      await expectNothingLost();
    });

    it('one whose directory is read-only: likewise', async () => {
      const directory = dirname(both(lab)[1].config);
      await run('mount', ['--bind', directory, directory]);
      try {
        await run('mount', ['-o', 'remount,bind,ro', directory]);
        await refused({ etc: lab.etc }, ['pop', 'webapp'], [/lb02: .*[Rr]ead-only/]);
      } finally {
        await run('umount', [directory]);
      }
      await expectNothingLost();
    });

    it('one where another program has the new port: likewise', async () => {
      const [, second] = both(lab);
      const thief = createServer().listen(8085, second.address);
      try {
        const frontDoor = ['addendpoint', 'www', '-s', 'webapp', '-p', '8085'];
        await refused({ etc: lab.etc }, frontDoor, [/lb02: binding .*:8085: the port is taken/]);
      } finally {
        thief.close();
      }
      expect(await listensAt(through(lab, both(lab)[0]), 8085)).toBe(false);
      await expectNothingLost();
    });

    it.each([
      ['add server', 'garbage'],
      ['state drain', 'unheard'],
      ['set map', 'unheard'],
    ] as const)('one that fails in the middle, at %s: both are as before', async (words, treatment) => {
      const [, second] = both(lab);
      const socket = join(lab.dir, 'between.sock');
      const proxy = await startSocketProxy(socket, second.masterSocket);
      const etc = copyEtc(lab);
      edit(etc, 'hosts.yml', (text) => text.replace(second.masterSocket, socket));
      const last = (await latestOperation(databaseOf(lab)))?.id;
      let failing = true;
      proxy.treat((command) => (failing && command.includes(words) ? treatment : 'pass'));
      const turned = waitUntil(async () => {
        if (!failing || (await latestOperation(databaseOf(lab)))?.id === last) return !failing;
        return (await latestSteps(databaseOf(lab))).some(({ status }) =>
          ['failed', 'compensating', 'compensated'].includes(status),
        );
      }, 60_000);
      try {
        const attempt = refused({ etc }, ['pop', 'webapp'], [/lb02/]);
        await turned;
        failing = false;
        await attempt;
      } finally {
        await proxy.stop();
      }
      // Something of the first one was done, and is taken back.
      const touched = (await latestSteps(databaseOf(lab))).filter(
        ({ host, kind, status }) => host === 'lb01' && kind !== 'check_config' && status === 'compensated',
      );
      expect(touched.length).toBeGreaterThan(0);
      await expectNothingLost();
      await expectAlike();
    });

    it('one whose file cannot be written at the end: both are as before', async () => {
      const calls = join(lab.dir, 'calls');
      const etc = withProgram(lab, `echo >> ${calls}; [ $(wc -l < ${calls}) = 2 ] && exit 1`);
      await refused({ etc }, ['pop', 'webapp'], [/write_config/, /lb02: writing/]);
      expect(readFileSync(calls, 'utf8').length).toBeGreaterThan(1);
      await expectNothingLost();
      await expectAlike();
      const [, second] = both(lab);
      expect(existsSync(second.config)).toBe(true);
    });

    it('one that is dead: nothing is touched; and both go on when it is back', async () => {
      const [first, second] = both(lab);
      await loads.pop()?.stop();
      const before = [await stateOfWorld(lab), await servedBy(first)];
      await kill(second);
      const answer = await cmanage(lab, 'pop', 'webapp');
      expectMessage(answer, {
        exitCode: 4,
        says: [/lb02: .*master does not answer/, 'the state is as before'],
      });
      expect([await stateOfWorld(lab), await servedBy(first)]).toEqual(before);
      await expectNothingLost();
      Object.assign(lab, await up({ dir: lab.dir }));
      await succeed(lab, 'pop', 'webapp');
      await expectAlike();
      await expectNothingLost();
    });

    afterEach(() => {
      rmSync(join(lab.dir, 'between.sock'), { force: true });
    });
  },
  { loadbalancers: 2 },
);

function both(lab: Lab): [LabLoadbalancer, LabLoadbalancer] {
  const [second] = lab.moreLoadbalancers;
  if (!second) throw new Error('the lab has one load balancer');
  return [lab.loadbalancer, second];
}

/** The lab as seen by whoever asks through one of its load balancers. */
function through(lab: Lab, { address }: Pick<LabLoadbalancer, 'address'>): Lab {
  return { ...lab, loadbalancer: { ...lab.loadbalancer, address } };
}

/** A configuration in which the second load balancer's program does something else first. */
function withProgram(lab: Lab, script: string): string {
  const etc = copyEtc(lab);
  const program = join(etc, 'haproxy');
  writeFileSync(program, `#!/bin/sh\n${script}\nexec haproxy "$@"\n`);
  chmodSync(program, 0o755);
  edit(etc, 'hosts.yml', (text) => text.replace(/^( +)(config: .*lb02.*)$/m, `$1$2\n$1program: ${program}`));
  return etc;
}
