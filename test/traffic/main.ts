import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { down, up, type Lab } from '../../lab/lab.ts';
import { isPerfect, summaryOf } from './report.ts';
import { runUnderLoad, type Options, type Result } from './run.ts';
import { buildSabotaged, sabotages } from './sabotage.ts';
import { setUp, usualLinks } from './world.ts';

/**
 * `npm run test:traffic`: operations under load in a lab of its own; ends with 1 where a request was lost. `--long` is
 * the published extent. `--sabotage NAME,NAME` (or `all`) runs with a cmanage that was spoiled on purpose, and ends with 1
 * where nothing was noticed.
 */
const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    operations: { type: 'string' },
    requests: { type: 'string' },
    /** Requests a second; 0 is as fast as the answers come. */
    rate: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    hosts: { type: 'string', default: '3' },
    /** Kinds of operations, such as pop,replace; else all. */
    only: { type: 'string' },
    sabotage: { type: 'string' },
    json: { type: 'string' },
  },
});

const say = (line: string): void => {
  console.error(line);
};

const usual = values.sabotage !== undefined ? [20, 0] : values.long ? [1_000, 5_000_000] : [200, 0];
const [operations, requests] = [values.operations, values.requests].map((given, place) =>
  given === undefined ? (usual[place] ?? 0) : Number(given),
) as [number, number];

async function inLab(story: (lab: Lab, options: Options) => Promise<boolean>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-traffic-'));
  const ending = new AbortController();
  /** The first signal ends the run after the operation under way, with what there is until then; the second at once. */
  const leave = (signal: string): void => {
    if (ending.signal.aborted) void down(dir).finally(() => process.exit(130));
    ending.abort(`it was ended by ${signal}`);
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  process.on('SIGHUP', leave);
  try {
    const lab = await up({ dir, hosts: Number(values.hosts), say });
    const doors = await setUp(lab, usualLinks);
    const only = values.only === undefined ? {} : { only: values.only.split(',') };
    const load = { rate: values.rate === '0' ? null : Number(values.rate) };
    const extent = { operations, requests, seed: Number(values.seed), ...only };
    const ends = { signal: ending.signal, say, keep };
    const options = { doors, links: usualLinks, ...extent, load, ...ends };
    if (!(await story(lab, options))) process.exitCode = 1;
  } finally {
    await down(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

function publish(name: string, result: Result): void {
  console.log(`${name}\n${summaryOf(result)}`);
  keep(result);
}

function keep(result: Result): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

async function asItIs(lab: Lab, options: Options): Promise<boolean> {
  const result = await runUnderLoad(lab, options);
  publish('cmanage as it is', result);
  return isPerfect(result);
}

/** Every sabotage that was asked for must be noticed. */
async function sabotaged(lab: Lab, options: Options): Promise<boolean> {
  const names = values.sabotage === 'all' ? Object.keys(sabotages) : (values.sabotage ?? '').split(',');
  let areAllSeen = true;
  for (const name of names) {
    const sabotage = sabotages[name];
    if (!sabotage) throw new Error(`no sabotage is called ${name}: ${Object.keys(sabotages).join(', ')}`);
    const program = await buildSabotaged(join(lab.dir, `sabotage-${name}`), sabotage);
    const result = await runUnderLoad(lab, { ...options, ...sabotage.run, program });
    publish(`${name}: ${sabotage.what}: ${sabotage.cost(result)}`, result);
    areAllSeen &&= result.stopped === null && sabotage.cost(result) > 0;
  }
  return areAllSeen;
}

try {
  await inLab(values.sabotage === undefined ? asItIs : sabotaged);
} catch (error) {
  say(`traffic: ${inspect(error)}`);
  process.exitCode = 1;
}
