import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cmanage, succeed } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { edit } from '../support/etc.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { answersAt } from '../support/http.ts';
import { startLoad, type Load } from '../support/load.ts';
import { addTiny } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { containersOn, databaseOf, hostOf, nameOf, serversOf, whatRuns } from '../support/world.ts';

describeLab(
  'stacks that come and go, and hosts that are chosen',
  (lab) => {
    let load: Load | undefined;

    beforeAll(async () => {
      await addWebapp(lab);
      await addEndpoints(lab);
      load = startLoad(lab, 8080);
    });
    afterAll(() => load?.stop());

    /** That no request was lost since it was last asked. */
    const expectEveryRequestAnswered = (): void => {
      const { answered, failed } = load?.look() ?? { answered: 0, failed: ['no load'] };
      expect(failed).toEqual([]);
      expect(answered).toBeGreaterThan(20);
    };

    /** The stacks of a service as `STACK HOST`, by what runs on the hosts. */
    const stacksOf = async (service: string): Promise<string[]> => {
      const lists = await Promise.all(
        lab.hosts.map(async (host) =>
          (await containersOn(host))
            .filter((found) => found.Labels['cmanage.service'] === service && found.State === 'running')
            .map((found) => `${nameOf(found).replace(/-app\d+$/, '')} ${host.name}`),
        ),
      );
      return [...new Set(lists.flat())].sort();
    };

    it('scale up: a twin with the same bits on a host that had none', async () => {
      await succeed(lab, 'scale', 'webapp', '--stacks', '3');
      const digests = async (place: number): Promise<unknown[]> =>
        (await containersOn(hostOf(lab, place))).map((found) => found.Labels['cmanage.digest']);
      expect(await digests(3)).toEqual(await digests(1));
      const twins = [1, 2, 3].map((stack) => `webapp-stack${stack}-app1`);
      expect(await answersAt(lab, 8080)).toEqual({ versions: ['v0.1'], containers: twins });
      expectEveryRequestAnswered();
    });

    it('no further than there are hosts', async () => {
      await expectFailure(lab, ['scale', 'webapp', '--stacks', '4'], {
        exitCode: 3,
        says: [/stack-hosts: webapp: one more stack needs a host without a stack of it/],
      });
    });

    it('scale down: the last stack goes, and no request with it', async () => {
      await succeed(lab, 'scale', 'webapp', '--stacks', '2');
      expect(await containersOn(hostOf(lab, 3))).toEqual([]);
      expect(await stacksOf('webapp')).toEqual(['webapp-stack1 docker01', 'webapp-stack2 docker02']);
      expectEveryRequestAnswered();
    });

    it('but not to a single host, whose loss would be the end of it', async () => {
      await expectFailure(lab, ['scale', 'webapp', '--stacks', '1'], {
        exitCode: 3,
        says: [/host-loss: webapp: all its containers are on docker01/],
      });
    });

    it('host drain: every stack has a twin elsewhere before it goes, and nothing of ours is left', async () => {
      await addTiny(lab, 'other', 2);
      await succeed(lab, 'host', 'drain', 'docker01');
      expect(await containersOn(hostOf(lab, 1))).toEqual([]);
      expect(await stacksOf('webapp')).toEqual(['webapp-stack2 docker02', 'webapp-stack4 docker03']);
      expect((await stacksOf('other')).map((line) => line.split(' ')[1])).toEqual(['docker03', 'docker02']);
      const onHost = `SELECT name FROM stack WHERE host = 'docker01'`;
      expect(await rowsOf(databaseOf(lab), onHost)).toEqual([]);
      expect((await serversOf(lab)).filter((line) => line.includes(` ${hostOf(lab, 1).address}:`))).toEqual(
        [],
      );
      expectEveryRequestAnswered();
    });

    it('an empty host has nothing to drain, and one that is not there is a mistake', async () => {
      const before = await whatRuns(lab);
      await succeed(lab, 'host', 'drain', 'docker01');
      expect(await whatRuns(lab)).toEqual(before);
      await expectFailure(lab, ['host', 'drain', 'docker07'], { exitCode: 2, says: [/no host docker07/] });
    });

    it('placement: false keeps new stacks away', async () => {
      edit(lab.etc, 'hosts.yml', (text) =>
        text.replace('  docker01:\n', '  docker01:\n    placement: false\n'),
      );
      await addTiny(lab, 'third', 2);
      expect(await stacksOf('third')).toEqual(['third-stack1 docker02', 'third-stack2 docker03']);
      await expectFailure(lab, ['scale', 'third', '--stacks', '3'], {
        exitCode: 3,
        says: [/stack-hosts: third: one more stack needs a host/],
      });
      await expectFailure(lab, ['host', 'drain', 'docker02'], { exitCode: 3, says: [/stack-hosts/] });
      edit(lab.etc, 'hosts.yml', (text) => text.replace('    placement: false\n', ''));
      await succeed(lab, 'delete', 'service', 'third', '--cascade', '-q');
    });

    it('a required label is a must for every new stack', async () => {
      label('disk: ssd', 'docker01');
      override('third', 'required: [disk=ssd]');
      await expectFailure(lab, addThird('2'), { exitCode: 3, says: [/stack-hosts: third: .*disk=ssd/] });
      await succeed(lab, ...addThird('1'));
      expect(await stacksOf('third')).toEqual(['third-stack1 docker01']);
      label('disk: ssd', 'docker01', 'docker02');
      await succeed(lab, 'scale', 'third', '--stacks', '2');
      expect(await stacksOf('third')).toEqual(['third-stack1 docker01', 'third-stack2 docker02']);
    });

    it('check names the stack of a host that lost its label, and the remedy it gives is one', async () => {
      label('disk: ssd', 'docker02', 'docker03');
      const { exitCode, stdout } = await cmanage(lab, 'check', 'third');
      expect(exitCode).toBe(3);
      expect(stdout).toContain('host-labels: third-stack1: its host docker01 lacks disk=ssd');
      expect(stdout).toContain(`'cmanage host drain docker01'`);
      await succeed(lab, 'host', 'drain', 'docker01');
      expect(await stacksOf('third')).toEqual(['third-stack2 docker02', 'third-stack3 docker03']);
      expect(await cmanage(lab, 'check', 'third')).toMatchObject({ exitCode: 0 });
      await succeed(lab, 'delete', 'service', 'third', '--cascade', '-q');
    });

    it('a preferred label chooses among hosts, although others are emptier', async () => {
      override('third', 'preferred: [zone=b]');
      label('zone: b', 'docker02');
      const count = async (place: number): Promise<number> => (await containersOn(hostOf(lab, place))).length;
      expect(await count(2)).toBeGreaterThan(await count(1));
      await succeed(lab, ...addThird('1'));
      expect(await stacksOf('third')).toEqual(['third-stack1 docker02']);
      await succeed(lab, 'scale', 'third', '--stacks', '2');
      expect(await stacksOf('third')).toEqual(['third-stack1 docker02', 'third-stack2 docker01']);
    });

    it('delete names what depends on a service, and touches nothing', async () => {
      await succeed(lab, 'connect', 'webapp', '-c', 'third');
      await expectFailure(lab, ['delete', 'service', 'third'], {
        exitCode: 3,
        says: ['stack third-stack1', 'stack third-stack2', 'tree of webapp-endpoint-qa', '--cascade'],
      });
      await expectFailure(lab, ['delete', 'endpoint', 'webapp-endpoint-qa'], {
        exitCode: 3,
        says: ['its tree still connects webapp to third', '--cascade'],
      });
    });

    it('delete --cascade shows its whole plan first, and then does it', async () => {
      const { stdout } = await succeed(lab, 'delete', 'service', 'third', '--cascade');
      const [plan = '', result = ''] = stdout.split(/^done: /m);
      for (const name of await rowsOf<{ object: string }>(databaseOf(lab), removals)) {
        expect(plan).toContain(`remove_container  ${hostOfRemoval(name.object)}  ${name.object}`);
      }
      expect(plan).toMatch(/^- └─ third v1 \(position 1\)$/m);
      expect(result).toContain('third: no stack any more, prod v1, qa v1, dev v1 gone on');
      expect(await stacksOf('third')).toEqual([]);
      expect(await rowsOf(databaseOf(lab), 'SELECT * FROM edge')).toEqual([]);
      expectEveryRequestAnswered();
    });

    const removals = `SELECT object FROM step WHERE kind = 'remove_container'
      AND operation = (SELECT max(id) FROM operation)`;
    const hostOfRemoval = (name: string): string => (name.includes('stack1') ? 'docker02' : 'docker01');
    const addThird = (stacks: string): string[] => [
      ...['addservice', 'third', '-i', `${lab.registry.address}/lab/tiny`, '-s', stacks, '-v', 'v1'],
    ];
    const label = (text: string, ...hosts: string[]): void => {
      edit(lab.etc, 'hosts.yml', (file) =>
        hosts.reduce(
          (changed, host) => changed.replace(`  ${host}:\n`, `  ${host}:\n    labels: { ${text} }\n`),
          file.replace(/ {4}labels: .*\n/g, ''),
        ),
      );
    };
    const override = (service: string, parameter: string): void => {
      const entry = `overrides:\n  - { services: ${service}, reason: a test, rules: { host-labels: { ${parameter} } } }\n`;
      edit(lab.etc, 'rules.yml', (file) => file.replace(/^overrides:.*\n( {2}- .*\n)?/m, entry));
    };
  },
  { hosts: 3 },
);
