import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { masterCommand } from '../../lab/haproxyApi.ts';
import { up, type Lab } from '../../lab/lab.ts';
import { kill, stateOf } from '../../lab/processes.ts';
import { waitUntil } from '../../lab/run.ts';
import { askChain } from '../support/chains.ts';
import { cmanage, cmanageIn, startCmanage, succeed, type Running } from '../support/cmanage.ts';
import { integrityOf, latestOperation, latestSteps } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { copyEtc, edit } from '../support/etc.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { startSocketProxy, type SocketProxy } from '../support/haproxyProxy.ts';
import { listensAt } from '../support/http.ts';
import { servedBy, writtenFor } from '../support/serving.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { databaseOf, stateOfWorld, whatRuns } from '../support/world.ts';

const [prod, qa, dev] = [8080, 8081, 8082] as const;

/** HAProxy is killed, restarted and made silent, at rest and in the middle of changes. */
describeLab('a load balancer that is killed or does not answer', (lab) => {
  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    const image = `${lab.registry.address}/training/webapp`;
    const training = ['addservice', 'training', '-i', image, '-s', '2', '-v', 'v1', 'v2', 'v3'];
    await succeed(lab, ...training, '--health', '/health');
    await succeed(lab, 'connect', 'webapp', '-c', 'training');
  });

  /** Asked at each stage by its own front door, as one list. */
  const chains = (): Promise<string[]> =>
    Promise.all([prod, qa, dev].map(async (port) => (await askChain(lab.gateway, port)).chain));

  /** The running HAProxy serves what its file says, and by the same servers whoever starts it. */
  const expectAsWritten = async (): Promise<void> => {
    expect(await servedBy(lab.loadbalancer)).toEqual(writtenFor(lab.loadbalancer));
    expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
  };

  const restart = async (): Promise<void> => {
    await kill(lab.loadbalancer);
    Object.assign(lab, await up({ dir: lab.dir }));
  };

  describe('at rest', () => {
    killedAtRest(lab, { chains, expectAsWritten });
  });

  /** Waits until the journal says that a step of the operation under way has been sent. */
  const reaches = async (running: Running, kind: string, object: string): Promise<void> => {
    const reached = await waitUntil(async () => {
      if (running.exitCode !== null) throw new Error(`it ended before: ${(await running).stderr}`);
      return (await latestSteps(databaseOf(lab))).some(
        (step) => step.kind === kind && step.object.startsWith(object) && step.status === 'sent',
      );
    }, 30_000);
    expect(reached).toBe(true);
  };

  const ended = async (running: Running): Promise<{ exitCode: number; stderr: string }> => {
    const { exitCode, stderr } = await running;
    return { exitCode: exitCode ?? -1, stderr };
  };

  it.each([
    ['before anything is written: what was moved is lost, and is loaded', qa, 'webapp-endpoint-qa/'],
    ['after everything is written: it starts with what is to be', prod, 'webapp-endpoint-prod/'],
  ])('restarted while a pop waits for a slow request, %s', async (_when, port, object) => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.6');
    const [, ...rest] = await chains();
    const slow = askChain(lab.gateway, port, '/slow?ms=8000').catch(String);
    await sleep(500);
    const pop = startCmanage(lab, 'pop', 'webapp');
    await reaches(pop, 'wait_drained', object);
    await restart();
    const { exitCode, stderr } = await ended(pop);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    await slow;
    await expectAsWritten();
    const versions = (list: readonly string[]): string[] => list.map((chain) => chain.replace(/ >.*/, ''));
    expect(versions(await chains()).slice(0, 2)).toEqual(versions(rest));
    expect((await chains()).map((chain) => chain.replace(/.*> /, ''))).toEqual([
      'training v1',
      'training v2',
      'training v3',
    ]);
  });

  describe('that answers garbage or nothing', () => {
    silent(lab, { chains, expectAsWritten });
  });
});

type Eyes = { chains: () => Promise<string[]>; expectAsWritten: () => Promise<void> };

function killedAtRest(lab: Lab, { chains, expectAsWritten }: Eyes): void {
  let was: { chains: string[]; serves: string[]; runs: string[] };

  beforeEach(async () => {
    was = { chains: await chains(), serves: await servedBy(lab.loadbalancer), runs: await whatRuns(lab) };
  });

  it('several changes by the runtime API alone leave files that say the same', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4', 'v0.5');
    await succeed(lab, 'pop', 'webapp');
    await succeed(lab, 'changetree', 'webapp-endpoint-dev', '--child', 'training', '--position', '1');
    await succeed(lab, 'changetree', 'webapp-endpoint-dev', '--child', 'training', '--position', 'pointer');
    await expectAsWritten();
    expect(await chains()).toEqual([
      'webapp v0.2 > training v1',
      'webapp v0.3 > training v2',
      'webapp v0.4 > training v3',
    ]);
  });

  it('its worker is killed: the master ends too, and whoever starts it gets what was committed', async () => {
    const processes = await masterCommand(lab.loadbalancer.masterSocket, 'show proc');
    const worker = Number(/^(\d+)\s+worker\s/m.exec(processes)?.[1]);
    process.kill(worker, 'SIGKILL');
    expect(await waitUntil(() => stateOf(lab.loadbalancer) === 'stopped', 10_000)).toBe(true);
    expect(await listensAt(lab, prod)).toBe(false);
    Object.assign(lab, await up({ dir: lab.dir }));
    expect(await servedBy(lab.loadbalancer)).toEqual(was.serves);
    expect(await chains()).toEqual(was.chains);
    expect(await whatRuns(lab)).toEqual(was.runs);
    await succeed(lab, 'pop', 'webapp');
    await expectAsWritten();
  });

  it('its master is killed, and its worker with it: likewise', async () => {
    await kill(lab.loadbalancer);
    expect(await waitUntil(async () => !(await listensAt(lab, prod)), 5_000)).toBe(true);
    Object.assign(lab, await up({ dir: lab.dir }));
    expect(await servedBy(lab.loadbalancer)).toEqual(was.serves);
    expect(await chains()).toEqual(was.chains);
    await succeed(lab, 'changetree', 'webapp-endpoint-dev', '--child', 'training', '--position', '0');
    await succeed(lab, 'changetree', 'webapp-endpoint-dev', '--child', 'training', '--position', 'pointer');
    await expectAsWritten();
  });
}

function silent(lab: Lab, { chains, expectAsWritten }: Eyes): void {
  let proxy: SocketProxy | undefined;
  let etc = '';

  beforeAll(async () => {
    etc = copyEtc(lab);
    const socket = join(lab.dir, 'between.sock');
    proxy = await startSocketProxy(socket, lab.loadbalancer.masterSocket);
    edit(etc, 'hosts.yml', (text) => text.replace(/^( +master_socket:).*$/m, `$1 ${socket}`));
  });
  afterAll(() => proxy?.stop());

  const change = ['changetree', 'webapp-endpoint-qa', '--position', '2'];

  it.each([
    ['garbage', 'garbage', /gives no list of its processes|answers only/],
    ['nothing', 'nothing', /no answer within 5 s; does it hang/],
  ] as const)('it answers %s from the start: nothing is touched', async (_what, treatment, says) => {
    const before = await stateOfWorld(lab);
    proxy?.treat(() => treatment);
    const started = performance.now();
    const answer = await cmanageIn({ etc }, ...change);
    expect((performance.now() - started) / 1000).toBeLessThan(20);
    proxy?.treat(() => 'pass');
    expectMessage(answer, { exitCode: 4, says: [/lb01/, says, 'the state is as before'] });
    expect(await stateOfWorld(lab)).toEqual(before);
    await expectAsWritten();
  });

  it.each([
    ['add server', 'garbage'],
    ['state ready', 'unheard'],
    ['state drain', 'garbage'],
    ['state drain', 'unheard'],
    ['state drain', 'nothing'],
    ['show stat', 'garbage'],
  ] as const)(
    'to %s it answers %s, and to everything else well: what was done is undone',
    async (words, treatment) => {
      const [before, runs, serves] = [
        await chains(),
        await stateOfWorld(lab),
        await servedBy(lab.loadbalancer),
      ];
      // The way back is not hindered: what takes a step back may need the same words.
      const last = (await latestOperation(databaseOf(lab)))?.id;
      let failing = true;
      proxy?.treat((command) => (failing && command.includes(words) ? treatment : 'pass'));
      const turned = waitUntil(async () => {
        if (!failing || (await latestOperation(databaseOf(lab)))?.id === last) return !failing;
        const steps = await latestSteps(databaseOf(lab));
        return steps.some(({ status }) => ['failed', 'compensating', 'compensated'].includes(status));
      }, 60_000).then(() => (failing = false));
      const answer = await cmanageIn({ etc }, ...change).finally(() => (failing = false));
      await turned;
      expectMessage(answer, { exitCode: 4, says: [/lb01/, 'the state is as before'] });
      expect(await stateOfWorld(lab)).toEqual(runs);
      expect(await servedBy(lab.loadbalancer)).toEqual(serves);
      expect(await chains()).toEqual(before);
      expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });
      await expectAsWritten();
    },
  );

  it('it is frozen for three seconds in the middle: that is waited out', async () => {
    await frozenFor(lab, 3_000);
    await succeed(lab, 'changetree', 'webapp-endpoint-qa', '--position', '1');
    await expectAsWritten();
  });

  it('it is frozen for longer than the patience of a step: undone, or left half-way and said so', async () => {
    const before = await stateOfWorld(lab);
    const thawed = frozenWhen(lab, 'drain_server', 30_000);
    const answer = await cmanage(lab, ...change);
    await thawed;
    expect([4, 5]).toContain(answer.exitCode);
    if (answer.exitCode === 4) expect(await stateOfWorld(lab)).toEqual(before);
    // What was begun to be undone can only be undone to its end; then the same command brings about the whole.
    const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
    if (answer.exitCode === 5) await succeed(lab, 'rollback', '--operation', String(id));
    await succeed(lab, ...change);
    await expectAsWritten();
    expect((await chains())[1]).toBe((await chains())[2]);
  });

  afterAll(() => {
    expect(readFileSync(lab.loadbalancer.log, 'utf8')).not.toMatch(/\bpanic\b|BUG/);
  });
}

/** The current worker, which does the work; the master only forwards. */
async function workerOf(lab: Lab): Promise<number> {
  const processes = await masterCommand(lab.loadbalancer.masterSocket, 'show proc');
  return Number(/^(\d+)\s+worker\s/m.exec(processes)?.[1]);
}

/** Freezes the worker now, and lets it go on after a time. */
async function frozenFor(lab: Lab, milliseconds: number): Promise<void> {
  const worker = await workerOf(lab);
  process.kill(worker, 'SIGSTOP');
  void sleep(milliseconds).then(() => process.kill(worker, 'SIGCONT'));
}

/** Freezes the worker when the operation under way sends a step of a kind, and lets it go on after a time. */
async function frozenWhen(lab: Lab, kind: string, milliseconds: number): Promise<void> {
  const worker = await workerOf(lab);
  const last = (await latestOperation(databaseOf(lab)))?.id;
  const reached = await waitUntil(async () => {
    if ((await latestOperation(databaseOf(lab)))?.id === last) return false;
    return (await latestSteps(databaseOf(lab))).some(
      (step) => step.kind === kind && ['sent', 'done'].includes(step.status),
    );
  }, 30_000);
  expect(reached).toBe(true);
  process.kill(worker, 'SIGSTOP');
  await sleep(milliseconds);
  process.kill(worker, 'SIGCONT');
}
