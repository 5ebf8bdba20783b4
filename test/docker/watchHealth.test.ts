import { describe, expect, it } from '@jest/globals';
import { createContainer, startContainer } from '../../src/docker/containers.ts';
import { watchHealth } from '../../src/docker/health.ts';
import { HostError } from '../../src/model/errors.ts';
import { fakeEngines, type FakeEngine } from '../support/fakeEngine.ts';
import { makeSpec, origin } from '../support/specs.ts';

const make = fakeEngines();
const { signal } = new AbortController();
const spec = makeSpec();

async function running(): Promise<FakeEngine> {
  const fake = await make('docker01');
  await createContainer(fake.engine, spec, origin, signal);
  await startContainer(fake.engine, spec, signal);
  return fake;
}

/** Has the engine tell something else of the container from the so-manieth look at it on. */
function afterLooks(fake: FakeEngine, looks: number, change: object): { count: number } {
  const seen = { count: 0 };
  fake.distort = (found) => (++seen.count > looks ? { ...found, ...change } : found);
  return seen;
}

const exited = { State: { Status: 'exited', Running: false, ExitCode: 1 } };

describe('watchHealth', () => {
  it('looks again and again until its time is over', async () => {
    const fake = await running();
    const seen = afterLooks(fake, Infinity, {});
    const started = performance.now();
    expect(await watchHealth(fake.engine, spec, 1, signal)).toBe('healthy for 1 s');
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(seen.count).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['was restarted', { RestartCount: 1 }, 2, 'it has exited, and was restarted'],
    ['exits', exited, 4, 'not healthy any more: it is exited'],
    [
      'is not content with itself',
      { State: { Status: 'running', Running: true, Health: { Status: 'unhealthy' } } },
      4,
      'not healthy any more: its HEALTHCHECK says unhealthy',
    ],
  ])('ends when a container %s', async (_case, change, looks, says) => {
    const fake = await running();
    const seen = afterLooks(fake, 1, change);
    const watching = watchHealth(fake.engine, spec, 60, signal);
    await expect(watching).rejects.toThrow(HostError);
    await expect(watching).rejects.toThrow(`watching webapp-stack1-app1 (v0.1): ${says}`);
    expect(seen.count).toBe(looks);
  });

  it('forgives what passes, and does not end in the middle of a doubt', async () => {
    const fake = await running();
    const answers = [false, true, true, false];
    fake.distort = (found) => (answers.shift() === true ? { ...found, ...exited } : found);
    expect(await watchHealth(fake.engine, spec, 0.6, signal)).toBe('healthy for 0.6 s');
    expect(answers).toEqual([]);
  });

  it('does not mind restarts of before', async () => {
    const fake = await running();
    afterLooks(fake, 0, { RestartCount: 2 });
    expect(await watchHealth(fake.engine, spec, 0.1, signal)).toBe('healthy for 0.1 s');
  });

  it('can be cut short', async () => {
    const fake = await running();
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort(new Error('interrupted'));
    }, 100);
    await expect(watchHealth(fake.engine, spec, 60, stop.signal)).rejects.toThrow('interrupted');
  });
});
