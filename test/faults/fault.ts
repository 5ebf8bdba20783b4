import { isDeepStrictEqual } from 'node:util';
import type { Plan, StepKind } from '../../src/plan/step.ts';
import type { Answer } from '../support/cmanage.ts';
import { latestOperation } from '../support/database.ts';
import { databaseOf } from '../support/world.ts';
import type { Phase, Point } from './build.ts';
import { bringToItsEnd, planOfCommand, statusOf, unexpected } from './kills.ts';
import type { Place } from './place.ts';
import { complaintsAbout, stateOf, whatThereIs } from './world.ts';

/** One kind of fault, tried in one or more cases on real engines. Each leaves the places as it found them. */
export type Fault = {
  readonly what: string;
  /** Once `ending` is aborted, no case more is begun. */
  readonly run: (places: readonly Place[], ending: AbortSignal) => Promise<readonly Case[]>;
};

/** What happened in one case; no complaint means that everything held that must hold. */
export type Case = {
  readonly what: string;
  readonly outcome: string;
  readonly complaints: readonly string[];
};

/** The point at the n-th step of a kind of a plan. */
export function pointIn({ steps }: Plan, kind: StepKind, phase: Phase, nth = 0, host?: string): Point {
  const found = steps.filter((step) => step.kind === kind && (host ?? step.host) === step.host)[nth];
  if (!found) throw new Error(`the plan has no ${nth + 1} steps ${kind}`);
  return { seq: found.seq, way: 'sent', phase };
}

export async function pointOf(
  { lab }: Place,
  args: readonly string[],
  kind: StepKind,
  phase: Phase,
  host?: string,
): Promise<Point> {
  return pointIn(await planOfCommand(lab, args), kind, phase, 0, host);
}

/** Shares cases out over places; each makes its own, one after the other. */
export async function shareOut<T>(
  places: readonly Place[],
  all: readonly T[],
  ending: AbortSignal,
  run: (place: Place, one: T) => Promise<Case>,
): Promise<Case[]> {
  const shares = places.map(async (place, share) => {
    const cases: Case[] = [];
    for (const one of all.filter((_, index) => index % places.length === share)) {
      if (!ending.aborted) cases.push(await run(place, one));
    }
    return cases;
  });
  return (await Promise.all(shares)).flat();
}

/** What a command that met a fault is judged by. */
export type Trial = {
  readonly what: string;
  readonly place: Place;
  /** Gives the command, with whatever is to happen to it. */
  readonly run: () => Promise<Answer>;
  /** Makes everything well again, before what was left is brought to its end. */
  readonly mend: () => Promise<void>;
  /** What it must say where it failed: the host, the cause. */
  readonly says?: readonly (string | RegExp)[];
  /** The exit codes it may end with; else whatever is true. */
  readonly exits?: readonly number[];
};

/**
 * A command meets a fault. How it ends must be true: 0 and the new state, 4 and everything as it was, or 5 with what to type,
 * which then brings it to its end. Whatever it says names what happened and shows no stack.
 */
export async function endure({ what, place, run, mend, says = [], exits }: Trial): Promise<Case> {
  const before = await whatThereIs(place.lab);
  const { revision } = await stateOf(place.lab);
  const answer = await run();
  await mend();
  const complaints = judgeAnswer(answer, says);
  if (exits && !exits.includes(answer.exitCode))
    complaints.push(unexpected(answer, `not ${exits.join(' or ')}`));
  const end = await endOf(place, answer);
  complaints.push(...end.complaints, ...(await complaintsAbout(place.lab)));
  const isNew = (await stateOf(place.lab)).revision > revision;
  if (isNew !== (end.way === 'new')) complaints.push(`it says ${end.way}: ${unexpected(answer, '')}`);
  if (end.way === 'old') {
    const after = await whatThereIs(place.lab);
    for (const part of Object.keys(before)) {
      if (!isDeepStrictEqual(before[part], after[part])) complaints.push(`${part} is not as it was`);
    }
  }
  return { what, outcome: `exit ${answer.exitCode}, ${end.way}`, complaints };
}

/** What is wrong with what a command said; where it failed it names the cause. */
export function judgeAnswer(
  { exitCode, stderr, stdout }: Answer,
  says: readonly (string | RegExp)[],
): string[] {
  const wrong: string[] = [];
  if (/^\s+at /m.test(stderr) || exitCode === 1) wrong.push(`a bug is shown: exit ${exitCode}: ${stderr}`);
  if (exitCode === 0) return wrong;
  const text = `${stderr}${stdout}`;
  for (const words of says) {
    if (!(typeof words === 'string' ? text.includes(words) : words.test(text))) {
      wrong.push(`it does not say ${String(words)}, but: ${text}`);
    }
  }
  return wrong;
}

/** Brings what a command left to its end, as it says itself. */
async function endOf(
  { lab }: Place,
  answer: Answer,
): Promise<{ way: 'new' | 'old'; complaints: readonly string[] }> {
  await stateOf(lab);
  const id = (await latestOperation(databaseOf(lab)))?.id ?? 0;
  switch (answer.exitCode) {
    case 0:
      return { way: 'new', complaints: [] };
    case 3:
    case 4: {
      const isSaid = /the state is as before|Nothing was changed|Nothing was touched/.test(answer.stderr);
      return { way: 'old', complaints: isSaid ? [] : [unexpected(answer, 'says not that all is as before')] };
    }
    case 5: {
      const isSaid = answer.stderr.includes(`'cmanage resume ${id}'`);
      const end = await bringToItsEnd(lab, 'resume', id);
      const said = isSaid ? [] : [unexpected(answer, 'does not say what to type')];
      return { way: end.way, complaints: [...said, ...end.complaints] };
    }
    default:
      return {
        way: (await statusOf(lab, id)) === 'done' ? 'new' : 'old',
        complaints: [unexpected(answer, '')],
      };
  }
}
