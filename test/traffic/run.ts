import type { Lab } from '../../lab/lab.ts';
import { chance } from '../prove/orders.ts';
import { cmanageIn, type Answer } from '../support/cmanage.ts';
import type { Report } from './generator/protocol.ts';
import { startTraffic, usualLoad, type Traffic } from './load.ts';
import { look, type Seen } from './look.ts';
import { drawOperation, kindNames, type Operation, type Situation } from './operations.ts';
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
  /** What it also ends with. */
  readonly until?: (result: Result) => boolean;
  /** Whether it also goes on until an operation of each kind was done, and prefers those that were not. */
  readonly eachKind?: boolean;
  /** Ends it after the operation under way. */
  readonly signal?: AbortSignal;
  readonly seed: number;
  /** The kinds of operations; all where they are not named. */
  readonly only?: readonly string[];
  /** What differs from the usual load. */
  readonly load?: Partial<Load>;
  /** Another build of cmanage, for the operations. */
  readonly program?: string;
  readonly say?: (line: string) => void;
  /** Gets what there is so far, now and then. */
  readonly keep?: (result: Result) => void;
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
  /** Why it ended before it should; null where it did not. */
  readonly stopped: string | null;
};

/** A result that grows. */
type Course = { -readonly [Key in keyof Result]: Result[Key] } & {
  readonly done: Record<string, number>;
  readonly broken: string[];
};

/** Seconds of an operation are printed with it, and the totals so far every so many operations. */
const rhythm = 20;

export async function runUnderLoad(lab: Lab, options: Options): Promise<Result> {
  const { doors, seed, load = {} } = options;
  const first = await look(lab);
  if (first.differences.length > 0) throw new Error(`before the first: ${first.differences.join('; ')}`);
  const traffic = await startTraffic({ ...usualLoad, seed, doors, ...load }, first.allowed);
  const [done, broken, report] = [{}, [], await traffic.report()];
  const course: Course = {
    ...{ done, broken, report, operations: 0, refused: 0, spread: nothingSpread, stopped: null },
  };
  try {
    await operate(lab, options, traffic, first, course);
    course.report = await traffic.stop();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // A signal to the whole group also ends what is under way, which then fails for that reason.
    course.stopped = options.signal?.aborted ? String(options.signal.reason) : message;
  } finally {
    traffic.kill();
  }
  return course;
}

async function operate(
  lab: Lab,
  options: Options,
  traffic: Traffic,
  first: Seen,
  course: Course,
): Promise<void> {
  const { say = () => undefined, keep = () => undefined } = options;
  const draw = chance(options.seed);
  const random = (below: number): number => Math.floor(draw() * below);
  let seen = first;
  while (!isEnough(course, options)) {
    if (options.signal?.aborted) throw new Error(String(options.signal.reason));
    const { services, fixed } = seen;
    const situation = { services, fixed, hosts: lab.hosts.length, links: options.links, random };
    const operation = drawNext(situation, course, options);
    const began = performance.now();
    const answer = await underLoad(lab, options, traffic, operation);
    const line = `${operation.args.join(' ')}: exit ${answer.exitCode}`;
    say(`${line}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
    seen = await look(lab);
    await traffic.end(seen.allowed, mixingIn(answer));
    const watched = await watchSpread(traffic, seen.shares, course.spread);
    course.spread = watched.spread;
    course.broken.push(...[...seen.differences, ...watched.wrong].map((fact) => `after ${line}: ${fact}`));
    count(course, operation, line, answer);
    course.report = await traffic.report();
    if ((course.operations + course.refused) % rhythm === 0) {
      say(totalsOf(course));
      keep(course);
    }
  }
}

/** The stages at whose endpoints, as the command has warned, answers may be mixed while it is under way. */
function mixingIn({ stdout }: Answer): string[] {
  return [...stdout.matchAll(/mixed-answers: \S+-endpoint-(\S+):/g)].map(([, stage = '']) => stage);
}

function isEnough(course: Course, options: Options): boolean {
  const { done, operations, report } = course;
  if (options.until?.(course)) return true;
  if (options.eachKind && notDoneOf(done, options).length > 0) return false;
  return operations >= options.operations && report.requests >= options.requests;
}

const notDoneOf = (done: Course['done'], { only = kindNames }: Options): string[] =>
  only.filter((kind) => done[kind] === undefined);

/** Every other operation is of a kind that was not done yet, where each is to come. */
function drawNext(situation: Situation, { done, operations }: Course, options: Options): Operation {
  const missing = options.eachKind && operations % 2 === 1 ? notDoneOf(done, options) : [];
  const operation =
    (missing.length > 0 ? drawOperation(situation, missing) : null) ?? drawOperation(situation, options.only);
  if (!operation) throw new Error(`no operation fits now of ${(options.only ?? kindNames).join(', ')}`);
  return operation;
}

function count(course: Course, { kind }: Operation, line: string, { exitCode, stderr }: Answer): void {
  const { done, broken } = course;
  if (exitCode === 3) course.refused++;
  else if (exitCode !== 0) broken.push(`${line}: ${stderr}`);
  else {
    course.operations++;
    done[kind] = (done[kind] ?? 0) + 1;
  }
  if (course.refused + broken.length > 50 + course.operations) throw new Error('too much goes wrong');
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

function totalsOf({ operations, report }: Course): string {
  const { requests, seconds, failed, wrongStage, longest } = report;
  const pause = Math.round(longest[0]?.milliseconds ?? 0);
  const speed = `${operations} operations, ${requests} requests in ${Math.round(seconds)} s, ${Math.round(requests / seconds)}/s`;
  return `-- ${speed}, ${failed} failed, ${wrongStage} wrong stage, longest pause ${pause} ms`;
}
