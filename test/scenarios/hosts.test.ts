import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { cutHost, freezeEngine, joinHost, killEngine, startEngine, thawEngine } from '../../lab/faults.ts';
import { status } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { cmanage, succeed, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectMessage } from '../support/expectFailure.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addWebapp } from '../support/webapp.ts';
import { containersOn, hostOf, stateOfWorld } from '../support/world.ts';

/** Seconds a change may take on a host that says nothing: the deadline of the question, and starting and ending. */
const longest = 15;

/**
 * Production runs on docker01 and docker02 and is under load. A second service has a stack on docker03 too, and it is
 * docker03 that fails; so whatever production notices comes from cmanage and not from the fault itself.
 */
describeLab(
  'a host that fails',
  (lab) => {
    let load: Load | undefined;
    const release = ['release', 'batch', '-v', 'v2'];

    beforeAll(async () => {
      await addWebapp(lab);
      await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080');
      const image = `${lab.registry.address}/lab/tiny`;
      await succeed(lab, 'addservice', 'batch', '-i', image, '-s', '3', '-v', 'v1');
      load = startLoad(lab, 8080);
    });
    afterEach(() => {
      expect(load?.look().failed).toEqual([]);
    });
    afterAll(() => load?.stop());

    /** Runs a change while docker03 has a fault, then mends it, and compares the world before and after both. */
    const during = async (
      { begin, end }: { begin: () => Promise<void>; end: () => Promise<void> },
      args: string[],
    ): Promise<Answer & { seconds: number }> => {
      const before = await stateOfWorld(lab);
      await begin();
      const started = performance.now();
      let answer: Answer;
      try {
        answer = await cmanage(lab, ...args);
      } finally {
        await end();
      }
      const seconds = (performance.now() - started) / 1000;
      expect(await stateOfWorld(lab)).toEqual(before);
      return { ...answer, seconds };
    };

    const cut = {
      begin: () => cutHost(hostOf(lab, 3)),
      end: () => joinHost(hostOf(lab, 3)),
    };

    it('is cut off: the release ends within its deadline, and nothing was created on the others', async () => {
      const answer = await during(cut, release);
      expectMessage(answer, {
        exitCode: 4,
        says: ['docker03: asking the engine', 'the state is as before'],
      });
      expect(answer.seconds).toBeLessThan(longest);
    });

    const frozen = {
      begin: () => {
        freezeEngine(hostOf(lab, 3));
        return Promise.resolve();
      },
      end: () => {
        thawEngine(hostOf(lab, 3));
        return Promise.resolve();
      },
    };

    it('is frozen: it takes connections and never answers; a release ends, and show --live tells', async () => {
      const live = async () => {
        await waitUntil(() => status(lab.dir).some(({ state }) => state === 'frozen'), 20_000);
        return cmanage(lab, 'show', 'containers', '--live');
      };
      const [answer, shown] = await Promise.all([during(frozen, release), live()]);
      expectMessage(answer, { exitCode: 4, says: ['docker03: asking the engine', 'no answer within 10 s'] });
      expect(answer.seconds).toBeLessThan(longest);
      expect(shown.stdout).toMatch(/webapp-stack1-app1\t.*\tdocker01\t\d+\trunning/);
      expect(shown.stdout).toMatch(/batch-stack\d-app1\t.*\tdocker03\t\d+\t(unreachable|running)/);
    });

    it('is down: its engine was killed', async () => {
      const host = hostOf(lab, 3);
      await killEngine(host);
      const others = () => Promise.all([containersOn(hostOf(lab, 1)), containersOn(hostOf(lab, 2))]);
      const names = async () => (await others()).flat().map(({ Id, State }) => `${Id} ${State}`);
      const before = await names();
      const answer = await cmanage(lab, ...release);
      expectMessage(answer, { exitCode: 4, says: ['docker03: asking the engine', 'does not answer'] });
      expect(await names()).toEqual(before);
      await startEngine(lab, host);
    });

    it('and when the host is back, the same release works', async () => {
      await succeed(lab, ...release);
      for (const host of lab.hosts) {
        const versions = (await containersOn(host)).map(({ Labels }) => Labels['cmanage.version']);
        expect(versions.filter((version) => version === 'v2')).toHaveLength(1);
      }
    });
  },
  { hosts: 3 },
);
