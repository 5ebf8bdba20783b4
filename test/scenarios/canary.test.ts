import { beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineRequest } from '../../lab/engineApi.ts';
import { statsCommand } from '../../lab/haproxyApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { startChainLoad, strangers } from '../support/chains.ts';
import { cmanage, startCmanage, succeed, type Answer, type Running } from '../support/cmanage.ts';
import { integrityOf, latestOperation, latestSteps } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure, expectMessage } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { startLoad } from '../support/load.ts';
import { countOf, startTally, type Seen } from '../support/tally.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, containersOn, databaseOf, hostOf, nameOf, stateOfWorld } from '../support/world.ts';

const prod = 'webapp-endpoint-prod';
const port = 8080;

describeLab('an endpoint that spreads over positions', (lab) => {
  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    // At position 3, and a tenth of its answers are 500.
    await succeed(lab, 'release', 'webapp', '-v', 'v0.10');
  });

  /** Everything but the journal: cmanage's own records, the engines, HAProxy's file, and what it runs with. */
  const world = async () => ({ ...(await stateOfWorld(lab)), weights: await runningWeights(lab) });

  describe('a canary', () => {
    const canary = (position: number, ...more: string[]): string[] => [
      ...['canary', prod, '--position', String(position), '--pause', '3', ...more],
    ];

    /** Runs a command under load; gives its answer, and what clients saw while it ran. */
    const underLoad = async (...args: string[]): Promise<{ answer: Answer; seen: Seen }> => {
      const tally = startTally(lab, port);
      try {
        const answer = await cmanage(lab, ...args);
        return { answer, seen: tally.look() };
      } finally {
        await tally.stop();
      }
    };

    /** Waits until the journal says that a command watches its canary. */
    const isJudged = async (running: Running): Promise<void> => {
      const judged = await waitUntil(async () => {
        if (running.exitCode !== null) throw new Error('it ended before');
        if ((await latestOperation(databaseOf(lab)))?.status !== 'running') return false;
        const steps = await latestSteps(databaseOf(lab));
        return steps.some(({ kind, status }) => kind === 'judge_canary' && status === 'sent');
      }, 30_000);
      expect(judged).toBe(true);
    };

    const engine = async (host: number, name: string, what: 'kill' | 'start'): Promise<void> => {
      const path = `/containers/${name}/${what}`;
      const { status, body } = await engineRequest('POST', hostOf(lab, host).socket, path, undefined, 30_000);
      if (status !== 204) throw new Error(`POST ${path}: ${JSON.stringify(body)}`);
    };

    it('that answers 500 to a tenth of its requests goes back, and users saw at most its share', async () => {
      const before = await world();
      const limits = ['--steps', '5,25,50,100', '--max-failures', '1', '--min-requests', '20'];
      const { answer, seen } = await underLoad(...canary(3, ...limits));
      expectMessage(answer, {
        exitCode: 4,
        says: [
          `judging the canary of ${prod}`,
          /[\d.]+ % of its requests failed, and 1 % is the limit \(\d+ of \d+ requests failed, answers took \d+ ms\)/,
          'the state is as before',
        ],
      });
      expect(await world()).toEqual(before);
      expect(await integrityOf(databaseOf(lab))).toEqual([{ integrity_check: 'ok' }]);
      expect(await latestOperation(databaseOf(lab))).toMatchObject({ status: 'undone' });

      const [all, own, failed] = [countOf(seen), countOf(seen, /^v0\.10 /), countOf(seen, /^v0\.10 500$/)];
      expect(own).toBeGreaterThanOrEqual(20);
      expect(own / all).toBeLessThan(0.07);
      // Two containers, each of which fails every tenth of its own.
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThanOrEqual(own * 0.1 + 2);
      expect(failed / all).toBeLessThan(0.05 * 0.1 + 2 / all);
      expect(countOf(seen, /^v0\.1 200$/) + own).toBe(all);
    });

    it.each(['50', '100'])('that nobody asks at %s %% is not judged, and goes back', async (share) => {
      const before = await world();
      await expectFailure(lab, canary(1, '--steps', share, '--pause', '1'), {
        exitCode: 4,
        says: ['it had 0 requests in 1 s, and is judged by at least 20', 'the state is as before'],
      });
      expect(await world()).toEqual(before);
      expect(await answersAt(lab, port)).toMatchObject({ versions: ['v0.1'] });
    });

    it.each(['SIGINT', 'SIGTERM'] as const)('%s while it is watched: it goes back', async (signal) => {
      const before = await world();
      const running = startCmanage(lab, ...canary(1, '--steps', '50', '--pause', '60'));
      await isJudged(running);
      expect((await answersAt(lab, port)).versions).toEqual(['v0.1', 'v0.2']);
      running.kill(signal);
      const { exitCode, stderr } = await running;
      expectMessage(
        { exitCode: exitCode ?? -1, stderr },
        { exitCode: 4, says: ['interrupted', 'the state is as before'] },
      );
      expect(await world()).toEqual(before);
    });

    it('whose container dies goes back, although others take over what it does not answer', async () => {
      const before = await stateOfWorld(lab);
      const tally = startTally(lab, port);
      const limits = ['--steps', '50', '--pause', '30', '--max-failures', '100'];
      const running = startCmanage(lab, ...canary(1), ...limits);
      try {
        await isJudged(running);
        await engine(1, 'webapp-stack1-app2', 'kill');
        const { exitCode, stderr } = await running;
        expectMessage(
          { exitCode: exitCode ?? -1, stderr },
          { exitCode: 4, says: ['HAProxy finds webapp-stack1-app2 down', 'the state is as before'] },
        );
      } finally {
        await tally.stop();
        await engine(1, 'webapp-stack1-app2', 'start');
      }
      const { config, rows, servers } = await stateOfWorld(lab);
      expect({ config, rows, servers }).toEqual({
        config: before.config,
        rows: before.rows,
        servers: before.servers,
      });
    });

    it('that is healthy goes through to all requests, and none is lost', async () => {
      const { answer, seen } = await underLoad(...canary(1, '--steps', '5,25,50,100'));
      expect(answer).toMatchObject({ exitCode: 0 });
      expect([...seen.keys()].sort()).toEqual(['v0.1 200', 'v0.2 200']);
      expect(await answersAt(lab, port)).toMatchObject({ versions: ['v0.2'] });
      await succeed(lab, 'abort', prod);
      expect(await answersAt(lab, port)).toMatchObject({ versions: ['v0.1'] });
    });

    it.each([
      ['twice the same position', canary(0, '--steps', '50'), /it gives one position two weights/],
      [
        'a position there is not',
        canary(9, '--steps', '50'),
        /it gives a share to position 9, and the stacks have height 4/,
      ],
    ])('at %s is refused, and nothing is tried', async (_case, args, says) => {
      await expectFailure(lab, args, { exitCode: 3, says: [says] });
    });
  });

  describe('weights', () => {
    const [old, next] = ['webapp v0.1 > training v1', 'webapp v0.2 > training v2'];

    beforeAll(async () => {
      const image = `${lab.registry.address}/training/webapp`;
      const versions = ['-v', 'v1', 'v2', 'v3', '--health', '/health'];
      await succeed(lab, 'addservice', 'training', '-i', image, '-s', '2', ...versions);
      await succeed(lab, 'connect', 'webapp', '-c', 'training');
    });

    it('send a tenth of the requests to position 1, and every chain belongs together', async () => {
      const load = startChainLoad(lab.loadbalancer.address, [port]);
      try {
        await succeed(lab, 'weight', prod, '0=90', '1=10');
        expect(strangers(load.look(), { [port]: [old, next] })).toEqual([]);
        const moment = performance.now();
        await sleep(4000);
        const asked = load.look().filter(({ sent }) => sent > moment);
        expect(strangers(asked, { [port]: [old, next] })).toEqual([]);
        const share = asked.filter(({ chain }) => chain === next).length / asked.length;
        expect(asked.length).toBeGreaterThan(100);
        expect(share).toBeGreaterThan(0.06);
        expect(share).toBeLessThan(0.14);
      } finally {
        await load.stop();
      }
      expect(await runningWeights(lab)).toEqual(
        expect.arrayContaining([
          `${prod}/webapp-stack1-app5 90`,
          `${prod}/webapp-stack1-app6 10`,
          `${prod}/webapp-stack2-app5 90`,
          `${prod}/webapp-stack2-app6 10`,
        ]),
      );
    });

    it('refuse a pop that would shift what they say', async () => {
      await expectFailure(lab, ['pop', 'webapp'], {
        exitCode: 3,
        says: [`it spreads over positions that a pop of position 0 would shift`, `cmanage promote ${prod}`],
      });
    });

    it('end by abort, and everything is as it was', async () => {
      await succeed(lab, 'abort', prod);
      expect(await answersAt(lab, port)).toMatchObject({ versions: ['v0.1'] });
      expect(configOf(lab)).not.toContain('weight 90');
      await expectFailure(lab, ['abort', prod], {
        exitCode: 3,
        says: ['it does not spread over positions: all its requests go to its pointer'],
      });
    });

    it('end by promote: the same containers answer, and no request is lost', async () => {
      await succeed(lab, 'weight', prod, '0=90', '1=10');
      const before = await idsOf(lab);
      const load = startLoad(lab, port);
      try {
        await succeed(lab, 'promote', prod);
        await sleep(300);
        const { answered, failed } = load.look();
        expect(failed).toEqual([]);
        expect(answered).toBeGreaterThan(20);
      } finally {
        await load.stop();
      }
      const gone = ['webapp-stack1-app5', 'webapp-stack2-app5'];
      expect(await idsOf(lab)).toEqual(before.filter((line) => !gone.includes(line.split(' ')[0] ?? '')));
      expect(await answersAt(lab, port)).toMatchObject({ versions: ['v0.2'] });
      expect(await runningWeights(lab)).not.toContain(`${prod}/webapp-stack1-app6 10`);
    });
  });
});

/** Every server as HAProxy runs it, `BACKEND/SERVER WEIGHT`, in order. */
async function runningWeights(lab: Lab): Promise<string[]> {
  const answer = await statsCommand(lab.loadbalancer.statsSocket, 'show servers state');
  const rows = answer.split('\n').filter((line) => /^\d+ /.test(line));
  return rows
    .map((row) => row.split(' '))
    .map((cells) => `${cells[1] ?? ''}/${cells[3] ?? ''} ${cells[7] ?? ''}`)
    .sort();
}

/** Every container as `NAME ID`. */
async function idsOf(lab: Lab): Promise<string[]> {
  const lists = await Promise.all(lab.hosts.map(containersOn));
  return lists.flat().map((container) => `${nameOf(container)} ${container.Id}`);
}
