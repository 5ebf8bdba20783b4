import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { down, up, type Lab } from '../../lab/lab.ts';
import { timed } from '../process.ts';
import { cmanage } from '../variants/cmanage.ts';
import { connectChild, prepareStages, timePops } from './pops.ts';
import { prepareRelease, timeReleases } from './releases.ts';
import { asTable, judge, type Measured } from './report.ts';
import { timeThroughput } from './throughput.ts';

type Options = { pops: number; releases: number; runs: number; seconds: number; json?: string; check?: true };

const say = (text: string): void => {
  console.error(text);
};

const load = (): number => loadavg()[0] ?? 0;

async function measure(lab: Lab, { pops, releases, runs, seconds }: Options): Promise<Measured> {
  const before = load();
  await timed(cmanage(lab, 'init'));
  say(`${releases} rounds of releases`);
  await prepareRelease(lab);
  const gates: Measured['releases'][number][] = [];
  for (const versions of [1, 6]) {
    const times = await timeReleases(lab, versions, releases);
    gates.push({ containers: 2 * versions, times });
  }
  say(`${pops} pops`);
  await prepareStages(lab);
  const plain = await timePops(lab, pops, 0);
  say(`${pops} pops with a linked child`);
  await connectChild(lab);
  const linked = await timePops(lab, pops, pops);
  say(`${runs} runs of ${seconds} s on either HAProxy`);
  const chain = `webapp v1.${2 * pops} > training v1`;
  const throughput = await timeThroughput(lab, { rounds: runs, seconds, chain });
  const machine = { node: process.version, cpus: cpus().length, before, after: load() };
  return { machine, pops: { plain, linked }, releases: gates, throughput };
}

/** Measures in a lab of its own, which is taken down again whatever happens. */
async function bench(options: Options): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-bench-traffic-'));
  const leave = (): void => {
    void down(dir).finally(() => process.exit(130));
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  try {
    const measured = await measure(await up({ dir, hosts: 2, say }), options);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(measured, null, 2)}\n`);
    console.log(asTable(measured));
    if (options.check && judge(measured).some(({ met }) => !met)) process.exitCode = 1;
  } finally {
    await down(dir);
  }
}

function parseCount(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a number from 1 to 99.');
}

const program = new Command('bench:traffic')
  .description(
    'Measures how fast traffic moves, what the health gate costs, and what the configuration costs.',
  )
  .option('--pops <n>', 'pops, plain and with a linked child', parseCount, 5)
  .option('--releases <n>', 'rounds of releases of either size', parseCount, 5)
  .option('--runs <n>', 'runs on either HAProxy', parseCount, 5)
  .option('--seconds <n>', 'how long each of these runs', parseCount, 4)
  .option('--json <file>', 'write every single figure to a file')
  .option('--check', 'end with 1 when a goal is missed');

try {
  await program.action(bench).parseAsync();
} catch (error) {
  say(`bench: ${inspect(error)}`);
  process.exitCode = 1;
}
