import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { tryMany, type Tally } from './random.ts';
import { linesOf, linesOfTallies } from './report.ts';
import { scopes } from './scopes.ts';
import { search, type Found } from './search.ts';

/**
 * `npm run prove`: searches every scope up to `--cases` each, and walks `--random` sequences of commands. `--long` goes
 * through the scopes to their ends and limits, walks a million sequences, and takes the steps of every plan in more orders.
 * Two threads share the work. Ends with 1 where the core and the naive judge disagree.
 */
type Task =
  | { readonly scope: string; readonly limit: number; readonly most: number; readonly isQuick: boolean }
  | { readonly random: number; readonly seed: number };

function run(task: Task): Found | Tally {
  if ('random' in task) return tryMany(task.random, task.seed);
  const scope = scopes.find(({ name }) => name === task.scope);
  if (!scope) throw new Error(`no scope is called ${task.scope}`);
  return search(scope, { ...task, now: () => performance.now() });
}

async function ask(worker: Worker, task: Task): Promise<Found | Tally> {
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
  const tasks = [...searches, ...portions(Number(values.random ?? usual), Number(values.seed))];
  const began = performance.now();
  const done = await inTurns(tasks, Number(values.threads));
  const tallies = done.filter((one) => 'sequences' in one);
  const found = done.filter((one) => 'scope' in one);
  if (tallies.length > 0) console.log(linesOfTallies(tallies).join('\n'));
  const cases = found.reduce((sum, one) => sum + one.cases, 0);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${cases} cases in ${found.length} scopes; all in ${seconds} s`);
  const isWrong =
    found.some(({ examples }) => examples.length > 0) || tallies.some(({ wrong }) => wrong.length > 0);
  if (isWrong) process.exitCode = 1;
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
async function inTurns(tasks: readonly Task[], threads: number): Promise<(Found | Tally)[]> {
  const waiting = [...tasks];
  const done: (Found | Tally)[] = [];
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
