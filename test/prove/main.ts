import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { proveGoals, type GoalTally } from './goals.ts';
import { tryMany, type Tally } from './random.ts';
import { linesOf, linesOfGoals, linesOfTallies } from './report.ts';
import { scopes } from './scopes.ts';
import { search, type Found } from './search.ts';

/**
 * `npm run prove`: searches every scope up to `--cases` each, compares the ways to goals, and walks `--random` sequences of commands. `--long` goes
 * through the scopes to their ends and limits, walks a million sequences, and takes the steps of every plan in more orders.
 * Two threads share the work. Ends with 1 where the core and the naive judge disagree.
 */
type Task =
  | { readonly scope: string; readonly limit: number; readonly most: number; readonly isQuick: boolean }
  | { readonly goals: string; readonly visits: number; readonly starts: number }
  | { readonly random: number; readonly seed: number };

type Done = Found | Tally | GoalTally;

function run(task: Task): Done {
  if ('random' in task) return tryMany(task.random, task.seed);
  const wanted = 'goals' in task ? task.goals : task.scope;
  const scope = scopes.find(({ name }) => name === wanted);
  if (!scope) throw new Error(`no scope is called ${wanted}`);
  if ('goals' in task) return proveGoals(scope, { ...task, now: () => performance.now() });
  return search(scope, { ...task, now: () => performance.now() });
}

async function ask(worker: Worker, task: Task): Promise<Done> {
  worker.postMessage(task);
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '5600' },
      random: { type: 'string' },
      long: { type: 'boolean', default: false },
      /** Takes the steps of every plan in every order that is tried, as `--long` does, and not in one of them. */
      orders: { type: 'boolean', default: false },
      /** Only these scopes, and no sequences unless they are asked for. */
      scope: { type: 'string', multiple: true },
      threads: { type: 'string', default: '2' },
      /** How much of the proof of the goal search: `none`, `quick`, `long`, or of one scope, by its name, all of it. */
      goals: { type: 'string' },
      /** How many kinds of disagreement are looked for before a search ends. */
      most: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
    },
  });
  const searches = scopes
    .filter(({ name }) => values.scope?.includes(name) ?? true)
    .map(({ name, limit }): Task => {
      const cases = values.long ? (limit ?? Infinity) : Number(values.cases);
      return {
        scope: name,
        limit: cases,
        most: Number(values.most),
        isQuick: !values.long && !values.orders,
      };
    });
  const usual = values.scope ? 0 : values.long ? 1_000_000 : 2000;
  const goals = goalTasks(values.goals ?? (values.scope ? 'none' : values.long ? 'long' : 'quick'));
  const tasks = [...searches, ...goals, ...portions(Number(values.random ?? usual), Number(values.seed))];
  const began = performance.now();
  const done = await inTurns(tasks, Number(values.threads));
  const tallies = done.filter((one) => 'sequences' in one);
  const found = done.filter((one) => 'scope' in one);
  if (tallies.length > 0) console.log(linesOfTallies(tallies).join('\n'));
  const goalTallies = done.filter((one) => 'goals' in one);
  if (goalTallies.length > 0) console.log(goalTallies.flatMap(linesOfGoals).join('\n'));
  const cases = found.reduce((sum, one) => sum + one.cases, 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${cases} cases in ${found.length} scopes; all in ${seconds} s`);
  const isWrong =
    found.some(({ examples }) => examples.length > 0) ||
    [...tallies, ...goalTallies].some(({ wrong }) => wrong.length > 0);
  if (isWrong) process.exitCode = 1;
}

/**
 * The scopes in which ways to goals are proven: from how many states a quick run enumerates the others, and at how many starts it
 * looks for ways. A long one takes each state and each start, but for scopes whose starts are too many: there it takes so many.
 */
const goalScopes = [
  { goals: 'later only', visits: 60, starts: 8, long: { visits: Infinity, starts: Infinity } },
  { goals: 'chain of three', visits: 40, starts: 40, long: { visits: Infinity, starts: 2000 } },
  { goals: 'trees of two', visits: 40, starts: 20, long: { visits: Infinity, starts: 400 } },
  { goals: 'tags that move', visits: 30, starts: 8, long: { visits: Infinity, starts: Infinity } },
  { goals: 'tight hosts', visits: 60, starts: 60, long: { visits: Infinity, starts: Infinity } },
  { goals: 'no twins', visits: 60, starts: 8, long: { visits: Infinity, starts: Infinity } },
] as const;

function goalTasks(extent: string): Task[] {
  if (extent === 'none') return [];
  if (extent === 'quick') return goalScopes.map(({ goals, visits, starts }) => ({ goals, visits, starts }));
  const wanted = goalScopes.filter(({ goals }) => extent === 'long' || extent === goals);
  if (wanted.length === 0) throw new Error(`no goals are proven in a scope called ${extent}`);
  return wanted.map(({ goals, long }) => ({ goals, ...long }));
}

/** Sequences in portions, each of which a thread walks from a seed of its own. */
function portions(count: number, seed: number): Task[] {
  const size = Math.min(50_000, Math.ceil(count / 2));
  return Array.from({ length: count === 0 ? 0 : Math.ceil(count / size) }, (_, index) => ({
    random: Math.min(size, count - index * size),
    seed: seed + index,
  }));
}

/** Runs the tasks in their order, so many at once, and prints each search when it has ended. */
async function inTurns(tasks: readonly Task[], threads: number): Promise<Done[]> {
  const waiting = [...tasks];
  const done: Done[] = [];
  // A thread that has run for a while is twice as quick as a new one, so that each takes many tasks.
  const take = async (): Promise<void> => {
    const worker = new Worker(new URL(import.meta.url));
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      const one = await ask(worker, task);
      done.push(one);
      if (!('scope' in one)) continue;
      const because = scopes.find(({ name }) => name === one.scope)?.because ?? '';
      console.log(linesOf(one, because).join('\n'));
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: threads }, take));
  return done;
}

if (isMainThread) await main();
else parentPort?.on('message', (task: Task) => parentPort?.postMessage(run(task)));
