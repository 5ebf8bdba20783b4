import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { oldWorkersOf } from './worker.ts';

/** Sessions that are waited for, how they are counted and how they are ended. */
export type Draining = {
  readonly doing: string;
  /** How many are left in the current worker; null where there is nothing any more that could have one. */
  readonly count: () => Promise<number | null>;
  /** Ends all that are left, and says how many these were. */
  readonly cut: () => Promise<number>;
};

/** How long sessions that were cut, and old workers at their end, may take to go, in seconds. */
const grace = 5;

/**
 * Waits until no session is left, and no worker of an earlier configuration: such a worker answers to no change of a
 * server's state ("Proxy is disabled.") and may still take one request on every connection it keeps. HAProxy ends old
 * workers itself (hard-stop-after). What is left after `limit` seconds is cut; the text says how much that was.
 */
export async function waitUntilNone(
  balancer: BalancerConnection,
  limit: number,
  draining: Draining,
): Promise<string> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let cut: number | null = null;
  for (;;) {
    const left = await leftOf(balancer, draining);
    if (left === null) return 'is not there';
    if (left === '') break;
    if (seconds() >= limit + grace) {
      throw new HostError(balancer.name, draining.doing, `${left} still there after ${limit + grace} s`);
    }
    if (cut === null && seconds() >= limit) cut = await draining.cut();
    // Every look may be a login by ssh; the longer it takes, the less it matters to be exact.
    await sleep(Math.min(50 + 50 * seconds(), 500));
  }
  if (cut === null || cut === 0) return `drained after ${seconds().toFixed(1)} s`;
  return `${cut === 1 ? '1 session was' : `${cut} sessions were`} cut after ${limit} s`;
}

/** What is left, in words; empty where nothing is, and null where there is nothing that could have sessions. */
async function leftOf(balancer: BalancerConnection, { doing, count }: Draining): Promise<string | null> {
  const left = await count();
  if (left === null || left > 0) return left === null ? null : `${left} sessions are`;
  const old = await oldWorkersOf(balancer, doing);
  return old.length === 0 ? '' : 'workers of an earlier configuration are';
}
