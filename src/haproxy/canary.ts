import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { askWorker, word } from './worker.ts';

/** Watches a canary by what the running HAProxy counts of its servers. */

export type Canary = {
  readonly backend: string;
  readonly servers: readonly string[];
  readonly limits: {
    readonly seconds: number;
    readonly failures: number;
    readonly responseTime: number | null;
    readonly requests: number;
  };
};

/** What HAProxy has counted of some servers since it started. */
export type Counts = {
  readonly requests: number;
  readonly failures: number;
  /** Mean milliseconds to an answer, of the last 1,024 requests of each server; the slowest server's. */
  readonly responseTime: number;
  /** Those that its own checks find dead now: HAProxy sends them nothing, so that nothing else tells of them. */
  readonly down: readonly string[];
};

/**
 * Watches a canary for its time; ends at once with an error when it is beyond a limit, and at the end when it had too few
 * requests to be judged by. Returns what was seen.
 */
export async function judgeCanary(
  balancer: BalancerConnection,
  { backend, servers, limits }: Canary,
  signal: AbortSignal,
): Promise<string> {
  const started = performance.now();
  const doing = `judging the canary of ${backend}`;
  const look = async (): Promise<Counts> => {
    return countsOf(await askWorker(balancer, doing, `show stat ${word(backend)} 4 -1`), servers);
  };
  const before = await look();
  for (;;) {
    const seconds = (performance.now() - started) / 1000;
    await sleep(Math.min(500, Math.max(0, limits.seconds - seconds) * 1000), undefined, { signal });
    const now = since(before, await look());
    const seen = `${now.failures} of ${now.requests} requests failed, answers took ${now.responseTime} ms`;
    const problem = beyond(now, limits);
    if (problem !== null) throw new HostError(balancer.name, doing, `${problem} (${seen})`);
    if (seconds < limits.seconds) continue;
    if (now.requests >= limits.requests) return `${seen} in ${limits.seconds} s`;
    const fact = `it had ${now.requests} requests in ${limits.seconds} s, and is judged by at least ${limits.requests}: send more, or give a longer --pause or fewer --min-requests`;
    throw new HostError(balancer.name, doing, fact);
  }
}

/** In what a canary is beyond its limits; null where it is not, or had too few requests so far. */
export function beyond(
  { requests, failures, responseTime, down }: Counts,
  limits: Canary['limits'],
): string | null {
  if (down.length > 0) return `HAProxy finds ${down.join(' and ')} down`;
  if (requests < Math.max(1, limits.requests)) return null;
  const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
  if (failures / requests > limits.failures) {
    return `${percent(failures / requests)} of its requests failed, and ${percent(limits.failures)} is the limit`;
  }
  if (limits.responseTime !== null && responseTime > limits.responseTime) {
    return `its answers take ${responseTime} ms, and ${limits.responseTime} ms is the limit`;
  }
  return null;
}

/**
 * Reads the answer to `show stat`, whose first line names the columns. Every try to send a request is a session of its
 * own there (`stot`), and one that no connection came of is a retry or a redispatch, whoever answered then [tried].
 */
export function countsOf(answer: string, servers: readonly string[]): Counts {
  const lines = answer.split('\n');
  const head = lines.findIndex((line) => line.startsWith('# pxname,'));
  const names = (lines[head] ?? '').slice(2).split(',');
  const rows = lines.slice(head + 1).map((line) => line.split(','));
  const own = rows.filter((row) => servers.includes(row[1] ?? ''));
  const read = (row: readonly string[], name: string): number => Number(row[names.indexOf(name)] ?? 0);
  const sum = (...columns: readonly string[]): number =>
    own.flatMap((row) => columns.map((column) => read(row, column))).reduce((all, one) => all + one, 0);
  return {
    requests: sum('stot'),
    failures: sum('hrsp_5xx', 'econ', 'eresp', 'wretr', 'wredis'),
    responseTime: Math.max(0, ...own.map((row) => read(row, 'rtime'))),
    down: own.filter((row) => row[names.indexOf('status')]?.startsWith('DOWN')).map((row) => row[1] ?? ''),
  };
}

function since(before: Counts, now: Counts): Counts {
  return {
    requests: now.requests - before.requests,
    failures: now.failures - before.failures,
    responseTime: now.responseTime,
    down: now.down,
  };
}
