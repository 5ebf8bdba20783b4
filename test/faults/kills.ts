import { isDeepStrictEqual } from 'node:util';
import type { Lab } from '../../lab/lab.ts';
import type { Plan } from '../../src/plan/step.ts';
import { cmanage, succeedJson, type Answer } from '../support/cmanage.ts';
import { latestOperation, rowsOf } from '../support/database.ts';
import { databaseOf } from '../support/world.ts';
import { dyingAt, type Point } from './build.ts';
import { runFaulty, type Place } from './place.ts';
import { complaintsAbout, stateOf, whatThereIs } from './world.ts';

/** A command is killed at a point, and brought to its end by `resume` or `rollback --operation`, which may be killed too. */

export async function planOfCommand(lab: Lab, args: readonly string[]): Promise<Plan> {
  return (await succeedJson<{ plan: Plan }>(lab, ...args, '--dry-run')).plan;
}

/** What an operation that was killed is brought to its end by. */
export type Ending = 'resume' | 'rollback';

export type Kill = {
  readonly args: readonly string[];
  readonly point: Point;
  readonly ending: Ending;
  /** Where the ending is killed itself, before it is given once more. */
  readonly again?: Point;
};

export type Verdict = {
  /** How it ended; `not reached` where the command came to its end without passing the point. */
  readonly ended: 'new' | 'old' | 'not reached';
  /** How many processes were killed: the command, and its ending. */
  readonly killed: 0 | 1 | 2;
  readonly complaints: readonly string[];
};

export type Circumstances = {
  /** Whether undoing leaves the environment as broken as it was, so that only its journal can be judged then. */
  readonly mends?: boolean;
};

/** Kills a command once, ends it, and judges what there is. */
export async function killOnce(
  place: Place,
  kill: Kill,
  { mends = false }: Circumstances = {},
): Promise<Verdict> {
  const { lab } = place;
  const before = await whatThereIs(lab);
  const { revision } = await stateOf(lab);
  const died = await runFaulty(place, dyingAt(kill.point), ...kill.args);
  if (!wasKilled(died)) {
    const complaints = died.exitCode === 0 ? [] : [unexpected(died, 'not killed')];
    return { ended: 'not reached', killed: 0, complaints };
  }
  // It may have died while it wrote, and a database like that is read by nobody who may not write.
  await stateOf(lab);
  const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
  const killed = kill.again && (await killEnding(place, kill.ending, kill.again, id)) ? 2 : 1;
  const end = await bringToItsEnd(lab, kill.ending, id);
  const complaints = [...end.complaints];
  const now = (await stateOf(lab)).revision;
  const isJudged = !mends || end.way === 'new';
  if (isJudged) complaints.push(...(await complaintsAbout(lab)));
  if (now > revision && end.way === 'old') complaints.push('it says old, and the state is new');
  if (now === revision && end.way === 'new' && !mends) complaints.push('it says new, and the state is old');
  if (end.way === 'old') {
    const after = await whatThereIs(lab);
    for (const part of Object.keys(before)) {
      if (!isDeepStrictEqual(before[part], after[part])) complaints.push(`${part} is not as it was`);
    }
  }
  return { ended: end.way, killed, complaints };
}

/** Gives the ending where it is killed itself; false where it came to its end before. */
async function killEnding(place: Place, ending: Ending, point: Point, id: number): Promise<boolean> {
  const ended = await runFaulty(place, dyingAt(point), ...wordsOf(ending, id));
  await stateOf(place.lab);
  return wasKilled(ended);
}

function wordsOf(ending: Ending, id: number): string[] {
  return ending === 'resume' ? ['resume', String(id)] : ['rollback', '--operation', String(id)];
}

/** Past the pivot a rollback must say that there is only the way forward, and touch nothing. */
export async function bringToItsEnd(
  lab: Lab,
  ending: Ending,
  id: number,
): Promise<{ way: 'new' | 'old'; complaints: string[] }> {
  const answer = await cmanage(lab, ...wordsOf(ending, id));
  const status = await statusOf(lab, id);
  if (ending === 'resume') {
    if (answer.exitCode === 0)
      return { way: 'new', complaints: status === 'done' ? [] : [`it is ${status}`] };
    const isUndone = answer.exitCode === 4 && status === 'undone';
    return { way: 'old', complaints: isUndone ? [] : [unexpected(answer, status)] };
  }
  if (answer.exitCode === 0 && status === 'undone') return { way: 'old', complaints: [] };
  const refusesTo = answer.exitCode === 3 && answer.stderr.includes(`'cmanage resume ${id}'`);
  const isFinished = answer.exitCode === 3 && status === 'done';
  if (isFinished) return { way: 'new', complaints: [] };
  if (!refusesTo) return { way: 'old', complaints: [unexpected(answer, status)] };
  return bringToItsEnd(lab, 'resume', id);
}

export function unexpected({ exitCode, stderr, stdout }: Answer, status: string): string {
  return `exit ${exitCode}, ${status}: ${stderr}${stdout}`;
}

export async function statusOf(lab: Lab, id: number): Promise<string> {
  const rows = await rowsOf<{ status: string }>(
    databaseOf(lab),
    'SELECT status FROM operation WHERE id = ?',
    id,
  );
  return rows[0]?.status ?? 'missing';
}

export function wasKilled({ stderr }: Answer): boolean {
  return stderr.endsWith('ended by SIGKILL');
}

export function describeKill({ args, point, ending, again }: Kill): string {
  const at = ({ seq, way, phase }: Point): string => `step ${seq} (${way}, ${phase})`;
  const between = again ? `${ending} killed at ${at(again)}, then ` : '';
  return `${args.join(' ')} killed at ${at(point)}, then ${between}${ending}`;
}
