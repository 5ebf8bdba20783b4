import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { release } from '../../src/actions/processes.ts';
import { readConfig } from '../../src/config/config.ts';
import { judge } from '../../src/constraints/check.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { changeBetween } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/store/database.ts';
import { loadPart, loadState, saveChange } from '../../src/store/state.ts';
import { median } from '../statistics.ts';

/** Milliseconds of judging everything in a state by all rules, each time on a state that was just read, and how much is wrong. */
export async function checkingTime(
  directory: string,
  path: string,
  rounds: number,
): Promise<{ times: number[]; found: number }> {
  const { environment } = readConfig(directory);
  const times: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const database = await openDatabase(path, { readOnly: true });
    const state = await loadState(database.source);
    await database.source.destroy();
    const started = performance.now();
    found = judge(state, environment).length;
    times.push(performance.now() - started);
  }
  return { times, found };
}

/** Milliseconds of making HAProxy's configuration from a state that was just read, and its length; `of` may change that. */
export async function renderingTime(
  directory: string,
  path: string,
  rounds: number,
  of: (state: State) => State = (state) => state,
): Promise<{ times: number[]; bytes: number }> {
  const { environment } = readConfig(directory);
  const [balancer] = environment.loadBalancers;
  if (!balancer) throw new Error('the environment has no load balancer');
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const database = await openDatabase(path, { readOnly: true });
    const state = of(await loadState(database.source));
    await database.source.destroy();
    const started = performance.now();
    bytes = render(routes(state, environment, balancer), balancer).length;
    times.push(performance.now() - started);
  }
  return { times, bytes };
}

/** The endpoints with their services alone: nobody calls anybody. */
export function withoutCalls(state: State): State {
  return { ...state, edges: [], containers: state.containers.map((row) => ({ ...row, links: {} })) };
}

/** Milliseconds of reading one service's part, and of saving a release on it; the medians. */
export async function savingTime(
  directory: string,
  path: string,
  service: string,
  rounds: number,
): Promise<{ reading: number; saving: number }> {
  const { environment } = readConfig(directory);
  const database = await openDatabase(path, { readOnly: false });
  const reading: number[] = [];
  const saving: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const version = `v${round + 3}`;
    const digest = `sha256:${'0'.repeat(64)}`;
    const facts = { images: [{ version, host: null, digest, created: null }], now: 0 };
    const started = performance.now();
    const before = await loadPart(database.source, [service]);
    reading.push(performance.now() - started);
    const outcome = release(before, { service, versions: [version] }, environment, facts);
    if (!outcome.ok) throw new Error(`the release was refused: ${JSON.stringify(outcome.violations)}`);
    const change = changeBetween(before, outcome.value);
    const changed = performance.now();
    await database.transaction(() => saveChange(database.source, change, before.revision));
    saving.push(performance.now() - changed);
  }
  await database.source.destroy();
  return { reading: median(reading), saving: median(saving) };
}

/** Runs a command and gives the most memory it had, in MB, as the kernel counts it (VmHWM), and how long it took. */
export async function memoryOf(
  directory: string,
  ...args: string[]
): Promise<{ megabytes: number; time: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(projectRoot(), 'bin/cmanage'), ...args], {
    env: { ...process.env, CMANAGE_ETC: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let kilobytes = 0;
  const poll = setInterval(() => {
    kilobytes = Math.max(kilobytes, highWater(child.pid ?? 0));
  }, 2);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(poll);
  if (code !== 0) throw new Error(`cmanage ${args.join(' ')} ended with ${code}`);
  return { megabytes: kilobytes / 1024, time: performance.now() - started };
}

function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
