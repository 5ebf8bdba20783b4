import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '../support/files.ts';
import { makeState } from '../support/makeState.ts';
import { balancerIn, programOn, recorded, type Program } from '../support/program.ts';

const directory = temporaryDirectory();
const state = makeState({ webapp: { endpoints: { prod: {} }, rolling: { delay: 5 } }, mail: {} });

describe('changeservice', () => {
  let program: Program;
  const webapp = async () => (await program.state()).services.find(({ name }) => name === 'webapp');

  beforeAll(async () => {
    program = await programOn(directory, state);
  });

  it('records what is given, and touches nothing else', async () => {
    const { code } = await program.run('changeservice', 'webapp', '--parallelism', '1', '--monitor', '30');
    expect(code).toBe(0);
    expect((await webapp())?.rolling).toEqual({
      ...{ parallelism: 1, delay: 5, order: 'start-first' },
      ...{ onFailure: 'rollback', maxFailureRatio: 0, monitor: 30 },
    });
    const { containers, services } = await program.state();
    expect(containers).toEqual(expect.arrayContaining([...state.containers]));
    expect(services.find(({ name }) => name === 'mail')).toEqual(state.services[1]);
  });

  it('gives a drain limit, and takes it back', async () => {
    await program.run('changeservice', 'webapp', '--drain-limit', '7');
    expect((await webapp())?.traffic.drainLimit).toBe(7);
    await program.run('changeservice', 'webapp', '--no-drain-limit');
    expect((await webapp())?.traffic.drainLimit).toBeNull();
  });

  it('says what is retained from now on, and that nothing is', async () => {
    await program.run('changeservice', 'webapp', '--retain', '2h', '--warm');
    expect((await webapp())?.retention).toEqual({ by: 'seconds', limit: 7200, warm: true });
    await program.run('changeservice', 'webapp', '--delay', '6');
    expect((await webapp())?.retention).not.toBeNull();
    await program.run('changeservice', 'webapp', '--no-retain');
    expect((await webapp())?.retention).toBeNull();
  });

  it('has HAProxy know a limit that is the longest', async () => {
    const withBalancer = await programOn(directory, state, balancerIn(directory));
    const { answer } = await withBalancer.run(
      ...['changeservice', 'webapp', '--drain-limit', '900', '--dry-run'],
    );
    expect(JSON.stringify(answer)).toContain('hard-stop-after 900s');
    expect(recorded(answer)?.services.added).toMatchObject([
      { name: 'webapp', traffic: { drainLimit: 900 } },
    ]);
  });

  it('refuses a service that is not there', async () => {
    expect((await program.run('changeservice', 'shop', '--delay', '1')).code).toBe(3);
  });

  it('asks what is to be changed where nothing is said', async () => {
    await expect(program.run('changeservice', 'webapp')).rejects.toThrow('say what to change');
  });
});
