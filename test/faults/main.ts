import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { down, up } from '../../lab/lab.ts';
import { buildFaulty } from './build.ts';
import { pairs } from './commands.ts';
import { faults } from './faults.ts';
import type { Case } from './fault.ts';
import { runKills, summaryOf, type KillResult } from './killRun.ts';
import { layOutPlace, pushImages, setUpPlace, type Place } from './place.ts';
import { complaintsAbout, foreignOn } from './world.ts';

/**
 * `npm run test:faults`: kills cmanage at the points of its commands and brings them to their end, and makes everything around
 * it fail, on real engines. Ends with 1 where the world was not whole afterwards.
 */
const { values } = parseArgs({
  options: {
    /** Parts, such as kills,engine-freezes; else all. */
    only: { type: 'string', default: ['kills', ...Object.keys(faults)].join(',') },
    /** Pairs of commands to be killed, separated by `;`, since their names have commas; else all. */
    pairs: { type: 'string', default: Object.keys(pairs).join(';') },
    /** What is killed: command, resume, undoing. */
    kinds: { type: 'string', default: 'command,resume,undoing' },
    /** Only every n-th point. */
    every: { type: 'string', default: '1' },
    /** The first of them, from 0. */
    from: { type: 'string', default: '0' },
    /** How many environments are killed side by side. */
    places: { type: 'string', default: '4' },
    /** No kill and no fault is begun after so many minutes. */
    minutes: { type: 'string' },
    /** Writes the result there. */
    json: { type: 'string' },
  },
});

const say = (line: string): void => {
  console.log(line);
};

type FaultResult = { readonly name: string; readonly what: string; readonly cases: readonly Case[] };

/** One fault after the other: what freezes an engine is felt by all. After one that leaves a place broken there is none. */
async function runFaults(
  places: readonly Place[],
  names: readonly string[],
  ending: AbortSignal,
): Promise<FaultResult[]> {
  const results: FaultResult[] = [];
  for (const name of names) {
    const fault = faults[name];
    if (!fault) throw new Error(`no fault is called ${name}: kills, ${Object.keys(faults).join(', ')}`);
    if (ending.aborted) break;
    const started = performance.now();
    const cases = await fault.run(places, ending);
    results.push({ name, what: fault.what, cases });
    say(`${name}: ${fault.what} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
    for (const { what, outcome, complaints } of cases) {
      say(`${complaints.length === 0 ? 'whole' : 'WRONG'}  ${what}: ${outcome}`);
      for (const complaint of complaints) say(`    ${complaint}`);
    }
    const left = (await Promise.all(places.map(({ lab }) => complaintsAbout(lab)))).flat();
    if (left.length > 0) break;
  }
  return results;
}

function publish(kills: readonly KillResult[], results: readonly FaultResult[], seconds: number): void {
  const total = { ...summaryOf(kills), cases: results.flatMap(({ cases }) => cases).length, seconds };
  if (kills.length > 0) console.table(kills);
  say(JSON.stringify(total));
  if (values.json === undefined) return;
  writeFileSync(values.json, `${JSON.stringify({ total, kills, faults: results }, null, 2)}\n`);
}

async function run(dir: string, ending: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const count = Number(values.places);
  const lab = await up({ dir, hosts: 3, loadbalancers: count, say });
  const [program] = await Promise.all([buildFaulty(join(dir, 'faulty')), pushImages(lab)]);
  const places = Array.from({ length: count }, (_, number) => layOutPlace(lab, number, program));
  await Promise.all(places.map(setUpPlace));
  const environments = places.map((place) => place.lab);
  const foreign = await foreignOn(lab, environments);
  const only = values.only.split(',');
  const options = {
    ...{ every: Number(values.every), from: Number(values.from), names: values.pairs.split(';') },
    kinds: values.kinds.split(',') as ('command' | 'resume' | 'undoing')[],
    ...{ say, ending },
  };
  const kills = only.includes('kills') ? await runKills(places, options) : [];
  const areWhole = summaryOf(kills).wrong === 0;
  const others = only.filter((name) => name !== 'kills');
  const results = areWhole ? await runFaults(places, others, ending) : [];
  publish(kills, results, Math.round((performance.now() - started) / 1000));
  const isForeignLeft = JSON.stringify(await foreignOn(lab, environments)) === JSON.stringify(foreign);
  if (!isForeignLeft) say('WRONG  what is not of these environments was touched');
  return (
    areWhole &&
    isForeignLeft &&
    results.every(({ cases }) => cases.every((one) => one.complaints.length === 0))
  );
}

const dir = mkdtempSync(join(tmpdir(), 'cmanage-faults-'));
const ending = new AbortController();
/** The first signal ends the run after what is under way; the second at once. */
const leave = (): void => {
  if (ending.signal.aborted) void down(dir).finally(() => process.exit(130));
  ending.abort();
};
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, leave);
const late = setTimeout(
  () => {
    ending.abort();
  },
  Number(values.minutes ?? 24 * 60) * 60_000,
);
try {
  if (!(await run(dir, ending.signal))) process.exitCode = 1;
} catch (error) {
  console.error(inspect(error));
  process.exitCode = 1;
} finally {
  clearTimeout(late);
  await down(dir);
  rmSync(dir, { recursive: true, force: true });
}
