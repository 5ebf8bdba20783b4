import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statsCommand } from '../../lab/haproxyApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { listensAt } from '../../test/support/http.ts';
import { startTraffic, usualLoad } from '../../test/traffic/load.ts';

/** HAProxy as cmanage configures it, against as little as it takes for the same servers by hand. */

export type Run = {
  /** Requests a second, as fast as answers come. */
  readonly rate: number;
  /** Microseconds of HAProxy's own processor time a request, which what else the machine does falls on less. */
  readonly cost: number;
};

export type Throughput = { readonly own: readonly Run[]; readonly minimal: readonly Run[] };

const ports = { own: 8080, minimal: 18_080 };

/** Runs of so many seconds in turns; a first one of each warms up and does not count. */
export async function timeThroughput(
  lab: Lab,
  { rounds, seconds, chain }: { rounds: number; seconds: number; chain: string },
): Promise<Throughput> {
  const minimal = await startMinimal(lab);
  try {
    const worker = Number(
      /^Pid: (\d+)/m.exec(await statsCommand(lab.loadbalancer.statsSocket, 'show info'))?.[1],
    );
    const pids = { own: worker, minimal: minimal.pid };
    const runs: { own: Run[]; minimal: Run[] } = { own: [], minimal: [] };
    const turns = Array.from({ length: rounds }, (_, round) =>
      round % 2 === 0 ? (['own', 'minimal'] as const) : (['minimal', 'own'] as const),
    );
    for (const which of ['own', 'minimal'] as const)
      await load(lab, ports[which], pids[which], seconds, chain);
    for (const which of turns.flat()) {
      runs[which].push(await load(lab, ports[which], pids[which], seconds, chain));
    }
    return runs;
  } finally {
    await minimal.stop();
  }
}

/** The page `/` only, by 32 clients of which a quarter opens a new connection for each request. */
async function load(lab: Lab, port: number, pid: number, seconds: number, chain: string): Promise<Run> {
  const doors = [{ stage: 'prod', host: lab.loadbalancer.address, port, authority: null, share: 1 }];
  const mix = { page: 1, api: 0, upload: 0, slowUpload: 0, slow: 0, slowApi: 0 };
  const before = ticksOf(pid);
  const traffic = await startTraffic(
    { ...usualLoad, doors, clients: 32, lazy: [0, 0], mix },
    { prod: [chain] },
  );
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const report = await traffic.stop();
  if (report.failed + report.wrongStage > 0) throw new Error(`${report.failed} requests failed at ${port}`);
  const cost = ((ticksOf(pid) - before) * 10_000) / report.requests;
  return { rate: report.requests / report.seconds, cost };
}

/** Processor time of a process in ticks of a hundredth of a second. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function startMinimal(lab: Lab): Promise<{ pid: number; stop: () => Promise<void> }> {
  const { address, config } = lab.loadbalancer;
  const path = join(lab.dir, 'state', 'minimal.cfg');
  writeFileSync(path, minimalConfig(address, serversIn(readFileSync(config, 'utf8'))));
  const child = spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  if (!(await waitUntil(() => listensAt(lab, ports.minimal), 5000)))
    throw new Error(`no HAProxy with ${path}`);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The servers of production, as `NAME ADDRESS:PORT`. */
function serversIn(config: string): string[] {
  const [, backend = ''] = config.split('\nbackend webapp-endpoint-prod\n');
  const [lines = ''] = backend.split('\n\n');
  const servers = [...lines.matchAll(/^ +server (\S+) (\S+)/gm)].map(([, name, at]) => `${name} ${at}`);
  if (servers.length === 0) throw new Error('production has no servers in the configuration');
  return servers;
}

const minimalConfig = (address: string, servers: readonly string[]): string => `defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
frontend front
    bind ${address}:${ports.minimal}
    default_backend back
backend back
    balance roundrobin
${servers.map((server) => `    server ${server} check\n`).join('')}`;
