import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../lab/run.ts';
import { succeed, type Answer } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf } from '../support/world.ts';
import { doingAt, doingBeforeItBegins, type Point } from './build.ts';
import { pointOf, type Case, type Fault } from './fault.ts';
import { bringToItsEnd, unexpected } from './kills.ts';
import { runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf } from './world.ts';

/**
 * A process that holds the lock is paused (a laptop sleeps, a virtual machine is moved), somebody takes its lock away and goes
 * on, and then it wakes up. It must notice before it does anything more.
 */

/** Removes the lock, as an operator would who believes that its holder is gone. */
function breakLocks(place: Place): void {
  const directory = dirname(databaseOf(place.lab));
  for (const name of readdirSync(directory).filter((file) => file.includes('.lock'))) {
    rmSync(join(directory, name), { recursive: true });
  }
}

type Sleeper = { readonly wake: () => Promise<Answer> };

/** Has a command stop itself, as SIGSTOP does, and waits until it has. */
async function putToSleep(
  place: Place,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Sleeper> {
  const file = join(place.lab.dir, 'asleep');
  const ended = runFaulty(place, env, ...args);
  if (!(await waitUntil(() => existsSync(file), 60_000)))
    throw new Error(`${args.join(' ')} did not go to sleep`);
  const pid = Number(readFileSync(file, 'utf8'));
  // The shell that has stopped it comes to its end by itself.
  await sleep(100);
  rmSync(file);
  return {
    wake: () => {
      process.kill(pid, 'SIGCONT');
      return ended;
    },
  };
}

function sleepCommand({ lab }: Place): string {
  return `echo $PPID > '${join(lab.dir, 'asleep')}.new'; mv '${join(lab.dir, 'asleep')}.new' '${join(lab.dir, 'asleep')}'; kill -STOP $PPID`;
}

/** Another one finishes the operation of the sleeper, which then wakes up. */
async function finishedByAnother(place: Place, kind: Parameters<typeof pointOf>[2]): Promise<Case> {
  const args = ['release', place.web, '-v', 'v5'];
  const point: Point = await pointOf(place, args, kind, 'after-outcome');
  const sleeper = await putToSleep(place, doingAt(point, sleepCommand(place)), args);
  breakLocks(place);
  await stateOf(place.lab);
  const id = (await latestOperation(databaseOf(place.lab)))?.id ?? 0;
  const { way, complaints } = await bringToItsEnd(place.lab, 'resume', id);
  // What is asked of it next is what a second process may do to the very same objects.
  if (way === 'new') await succeed(place.lab, 'pop', place.web, '--stackpointer', '4');
  const answer = await sleeper.wake();
  const isTold = answer.exitCode !== 0 && /another cmanage has taken the locks?/.test(answer.stderr);
  return {
    what: `a release is paused after ${kind}, finished and popped by others, and wakes up`,
    outcome: `exit ${answer.exitCode}`,
    complaints: [
      ...complaints,
      ...(isTold ? [] : [unexpected(answer, 'it does not say that its lock was taken')]),
      ...(await complaintsAbout(place.lab)),
    ],
  };
}

/** Another one changes the state after the sleeper has read it, and before it has begun anything. */
async function changedMeanwhile(place: Place): Promise<Case> {
  const { lab, web } = place;
  const args = ['release', web, '-v', 'v5'];
  const sleeper = await putToSleep(place, doingBeforeItBegins(sleepCommand(place)), args);
  breakLocks(place);
  await succeed(lab, 'release', web, '-v', 'v4');
  const before = await latestOperation(databaseOf(lab));
  const answer = await sleeper.wake();
  const after = await latestOperation(databaseOf(lab));
  const complaints = [
    ...(answer.exitCode === 0 ? [unexpected(answer, 'it goes on with a state of before')] : []),
    ...(after?.id === before?.id ? [] : [unexpected(answer, 'it began an operation on a state of before')]),
    ...(await complaintsAbout(lab)),
  ];
  await succeed(lab, 'pop', web, '--stackpointer', '4');
  const what = 'a release is paused after it has read the state, which is changed then';
  return { what, outcome: `exit ${answer.exitCode}`, complaints };
}

export const pausedHolder: Fault = {
  what: 'the holder of a lock is paused, its lock taken away, and it wakes up',
  run: async ([place]) =>
    place
      ? [await finishedByAnother(place, 'create_container'), await finishedByAnother(place, 'wait_healthy')]
      : [],
};

export const staleState: Fault = {
  what: 'the state is changed behind the back of a command that has read it',
  run: async ([place]) => (place ? [await changedMeanwhile(place)] : []),
};
