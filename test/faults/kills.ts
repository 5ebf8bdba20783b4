import { isDeepStrictEqual } from 'node:util';
import type { Lab } from '../../lab/lab.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { cmanage, cmanageIn, succeed, succeedJson, type Answer } from '../support/cmanage.ts';
import { latestOperation, rowsOf } from '../support/database.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { databaseOf } from '../support/world.ts';
import { dyingAt, type Point } from './build.ts';
import { complaintsAbout, stateOf, whatThereIs } from './world.ts';

/** A command is killed at a point, and brought to its end by `resume` or `rollback --operation`. */

/** Two services, one calling the other, at three stages, and of one a container more than stages. */
export async function setUp(lab: Lab): Promise<void> {
  await addWebapp(lab);
  await addEndpoints(lab);
  const image = `${lab.registry.address}/training/webapp`;
  await succeed(
    lab,
    'addservice',
    'training',
    '-i',
    image,
    '-s',
    '2',
    '-v',
    'v1',
    'v2',
    'v3',
    '--health',
    '/health',
  );
  await succeed(lab, 'connect', 'webapp', '-c', 'training');
  await succeed(lab, 'release', 'webapp', '-v', 'v0.4');
}

/** The commands that are killed, by name. Each can be given again and again, with `restore` in between. */
export const commands: Readonly<
  Record<string, { args: readonly string[]; restore: readonly string[] | null }>
> = {
  release: { args: ['release', 'webapp', '-v', 'v0.5'], restore: ['rollback', 'webapp'] },
  pop: { args: ['pop', 'webapp'], restore: ['rollback', 'webapp'] },
  replace: {
    args: ['replace', 'webapp', '--position', '1', '--direction', 'up'],
    restore: ['rollback', 'webapp'],
  },
};

export async function planOfCommand(lab: Lab, args: readonly string[]): Promise<Plan> {
  return (await succeedJson<{ plan: Plan }>(lab, ...args, '--dry-run')).plan;
}

/** What an operation that was killed is brought to its end by. */
export type Ending = 'resume' | 'rollback';

export type Kill = {
  readonly command: string;
  readonly point: Point;
  readonly ending: Ending;
  /** Where the ending is killed itself, before it is given once more. */
  readonly again?: Point;
};

export type Verdict = {
  readonly what: string;
  /** How it ended; `not reached` where the point lies on a way that was not gone. */
  readonly ended: 'new' | 'old' | 'not reached';
  readonly complaints: readonly string[];
};

/** Kills a command once, ends it, and judges what there is. */
export async function killOnce(lab: Lab, program: string, kill: Kill): Promise<Verdict> {
  const { args, restore } = commands[kill.command] ?? { args: [], restore: null };
  const before = await whatThereIs(lab);
  const { revision } = await stateOf(lab);
  const died = await cmanageIn({ program, etc: lab.etc, env: dyingAt(kill.point) }, ...args);
  let what = describeKill(kill);
  if (!wasKilled(died)) {
    if (died.exitCode === 0 && restore) await succeed(lab, ...restore);
    return { what, ended: 'not reached', complaints: [] };
  }
  // It may have died while it wrote, and a database like that is read by nobody who may not write.
  await stateOf(lab);
  const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
  const complaints: string[] = [];
  if (kill.again) {
    const env = dyingAt(kill.again);
    const ended = await cmanageIn({ program, etc: lab.etc, env }, ...wordsOf(kill.ending, id));
    if (!wasKilled(ended)) what += ' (which was not reached)';
    await stateOf(lab);
  }
  const end = await bringToItsEnd(lab, kill.ending, id);
  complaints.push(...end.complaints, ...(await complaintsAbout(lab)));
  const isNew = (await stateOf(lab)).revision > revision;
  if (isNew !== (end.way === 'new'))
    complaints.push(`it says ${end.way}, and the state is ${isNew ? 'new' : 'old'}`);
  if (!isNew) {
    const after = await whatThereIs(lab);
    for (const part of Object.keys(before)) {
      if (!isDeepStrictEqual(before[part], after[part])) complaints.push(`${part} is not as it was`);
    }
  }
  if (isNew && restore) await succeed(lab, ...restore);
  return { what, ended: end.way, complaints };
}

function wordsOf(ending: Ending, id: number): string[] {
  return ending === 'resume' ? ['resume', String(id)] : ['rollback', '--operation', String(id)];
}

/** Past the pivot a rollback must say that there is only the way forward, and touch nothing. */
async function bringToItsEnd(
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

function unexpected({ exitCode, stderr, stdout }: Answer, status: string): string {
  return `exit ${exitCode}, ${status}: ${stderr}${stdout}`;
}

async function statusOf(lab: Lab, id: number): Promise<string> {
  const rows = await rowsOf<{ status: string }>(
    databaseOf(lab),
    'SELECT status FROM operation WHERE id = ?',
    id,
  );
  return rows[0]?.status ?? 'missing';
}

function wasKilled({ stderr }: Answer): boolean {
  return stderr.endsWith('ended by SIGKILL');
}

export function describeKill({ command, point, ending, again }: Kill): string {
  const at = ({ seq, way, phase }: Point): string => `step ${seq} (${way}, ${phase})`;
  return `${command} killed at ${at(point)}, then ${again ? `${ending} killed at ${at(again)}, then ` : ''}${ending}`;
}

/** What a point is about, for people who read the report. */
export function stepAt({ steps }: Plan, { seq }: Point): Step | undefined {
  return steps.find((step) => step.seq === seq);
}
