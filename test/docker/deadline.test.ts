import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { pause, within } from '../../src/docker/deadline.ts';

describe('within', () => {
  it('gives what the work gives, and fails as it fails', async () => {
    expect(await within(5, null, () => Promise.resolve('done'))).toBe('done');
    await expect(within(5, null, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('ends at its deadline, though a server never answers, and tells the work', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const started = performance.now();
    let told = false;
    const asking = within(0.1, null, async (signal) => {
      signal.addEventListener('abort', () => (told = true));
      await fetch(`http://127.0.0.1:${port}/`, { signal });
    });
    await expect(asking).rejects.toThrow('no answer within 0.1 s');
    expect(performance.now() - started).toBeLessThan(2000);
    expect(told).toBe(true);
    server.close();
  });

  it('ends at its deadline, though the work takes no notice of its signal', async () => {
    await expect(within(0.05, null, () => new Promise(() => undefined))).rejects.toThrow('no answer');
  });

  it.each([
    ['before', 0],
    ['while', 20],
  ])('ends when the outer signal aborts %s it works', async (_case, milliseconds) => {
    const outer = new AbortController();
    const abort = (): void => {
      outer.abort(new Error('interrupted'));
    };
    if (milliseconds === 0) abort();
    else setTimeout(abort, milliseconds);
    await expect(within(5, outer.signal, () => new Promise(() => undefined))).rejects.toThrow('interrupted');
  });
});

describe('pause', () => {
  it('waits', async () => {
    const started = performance.now();
    await pause(30, new AbortController().signal);
    expect(performance.now() - started).toBeGreaterThan(25);
  });

  it('ends at once when the signal aborts, or has', async () => {
    const controller = new AbortController();
    const waiting = pause(10_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(pause(10_000, controller.signal)).rejects.toThrow('enough');
  });
});
