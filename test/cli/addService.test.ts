import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { balancerIn, programOn, recorded, type Program } from '../support/program.ts';
import { external, withExternals } from '../support/trees.ts';

const directory = temporaryDirectory();

describe('how a new service is called, and what it calls', () => {
  let registry: FakeRegistry;
  let program: Program;
  /** What the plan of a dry run would record of the service. */
  const traffic = async (...options: string[]): Promise<unknown> => {
    const { service, answer } = await planned(...options);
    return service?.traffic ?? answer;
  };
  const planned = async (...options: string[]) => {
    const image = `${registry.address}/shop`;
    const { answer } = await program.run(
      'addservice',
      'shop',
      '-i',
      image,
      '-v',
      'v1',
      ...options,
      '--dry-run',
    );
    return { answer, service: recorded(answer)?.services.added.find(({ name }) => name === 'shop') };
  };

  beforeAll(async () => {
    registry = await startFakeRegistry('127.0.0.1', (_request, response) => {
      response.setHeader('docker-content-digest', `sha256:${'a'.repeat(64)}`).end();
    });
    const state = withExternals(makeState({ training: {}, mail: {} }), external('db'));
    const registries = `registries:\n  '${registry.address}': { insecure: true }\n`;
    program = await programOn(directory, state, `${balancerIn(directory)}${registries}`);
  });

  afterAll(() => {
    registry.close();
  });

  it.each([
    ['nothing is said of it', [], { mode: 'http', uses: [], drainLimit: null }],
    [
      'it is called by TCP',
      ['--mode', 'tcp', '--health', '/up'],
      { mode: 'tcp', uses: [], drainLimit: null },
    ],
    ['connections may stay', ['--drain-limit', '0'], { mode: 'http', uses: [], drainLimit: 0 }],
    ['it uses several, by commas', ['--uses', 'training,db'], { uses: ['training', 'db'] }],
    ['it uses several, by blanks', ['--uses', 'training', 'db', 'training'], { uses: ['training', 'db'] }],
    [
      'it uses several, one by one',
      ['--uses', 'mail', '--uses', 'db,training'],
      { uses: ['mail', 'db', 'training'] },
    ],
  ])('where %s', async (_case, options, expected) => {
    expect(await traffic(...options)).toMatchObject(expected);
  });

  it('says how its containers come up, where that is given', async () => {
    const options = ['--parallelism', '1', '--delay', '5', '--on-failure', 'continue'];
    expect((await planned(...options)).service?.rolling).toEqual({
      ...{ parallelism: 1, delay: 5, order: 'start-first', onFailure: 'continue' },
      ...{ maxFailureRatio: 0, monitor: 0 },
    });
  });

  it.each([
    [
      'gone',
      'it uses gone, and there is no such service',
      "add it first by 'cmanage addservice gone' or 'cmanage addexternal gone', or leave it out of --uses",
    ],
    ['shop', 'it is said to use itself', 'leave it out of --uses'],
  ])('is refused where it uses %s', async (used, fact, remedy) => {
    expect(await traffic('--uses', `db,${used}`)).toMatchObject({
      allowed: false,
      violations: expect.arrayContaining([
        { code: 'tree-shape', level: 'error', object: 'shop', service: 'shop', fact, remedy },
      ]) as unknown,
    });
  });

  it('is refused under the name of an external service', async () => {
    const { code, answer } = await program.run(
      ...['addservice', 'db', '-i', `${registry.address}/shop`, '-v', 'v1', '--dry-run'],
    );
    expect(code).toBe(3);
    expect(answer).toMatchObject({
      violations: [
        { code: 'names', object: 'db', fact: 'there is an external service of this name already' },
      ],
    });
  });
});
