import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../lab/run.ts';
import type { Answer } from '../support/cmanage.ts';
import { doingAt, type Point } from './build.ts';
import { runFaulty, type Place } from './place.ts';

/**
 * A command that waits at a point until it is told to go on, so that something can happen around it just then, and to several
 * commands at the same moment.
 */
export type Waiting = {
  /** Resolves when it stands at its point; throws where it has ended without coming there. */
  readonly arrived: Promise<void>;
  readonly goOn: () => void;
  readonly ended: Promise<Answer>;
};

export function startWaiting(place: Place, point: Point, args: readonly string[]): Waiting {
  const [here, go] = [join(place.lab.dir, 'here'), join(place.lab.dir, 'go')];
  rmSync(here, { force: true });
  rmSync(go, { force: true });
  const command = `touch '${here}'; while [ ! -e '${go}' ]; do sleep 0.02; done`;
  let isOver = false;
  const ended = runFaulty(place, doingAt(point, command), ...args).finally(() => (isOver = true));
  const arrive = async (): Promise<void> => {
    await waitUntil(() => existsSync(here) || isOver, 120_000);
    if (existsSync(here)) return;
    throw new Error(`${args.join(' ')} did not come to step ${point.seq}: ${(await ended).stderr}`);
  };
  return {
    arrived: arrive(),
    goOn: () => {
      writeFileSync(go, '');
    },
    ended,
  };
}

/** Has several wait for each other. `action` is done once, when the last one has come; whoever cannot come must say so. */
export function gathering(count: number, action: () => Promise<void>): { come: () => Promise<void> } {
  let missing = count;
  let open: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return {
    come: () => {
      missing--;
      if (missing === 0) action().then(open, fail);
      return done;
    },
  };
}
