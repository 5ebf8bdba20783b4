import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import '../../src/cli/goal.ts';
import type { GoalAnswer } from '../../src/report/goal.ts';
import { startFakeRegistry, type FakeRegistry } from '../support/fakeRegistry.ts';
import { temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { inShort } from '../support/outcome.ts';
import { balancerIn, programOn, type Program } from '../support/program.ts';

const directory = temporaryDirectory();

describe('cmanage plan', () => {
  let registry: FakeRegistry;
  let program: Program;
  const plan = async (
    ...args: string[]
  ): Promise<{ code: number | undefined; answer: GoalAnswer; told: string[] }> => {
    const errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      const { code, answer } = await program.run('plan', ...args);
      return { code, answer: answer as GoalAnswer, told: errors.mock.calls.map((call) => String(call[0])) };
    } finally {
      errors.mockRestore();
    }
  };

  beforeAll(async () => {
    registry = await startFakeRegistry('127.0.0.1', (request, response) => {
      if (request.url?.endsWith('/v0.9') === true) response.writeHead(404);
      else response.setHeader('docker-content-digest', `sha256:${'a'.repeat(64)}`);
      response.end();
    });
    const image = `${registry.address}/webapp`;
    const versions = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
    const hosts = ['docker01', 'docker02'];
    const state = makeState({
      webapp: { image, hosts, versions, endpoints: { prod: {}, qa: {}, dev: {} } },
      mail: {},
    });
    const registries = `registries:\n  '${registry.address}': { insecure: true }\n`;
    program = await programOn(directory, state, `${balancerIn(directory)}${registries}`);
  });

  afterAll(() => {
    registry.close();
  });

  it('prints the commands as they are to be typed, with what the stages answer after each', async () => {
    const { code, answer } = await plan('prod=v0.2 qa=v0.3', '-s', 'webapp');
    expect(code).toBe(0);
    const [way, ...others] = answer.ways;
    expect(others).toEqual([]);
    expect(way).toEqual({
      repoints: false,
      commands: [
        {
          command: expect.stringMatching(/^cmanage --etc \S+ pop webapp$/) as unknown,
          after: [
            { stage: 'prod', versions: ['v0.2'] },
            { stage: 'qa', versions: ['v0.3'] },
            { stage: 'dev', versions: ['v0.4'] },
          ],
        },
      ],
    });
    // It is allowed as it stands.
    const { code: tried } = await program.run(
      ...(way?.commands[0]?.command ?? '').split(' ').slice(3),
      '--dry-run',
    );
    expect(tried).toBe(0);
  });

  it('says what is in the way, and exits as a refusal', async () => {
    const { code, answer, told } = await plan('prod=v0.9', '--service', 'webapp');
    expect(code).toBe(3);
    expect(answer.ways).toEqual([]);
    expect(answer.inTheWay.map(inShort)).toEqual([
      'container-version: webapp: there is no image of version v0.9 to be had',
    ]);
    expect(answer.certain).toBe(true);
    expect(answer.nearest?.answers).toEqual([{ stage: 'prod', versions: ['v0.4'] }]);
    expect(told).toEqual([expect.stringContaining('cmanage: v0.9 cannot be released now')]);
  });

  it('asks whether the tag that stands there was meant', async () => {
    const { told } = await plan('prod=0.2', '-s', 'webapp');
    expect(told).toEqual(['cmanage: v0.2 stands there, and 0.2 does not: is prod=v0.2 meant?']);
    expect((await plan('prod=v0.2', '-s', 'webapp')).told).toEqual([]);
  });

  it.each([
    [
      'a service must be named where there are several',
      ['prod=v0.2'],
      "say which service the goal is about: '--service NAME'",
    ],
    [
      'a stage must be one',
      ['live=v0.2', '-s', 'webapp'],
      'there is no stage live: the stages of rules.yml are prod, qa, dev',
    ],
    [
      'a stage stands once',
      ['prod=v0.2', 'prod=v0.3', '-s', 'webapp'],
      'the goal names prod twice: give each stage one version',
    ],
    [
      'the service must be there',
      ['prod=v0.2', '-s', 'shop'],
      "there is no service shop: see 'cmanage show services'",
    ],
  ])('%s', async (_what, args, message) => {
    await expect(program.run('plan', ...args)).rejects.toThrow(message);
  });

  it.each(['prod', 'prod=', 'prod=v1=v2', 'PROD=v1'])('takes no goal like %s', async (goal) => {
    const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    await expect(program.run('plan', goal)).rejects.toThrow('Give STAGE=VERSION');
    write.mockRestore();
  });
});
