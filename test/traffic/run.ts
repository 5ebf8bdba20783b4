import type { Lab } from '../../lab/lab.ts';
import { chance } from '../prove/orders.ts';
import { cmanageIn, type Answer } from '../support/cmanage.ts';
import type { Report } from './generator/protocol.ts';
import { startTraffic, usualLoad, type Traffic } from './load.ts';
import { look, type Seen } from './look.ts';
import { drawOperation, type Operation } from './operations.ts';
import { nothingSpread, watchSpread, type Spread } from './spread.ts';
import { push, type Links } from './world.ts';
import type { Door, Load } from './generator/protocol.ts';

/** Operations one after the other, by the real command, while the doors are asked without a pause. */

export type Options = {
  readonly doors: readonly Door[];
  readonly links: Links;
  /** It ends when both are reached. */
  readonly operations: number;
  readonly requests: number;
  /** Whether it ends with the first request that is lost. */
  readonly untilLoss?: boolean;
  readonly seed: number;
  /** The kinds of operations; all where they are not named. */
  readonly only?: readonly string[];
  /** What differs from the usual load. */
  readonly load?: Partial<Load>;
  /** Another build of cmanage, for the operations. */
  readonly program?: string;
  readonly say?: (line: string) => void;
};

export type Result = {
  /** How many operations of each kind were done, and how many a rule refused. */
  readonly done: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly refused: number;
  /** Operations that neither succeeded nor were refused, and what the hosts run that the state does not say. */
  readonly broken: readonly string[];
  /** What endpoints gave the positions they spread over. */
  readonly spread: Spread;
  readonly report: Report;
};

/** Seconds of an operation are printed with it, and the totals so far every so many operations. */
const rhythm = 20;

export async function runUnderLoad(lab: Lab, options: Options): Promise<Result> {
  const { doors, seed, load = {}, say = () => undefined } = options;
  const first = await look(lab);
  if (first.differences.length > 0) throw new Error(`before the first: ${first.differences.join('; ')}`);
  const traffic = await startTraffic({ ...usualLoad, seed, doors, ...load }, first.allowed);
  try {
    const counted = await operate(lab, options, traffic, first, say);
    return { ...counted, report: await traffic.stop() };
  } finally {
    traffic.kill();
  }
}

async function operate(
  lab: Lab,
  options: Options,
  traffic: Traffic,
  first: Seen,
  say: (line: string) => void,
): Promise<Omit<Result, 'report'>> {
  const draw = chance(options.seed);
  const random = (below: number): number => Math.floor(draw() * below);
  const done: Record<string, number> = {};
  const broken: string[] = [];
  let [seen, operations, refused, spread] = [first, 0, 0, nothingSpread];
  const isEnough = async (): Promise<boolean> => {
    const { requests, failed } = await traffic.report();
    if (options.untilLoss && failed > 0) return true;
    return operations >= options.operations && requests >= options.requests;
  };
  while (!(await isEnough())) {
    const { services } = seen;
    const situation = { services, hosts: lab.hosts.length, links: options.links, random };
    const operation = drawOperation(situation, options.only);
    const began = performance.now();
    const answer = await underLoad(lab, options, traffic, operation);
    const line = `${operation.args.join(' ')}: exit ${answer.exitCode}`;
    say(`${line}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
    seen = await look(lab);
    await traffic.end(seen.allowed);
    const watched = await watchSpread(traffic, seen.shares, spread);
    spread = watched.spread;
    broken.push(...[...seen.differences, ...watched.wrong].map((fact) => `after ${line}: ${fact}`));
    if (answer.exitCode === 3) refused++;
    else if (answer.exitCode !== 0) broken.push(`${line}: ${answer.stderr}`);
    else {
      operations++;
      done[operation.kind] = (done[operation.kind] ?? 0) + 1;
    }
    if (operations % rhythm === 0) say(totalsOf(await traffic.report()));
    if (refused + broken.length > 50 + operations)
      throw new Error(`too much goes wrong: ${broken.join('; ')}`);
  }
  return { done, operations, refused, broken, spread };
}

/** Gives the command while the load goes on. What it leads to is looked at, and told to the load, by the caller. */
async function underLoad(
  lab: Lab,
  { program }: Options,
  traffic: Traffic,
  operation: Operation,
): Promise<Answer> {
  if (operation.push) await push(lab, operation.push.service, operation.push.version);
  await traffic.begin(operation.args.join(' '));
  const circumstances = { etc: lab.etc, ...(program === undefined ? {} : { program }) };
  const answer = await cmanageIn(circumstances, ...operation.args, '--quiet');
  await traffic.done();
  return answer;
}

function totalsOf({ requests, seconds, failed, wrongStage, longest: [pause] }: Report): string {
  const speed = `${requests} requests, ${Math.round(requests / seconds)}/s`;
  return `-- ${speed}, ${failed} failed, ${wrongStage} wrong stage, longest pause ${Math.round(pause?.milliseconds ?? 0)} ms`;
}
