import type { Plan } from '../../src/plan/step.ts';
import { succeed } from '../support/cmanage.ts';
import type { Pair } from './commands.ts';
import { describeKill, killOnce, planOfCommand, type Kill, type Verdict } from './kills.ts';
import type { Place } from './place.ts';
import { killsOf, killsOfResume, killsOfUndoing, sample } from './points.ts';

/** The kills of a pair of commands, the one after the other, wherever the environment stands just now. */

export type Extent = {
  /** Only every n-th point of each kind, from the k-th on. */
  readonly every: number;
  readonly from: number;
  /** Which are killed: the commands, and what brings them to their end. */
  readonly kinds: readonly ('command' | 'resume' | 'undoing')[];
  /** Once it is aborted, nothing more is killed. */
  readonly ending: AbortSignal;
};

export type Told = (verdict: Verdict & { readonly what: string; readonly seconds: number }) => void;

type Side = { args: readonly string[]; left: Omit<Kill, 'args'>[] };

/** Throws at the first that is not whole afterwards: what follows would be judged by a world that is not. */
export async function killPair(place: Place, pair: Pair, extent: Extent, tell: Told): Promise<void> {
  for (const args of pair.before?.(place) ?? []) await succeed(place.lab, ...args);
  let here = await sideOf(place, pair, 'there', extent);
  let other: Side | null = null;
  while (!extent.ending.aborted && (here.left.length > 0 || (other?.left.length ?? 1) > 0)) {
    const ended = await step(place, pair, here, tell);
    if (ended === 'old') continue;
    if (pair.back === null) {
      if (here.left.length === 0) break;
      await pair.spoil?.(place);
      continue;
    }
    other ??= await sideOf(place, pair, 'back', extent);
    [here, other] = [other, here];
  }
  // It ends where it began, for whatever comes next.
  if (pair.back !== null && here.args.join(' ') !== pair.there(place).join(' ')) {
    await succeed(place.lab, ...here.args);
  }
  for (const args of pair.after?.(place) ?? []) await succeed(place.lab, ...args);
}

/** Kills a command once; where all its points are done it is given without, to come to the other side. */
async function step(
  place: Place,
  { mends = false }: Pair,
  side: Side,
  tell: Told,
): Promise<Verdict['ended']> {
  const course = side.left.shift();
  if (!course) {
    await succeed(place.lab, ...side.args);
    return 'new';
  }
  const kill = { args: side.args, ...course };
  const started = performance.now();
  const verdict = await killOnce(place, kill, { mends });
  tell({ ...verdict, what: describeKill(kill), seconds: (performance.now() - started) / 1000 });
  if (verdict.complaints.length > 0) throw new NotWhole(describeKill(kill));
  return verdict.ended;
}

export class NotWhole extends Error {}

async function sideOf(place: Place, pair: Pair, side: 'there' | 'back', extent: Extent): Promise<Side> {
  if (side === 'there') await pair.spoil?.(place);
  const args = side === 'there' ? pair.there(place) : (pair.back?.(place) ?? []);
  return { args, left: chosen(await planOfCommand(place.lab, args), pair, extent) };
}

function chosen(plan: Plan, { mends = false }: Pair, { every, from, kinds }: Extent): Side['left'] {
  const commands = killsOf(plan, from).map((kill) => (mends ? { ...kill, ending: 'resume' as const } : kill));
  return [
    ...(kinds.includes('command') ? sample(commands, every, from) : []),
    ...(kinds.includes('resume') ? sample(killsOfResume(plan), every, from) : []),
    ...(kinds.includes('undoing') && !mends ? sample(killsOfUndoing(plan), every, from) : []),
  ];
}
