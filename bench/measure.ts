import { cpus, loadavg } from 'node:os';
import type { Lab } from '../lab/lab.ts';
import { inTurns, type Times, type Variant } from './rounds.ts';
import { median } from './statistics.ts';
import { cmanageDeploy, prepareService } from './variants/cmanage.ts';
import { dockerLines } from './variants/dockerLines.ts';
import { rawCalls } from './variants/rawCalls.ts';
import { starts } from './variants/starts.ts';
import { readOrder, wipeHosts } from './world.ts';

/** How many rounds each part gets. */
export type Extent = { rounds: number; trials: number; starts: number };

export type Measured = {
  /** What was measured on, since times mean nothing without it. */
  readonly machine: { readonly node: string; readonly cpus: number; readonly load: number };
  readonly extent: Extent;
  /** Raw calls by how many are at once: the fastest is the baseline. */
  readonly trials: readonly Times[];
  /** The ways to deploy twelve containers, against the raw calls. */
  readonly deployments: readonly Times[];
  /** The short commands, against a bare Node. */
  readonly starts: readonly Times[];
};

/** Calls at once that the baseline is tried with. */
const widths = [2, 4, 6, 12];

/** Measures everything in one run, in turns, so that whatever else the machine does falls on all alike. */
export async function measure(lab: Lab, extent: Extent, say: (line: string) => void): Promise<Measured> {
  const load = loadavg()[0] ?? 0;
  say('creating the service, so that its images are on both hosts');
  await prepareService(lab);
  const order = await readOrder(lab);

  say(`${extent.trials} rounds of raw calls, ${widths.join(', ')} at once`);
  const candidates = widths.map((width) => rawCalls(lab, order, width));
  const trials = await inTurns(candidates, extent.trials);
  const raw = fastest(candidates, trials);

  say(`${extent.rounds} rounds of deployments (the baseline is ${raw.name})`);
  const ways = [raw, cmanageDeploy(lab, order), ...dockerLines(lab, order)];
  const deployments = await inTurns(ways, extent.rounds);

  say(`${extent.starts} rounds of the short commands`);
  await wipeHosts(lab);
  const short = await inTurns(starts(lab), extent.starts);
  const machine = { node: process.version, cpus: cpus().length, load };
  return { machine, extent: { ...extent }, trials, deployments, starts: short };
}

function fastest(candidates: readonly Variant[], trials: readonly Times[]): Variant {
  const medians = trials.map(({ times }) => median(times));
  const best = candidates[medians.indexOf(Math.min(...medians))];
  if (!best) throw new Error('nothing was tried');
  return best;
}
