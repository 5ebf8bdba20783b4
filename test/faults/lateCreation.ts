import { setTimeout as sleep } from 'node:timers/promises';
import { thawEngine } from '../../lab/faults.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf, hostOf } from '../support/world.ts';
import { doingAt } from './build.ts';
import { pointOf, type Case, type Fault } from './fault.ts';
import { unexpected, wasKilled } from './kills.ts';
import { runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf } from './world.ts';

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
  const undone = runFaulty(place, {}, 'rollback', '--operation', String(id));
  // By then it has asked, too, and everything that was asked is answered at the same moment.
  await sleep(2_000);
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
  run: async ([place]) => (place ? [await undoneWhileItHappens(place)] : []),
};
