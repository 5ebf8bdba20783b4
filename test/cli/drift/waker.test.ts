import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeWaker } from '../../../src/cli/drift/waker.ts';

const never = new AbortController().signal;

/** How it ended, where the other end would have come much later. */
async function milliseconds(work: Promise<void>): Promise<number> {
  const started = performance.now();
  await work;
  return performance.now() - started;
}

describe('makeWaker', () => {
  it('sleeps its time where nothing happens', async () => {
    const { sleep: rest } = makeWaker({ rest: 1, most: 1 });
    expect(await milliseconds(rest(50, never))).toBeGreaterThanOrEqual(49);
  });

  it('wakes when what happened has come to rest, and takes several for one', async () => {
    const { nudge, sleep: rest } = makeWaker({ rest: 80, most: 60_000 });
    const slept = milliseconds(rest(60_000, never));
    for (let count = 0; count < 5; count++) {
      nudge();
      await sleep(30);
    }
    const took = await slept;
    expect(took).toBeGreaterThanOrEqual(120 + 80 - 31);
    expect(took).toBeLessThan(30_000);
    // What was slept over is over.
    expect(await milliseconds(rest(50, never))).toBeGreaterThanOrEqual(49);
  });

  it('does not wait for ever for what goes on and on', async () => {
    const { nudge, sleep: rest } = makeWaker({ rest: 30_000, most: 100 });
    const timer = setInterval(nudge, 10);
    expect(await milliseconds(rest(60_000, never))).toBeLessThan(20_000);
    clearInterval(timer);
  });

  it('remembers what happened before it slept', async () => {
    const { nudge, sleep: rest } = makeWaker({ rest: 10, most: 10 });
    nudge();
    expect(await milliseconds(rest(60_000, never))).toBeLessThan(20_000);
  });

  it('wakes at once by its signal', async () => {
    const { sleep: rest } = makeWaker({ rest: 10, most: 10 });
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 20);
    expect(await milliseconds(rest(60_000, controller.signal))).toBeLessThan(20_000);
    expect(await milliseconds(rest(60_000, controller.signal))).toBeLessThan(20_000);
  });
});
