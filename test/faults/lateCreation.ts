import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { thawEngine } from '../../lab/faults.ts';
import type { LabHost } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf, hostOf } from '../support/world.ts';
import { doingAt } from './build.ts';
import { pointOf, type Case, type Fault } from './fault.ts';
import { unexpected, wasKilled } from './kills.ts';
import { bySockets, runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf } from './world.ts';

/** How many have connected to a frozen engine's socket and wait to be taken, those that have gone since too: state 2. */
function waitingAt({ socket }: LabHost): number {
  const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return sockets.filter((line) => line.endsWith(` ${socket}`) && line.split(/\s+/)[5] === '02').length;
}

/**
 * A creation that nobody heard the answer of: the engine is frozen, the request waits in its socket, and cmanage is killed. The
 * engine creates the container when it wakes up, just while the operation is undone. That there is no such container yet
 * proves nothing; asked for again, it is there.
 */
async function undoneWhileItHappens(place: Place): Promise<Case> {
  const { lab, web } = place;
  const host = hostOf(lab, 1);
  const args = ['release', web, '-v', 'v5'];
  const point = await pointOf(place, args, 'create_container', 'after-intent', host.name);
  const freeze = `kill -STOP ${host.pid}; (sleep 1; kill -KILL $PPID) >/dev/null 2>&1 &`;
  const died = await runFaulty(place, doingAt(point, freeze), ...args);
  await stateOf(lab);
  const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
  const before = waitingAt(host);
  const undone = runFaulty(place, {}, 'rollback', '--operation', String(id));
  // When it has asked, too, everything that was asked is answered at the same moment.
  if (!(await waitUntil(() => waitingAt(host) > before, 25_000)))
    throw new Error('the undoing does not ask the engine');
  await sleep(300);
  thawEngine(host);
  const answer = await undone;
  // Whatever is still on its way arrives.
  await sleep(1_000);
  return {
    what: 'a creation is on its way in a frozen engine, cmanage is killed, and the operation undone as the engine wakes up',
    outcome: `exit ${answer.exitCode}`,
    complaints: [
      ...(wasKilled(died) ? [] : [unexpected(died, 'it was not killed')]),
      ...(answer.exitCode === 0 ? [] : [unexpected(answer, 'it is not undone')]),
      ...(await complaintsAbout(lab)),
    ],
  };
}

export const lateCreation: Fault = {
  what: 'a creation happens long after it was asked for',
  run: async ([place]) => {
    if (!place) return [];
    return bySockets(place, async () => {
      const cases: Case[] = [];
      // Which of the two comes first is not in our hands; several tries meet both orders.
      for (let time = 0; time < 3; time++) cases.push(await undoneWhileItHappens(place));
      return cases;
    });
  },
};
