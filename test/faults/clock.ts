import { existsSync } from 'node:fs';
import { cmanageIn, succeed, succeedJson } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf } from '../support/world.ts';
import { dyingAt } from './build.ts';
import { pointOf, type Case, type Fault } from './fault.ts';
import { unexpected, wasKilled } from './kills.ts';
import { bySockets, runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf } from './world.ts';

/** The clock is a day off, now in one direction and now in the other: what orders is the sequence, and no time. */

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** The environment of a process whose clock is off; the one by which it measures time goes on as it is. */
function clockAt(offset: '+1d' | '-1d'): Record<string, string> {
  if (!existsSync(library)) throw new Error(`there is no ${library}; apt-get install libfaketime`);
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** Begun tomorrow, finished yesterday, and taken back today. */
async function throughTime(place: Place): Promise<Case> {
  const { lab, web } = place;
  const args = ['release', web, '-v', 'v5'];
  const point = await pointOf(place, args, 'wait_healthy', 'after-intent');
  const died = await runFaulty(place, { ...dyingAt(point), ...clockAt('+1d') }, ...args);
  await stateOf(lab);
  const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
  const finished = await cmanageIn({ etc: lab.etc, env: clockAt('-1d') }, 'resume', String(id));
  const complaints = [
    ...(wasKilled(died) ? [] : [unexpected(died, 'it was not killed')]),
    ...(finished.exitCode === 0 ? [] : [unexpected(finished, 'it was not finished')]),
    ...(await complaintsAbout(lab)),
  ];
  await succeed(lab, 'pop', web, '--stackpointer', '4');
  complaints.push(...(await complaintsAbout(lab)));
  const ids = (await succeedJson<{ id: number }[]>(lab, 'history')).map((entry) => entry.id);
  if (ids.join() !== [...ids].sort((one, other) => one - other).join())
    complaints.push(`the history is not in the order of its operations: ${ids.join(', ')}`);
  return {
    what: 'a release is begun a day ahead, finished a day behind, and taken back today',
    outcome: 'done',
    complaints,
  };
}

/** The lab's certificates were not valid yesterday, so that its engines are reached by their sockets meanwhile. */
export const clock: Fault = {
  what: 'the clock is a day off',
  run: async ([place]) => (place ? [await bySockets(place, () => throughTime(place))] : []),
};
