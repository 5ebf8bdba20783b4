import { beforeAll, expect, it } from '@jest/globals';
import { killEngine, startEngine } from '../../lab/faults.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { succeed } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { answersAt, ask } from '../support/http.ts';
import { addTiny } from '../support/tinyServices.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { containersOn, databaseOf, hostOf, nameOf, serversOf } from '../support/world.ts';

/** The figures of the thesis, each as a user would make it. webapp calls training, which calls db. */
describeLab("the thesis's figures: stages, stacks and trees", story);

function story(lab: Lab): void {
  const prod = 'webapp-endpoint-prod';
  const [qa, dev] = ['webapp-endpoint-qa', 'webapp-endpoint-dev'];

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    const image = `${lab.registry.address}/training/webapp`;
    const training = ['addservice', 'training', '-i', image, '-s', '2', '-v', 'v1', 'v2', 'v3'];
    await succeed(lab, ...training, '--health', '/health');
    await addTiny(lab, 'db', 2, 'v1', 'v2', 'v3');
  });

  const versionsAt = async (...ports: number[]): Promise<string[]> => {
    const answers = await Promise.all(ports.map((port) => answersAt(lab, port)));
    return answers.map(({ versions }) => versions.join());
  };

  /** The relations in the state database, as `ENDPOINT: PARENT CHILD POSITION`. */
  const edges = async (): Promise<string[]> => {
    const rows = await rowsOf<Record<'endpoint' | 'parent' | 'child' | 'position', string | null>>(
      databaseOf(lab),
      'SELECT * FROM edge ORDER BY endpoint, parent, child',
    );
    return rows.map(
      ({ endpoint, parent, child, position }) => `${endpoint}: ${parent} ${child} ${position ?? 'follows'}`,
    );
  };
  const inEveryTree = (relation: string): string[] => [dev, prod, qa].map((name) => `${name}: ${relation}`);

  const drawn = async (endpoint: string): Promise<string[]> =>
    (await succeed(lab, 'show', 'tree', endpoint)).stdout.trimEnd().split('\n').slice(1);

  it('4.10: one stack answers at three stages, and its twin does too', async () => {
    expect(await versionsAt(8080, 8081, 8082)).toEqual(['v0.1', 'v0.2', 'v0.3']);
    for (const place of [1, 2]) {
      const stack = (await containersOn(hostOf(lab, place))).filter((found) =>
        nameOf(found).startsWith('webapp'),
      );
      expect(stack.map((found) => found.Labels['cmanage.version'])).toEqual(['v0.1', 'v0.2', 'v0.3']);
      expect(stack.map((found) => found.Labels['cmanage.position'])).toEqual(['0', '1', '2']);
    }
  });

  it('4.9: of two stacks on two hosts both answer, and one is enough', async () => {
    const host = hostOf(lab, 2);
    expect((await answersAt(lab, 8080)).containers).toEqual(['webapp-stack1-app1', 'webapp-stack2-app1']);
    await killEngine(host);
    const goesOn = async (): Promise<boolean> =>
      (await answersAt(lab, 8080)).containers.join() === 'webapp-stack1-app1';
    expect(await waitUntil(goesOn, 15_000)).toBe(true);
    for (const port of [8080, 8081, 8082]) {
      for (let count = 0; count < 20; count++) {
        expect(await ask(lab.loadbalancer.address, port)).toMatchObject({ status: 200 });
      }
    }
    await startEngine(lab, host);
    const isBack = async (): Promise<boolean> => (await answersAt(lab, 8080)).containers.length === 2;
    expect(await waitUntil(isBack, 30_000)).toBe(true);
  });

  it('4.4: a service is connected in all three trees, at the stage of each', async () => {
    const before = await Promise.all(lab.hosts.map(containersOn));
    await succeed(lab, 'connect', 'webapp', '-c', 'training');
    expect(await edges()).toEqual(inEveryTree('webapp training follows'));
    expect(await drawn(prod)).toEqual(['└─ webapp v0.1 (position 0)', '   └─ training v1 (position 0)']);
    expect(await drawn(qa)).toEqual(['└─ webapp v0.2 (position 1)', '   └─ training v2 (position 1)']);
    expect(await drawn(dev)).toEqual(['└─ webapp v0.3 (position 2)', '   └─ training v3 (position 2)']);
    // Whoever is called goes on as it was; whoever calls is renewed with the same bits, as links are given at the start.
    const after = await Promise.all(lab.hosts.map(containersOn));
    const called = (lists: typeof before): string[] =>
      lists.flat().flatMap((found) => (nameOf(found).startsWith('webapp') ? [] : [found.Id]));
    expect(called(after)).toEqual(called(before));
    const callers = (lists: typeof before): string[] =>
      lists
        .flat()
        .filter((found) => nameOf(found).startsWith('webapp'))
        .map((found) => `${nameOf(found)} ${found.Image}`);
    expect(callers(after)).toEqual(
      callers(before).map((line) => line.replace(/-app(\d)/, (_name, number) => `-app${Number(number) + 3}`)),
    );
    expect((await serversOf(lab)).filter((line) => line.startsWith(prod))).toEqual([
      `${prod}/webapp-stack1-app4 ${hostOf(lab, 1).address}:20009`,
      `${prod}/webapp-stack2-app4 ${hostOf(lab, 2).address}:20009`,
    ]);
  });

  it('4.4: a further level, named from below and tree by tree', async () => {
    for (const endpoint of [prod, qa, dev]) {
      await succeed(lab, 'connect', 'db', '-p', 'training', '-e', endpoint);
    }
    expect(await edges()).toEqual(
      inEveryTree('training db follows').flatMap((line) => [
        line,
        line.replace('training db', 'webapp training'),
      ]),
    );
    expect(await drawn(qa)).toEqual([
      '└─ webapp v0.2 (position 1)',
      '   └─ training v2 (position 1)',
      '      └─ db v2 (position 1)',
    ]);
  });

  it('4.4: what two parents call, at a position of its own', async () => {
    await succeed(lab, 'connect', 'webapp', '-c', 'db', '--stp', '0', '-e', qa);
    expect(await drawn(qa)).toEqual([
      '└─ webapp v0.2 (position 1)',
      '   ├─ db v1 (position 0, fixed)',
      '   └─ training v2 (position 1)',
      '      └─ db v2 (position 1)',
    ]);
    await succeed(lab, 'disconnect', 'webapp', '-c', 'db');
    expect(await edges()).toHaveLength(6);
  });

  it('a relation that would make a tree go round, or that leads to nothing, is refused', async () => {
    await expectFailure(lab, ['connect', 'db', '-c', 'webapp', '-e', prod], {
      exitCode: 3,
      says: [/tree-shape: webapp-endpoint-prod: db calls webapp, which in the end calls db again/],
    });
    await expectFailure(lab, ['connect', 'webapp', '-c', 'db', '--stp', '7', '-e', prod], {
      exitCode: 3,
      says: [/tree-shape: webapp-endpoint-prod: .* position 7, and the stacks of db have height 3/],
    });
  });

  it('a relation that a stage needs cannot be taken out', async () => {
    await expectFailure(lab, ['disconnect', 'webapp', '-c', 'training', '-e', prod], {
      exitCode: 3,
      says: [
        /tree-count: training: its tree count is 2, none at prod/,
        /tree-shape: webapp-endpoint-prod: training is connected to db, and nothing leads/,
      ],
    });
  });

  it('a branch of a second tree of the stage can be, all at once', async () => {
    await succeed(lab, 'addendpoint', 'www', '--stage', 'prod', '-s', 'webapp', '-p', '8085');
    const www = ['-e', 'webapp-endpoint-www'];
    await succeed(lab, 'connect', 'webapp', '-c', 'training', ...www);
    await succeed(lab, 'connect', 'training', '-c', 'db', ...www);
    expect(await edges()).toHaveLength(8);
    await expectFailure(lab, ['disconnect', 'webapp', '-c', 'training', ...www], {
      exitCode: 3,
      says: [/tree-shape: webapp-endpoint-www: training is connected to db, and nothing leads/],
    });
    await expectFailure(lab, ['delete', 'endpoint', 'webapp-endpoint-www'], {
      exitCode: 3,
      says: [/its tree still connects training to db, webapp to training/],
    });
    await succeed(lab, 'disconnect', 'webapp', '-c', 'training', ...www, '--cascade');
    expect(await edges()).toHaveLength(6);
    await succeed(lab, 'delete', 'endpoint', 'webapp-endpoint-www');
  });

  it('4.10: a pop promotes: what the stages answer moves, and what the trees show', async () => {
    await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
    await succeed(lab, 'release', 'training', '-v', 'v3');
    await succeed(lab, 'pop', 'webapp');
    expect(await versionsAt(8080, 8081, 8082)).toEqual(['v0.2', 'v0.3', 'v0.4']);
    const at = (place: number, version: string): string => `└─ webapp ${version} (position ${place})`;
    expect((await drawn(prod))[0]).toBe(at(0, 'v0.2'));
    expect((await drawn(dev))[0]).toBe(at(2, 'v0.4'));
    await succeed(lab, 'pop', 'training');
    expect(await drawn(prod)).toEqual([
      at(0, 'v0.2'),
      '   └─ training v2 (position 0)',
      '      └─ db v1 (position 0)',
    ]);
    const query = `SELECT version FROM container WHERE position = 0 AND stack = 'training-stack1'`;
    expect(await rowsOf(databaseOf(lab), query)).toEqual([{ version: 'v2' }]);
    expect(await edges()).toHaveLength(6);
  });
}
