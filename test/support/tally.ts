import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../lab/lab.ts';
import { ask } from './http.ts';

/** What clients saw, as `VERSION STATUS`, or what went wrong, each with how often. */
export type Seen = ReadonlyMap<string, number>;

export type Tally = {
  /** Everything that was answered since the last look. */
  readonly look: () => Seen;
  readonly stop: () => Promise<void>;
};

/** Enough clients, and pauses short enough, for a twentieth of their requests to be judged by within seconds. */
const clients = 12;
const rhythm = 15;

/** Asks an endpoint by clients that keep their connections, and counts who answered what. */
export function startTally(lab: Lab, port: number): Tally {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  let going = true;
  let seen = new Map<string, number>();
  const client = async (): Promise<void> => {
    while (going) {
      const what = await ask(lab.loadbalancer.address, port, agent).then(
        ({ status, version }) => `${version} ${status}`,
        (error: unknown) => `failed: ${(error as Error).message}`,
      );
      seen.set(what, (seen.get(what) ?? 0) + 1);
      await sleep(rhythm);
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    look: () => {
      const before = seen;
      seen = new Map();
      return before;
    },
    stop: async () => {
      going = false;
      await Promise.all(running);
      agent.destroy();
    },
  };
}

/** How many were of a kind: all without one. */
export function countOf(seen: Seen, kind = /./): number {
  return [...seen].reduce((sum, [what, times]) => sum + (kind.test(what) ? times : 0), 0);
}
