import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '../../src/model/state.ts';
import type { Violation } from '../../src/model/violation.ts';
import { temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { inShort } from '../support/outcome.ts';
import { balancerIn, programOn, recorded, type Program } from '../support/program.ts';
import { edge, external, withExternals } from '../support/trees.ts';

const directory = temporaryDirectory();
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];
const twins = { hosts: ['docker01', 'docker02'] };

describe('external services on the command line', () => {
  let program: Program;
  const edges = async (): Promise<readonly Edge[]> => (await program.state()).edges;
  const done = async (...args: string[]): Promise<unknown> => {
    const { code, answer } = await program.run(...args);
    expect({ args, code }).toEqual({ args, code: 0 });
    return answer;
  };
  const refusals = async (...args: string[]): Promise<string[]> => {
    const { code, answer } = await program.run(...args);
    expect(code).toBe(3);
    const { violations } = answer as { violations: readonly Violation[] };
    return violations.filter(({ level }) => level === 'error').map(inShort);
  };

  const services = makeState({ webapp: { ...twins, endpoints: { prod: {}, qa: {} } }, mail: twins });
  const limited = (endpoint: string, relation: string, drainLimit: number): Edge => ({
    ...edge(endpoint, relation),
    drainLimit,
  });

  beforeAll(async () => {
    const relations = [
      limited(prod, 'webapp > db', 300),
      limited(prod, 'webapp > mail @ 2', 9),
      limited(qa, 'webapp > db', 300),
    ];
    const db = external('db', ['prod=db:1', 'qa=192.0.2.40:2']);
    program = await programOn(directory, { ...withExternals(services, db), edges: relations });
  });

  it('are added with their targets, mode and health path', async () => {
    await done('addexternal', 'mq', '--target', 'prod=mq:1', '--target', 'qa=192.0.2.41:2');
    const http = ['--mode', 'http', '--health', '/up'];
    await done('addexternal', 'search', '--target', 'prod=search:1', 'qa=search:2', ...http);
    const { externals } = await program.state();
    expect(externals.slice(1)).toEqual([
      external('mq', ['prod=mq:1', 'qa=192.0.2.41:2']),
      { ...external('search', ['prod=search:1', 'qa=search:2']), mode: 'http', healthPath: '/up' },
    ]);
  });

  it('are connected with a drain limit, and never at a position', async () => {
    const { run } = await programOn(
      directory,
      withExternals(services, external('search')),
      balancerIn(directory),
    );
    const { answer } = await run('connect', 'webapp', '-c', 'search', '--drain-limit', '60', '--dry-run');
    expect(recorded(answer)?.edges.added).toEqual([
      limited(prod, 'webapp > search', 60),
      limited(qa, 'webapp > search', 60),
    ]);
    expect(await refusals('connect', 'webapp', '-c', 'search', '--stp', '0')).toEqual([
      'tree-shape: search: it is an external service, which has no positions',
    ]);
  });

  it.each([
    ['0', 0],
    ['45', 45],
    ['default', null],
  ])('have the drain limit %s of a relation in the tree that is named', async (typed, expected) => {
    await done('changetree', prod, '--child', 'db', '--drain-limit', typed);
    expect((await edges()).map((row) => row.drainLimit)).toEqual([expected, 9, 300]);
  });

  it('leave position and drain limit as they are where only the other is given', async () => {
    const mail = async () => (await edges()).find((row) => row.child === 'mail');
    await done('changetree', prod, '--child', 'mail', '--drain-limit', '8');
    expect(await mail()).toMatchObject({ position: 2, drainLimit: 8 });
    await done('changetree', prod, '--child', 'mail', '--position', 'pointer');
    expect(await mail()).toMatchObject({ position: null, drainLimit: 8 });
  });

  it('are given other targets, of which a dry run shows the trees', async () => {
    const change = ['changeexternal', 'db', '--target', 'prod=db2:7'];
    expect(await done(...change, '--dry-run')).toMatchObject({
      trees: [{ endpoint: prod, after: expect.arrayContaining(['├─ db (external, db2:7)']) as unknown }],
    });
    await done(...change);
    const [db] = (await program.state()).externals;
    expect(db).toEqual(external('db', ['prod=db2:7', 'qa=192.0.2.40:2']));
    expect(await refusals('changeexternal', 'db', '--drop-target', 'qa')).toEqual([
      `tree-shape: ${qa}: webapp is connected to db, which has no target at stage qa`,
    ]);
  });

  it('are shown by themselves, with their trees, and in trees', async () => {
    expect(await done('show', 'external', 'db')).toEqual([
      {
        ...external('db', ['prod=db2:7', 'qa=192.0.2.40:2']),
        ...{ trees: [prod, qa], users: [] },
      },
    ]);
    expect(await done('show', 'tree', prod)).toMatchObject([
      { root: { children: [{ external: 'db', target: 'db2:7', drainLimit: null }, { service: 'mail' }] } },
    ]);
    expect(await done('show', 'state')).toMatchObject({
      externals: [{ name: 'db' }, { name: 'mq' }, { name: 'search' }],
    });
    expect(await done('check', 'db')).toMatchObject({ services: 0, correct: true, violations: [] });
  });

  it('are deleted when nothing calls them any more, or by cascade', async () => {
    expect(await refusals('delete', 'external', 'db')).toEqual([
      `tree-shape: db: it is still used by the tree of ${prod}, the tree of ${qa}`,
    ]);
    await done('delete', 'external', 'search');
    await done('delete', 'external', 'db', '--cascade', '--yes');
    const { externals, edges: left } = await program.state();
    expect([externals.map((row) => row.name), left.map((row) => row.child)]).toEqual([['mq'], ['mail']]);
  });
});
