import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pushImage } from '../../lab/images.ts';
import type { Lab } from '../../lab/lab.ts';
import { rowsOf } from '../../test/support/database.ts';
import { ask } from '../../test/support/http.ts';
import { timed } from '../process.ts';
import { cmanage } from '../variants/cmanage.ts';

/** How fast a pop moves the traffic: from its first runtime command to the last new request that the old version answers. */

/** One pop, in milliseconds. */
export type Pop = {
  /** From the first runtime command to the moment when the last request that the old version answered was sent. */
  readonly moved: number;
  /** From the same command to the end of the last one that leads new requests elsewhere, by the journal. */
  readonly commands: number;
  /** The whole command, with the requests under way waited for and the old containers removed. */
  readonly whole: number;
  /** Between two requests: nothing shorter can be seen. */
  readonly rhythm: number;
  readonly failed: number;
};

type Request = { readonly sent: number; readonly version: string; readonly status: number };

const repository = 'larhauga/webapp';
const port = 8080;
const clients = 4;

/** Two hosts and three stages: three versions of webapp behind prod, qa and dev. */
export async function prepareStages(lab: Lab): Promise<void> {
  const image = `${lab.registry.address}/${repository}`;
  const versions = ['-v', ...[0, 1, 2].map(versionOf)];
  for (const version of [0, 1, 2].map(versionOf)) await pushImage(lab.registry.address, repository, version);
  await run(lab, 'addservice', 'webapp', '-i', image, '-s', '2', ...versions, '--health', '/health');
  for (const [index, stage] of ['prod', 'qa', 'dev'].entries()) {
    await run(lab, 'addendpoint', stage, '-s', 'webapp', '-p', String(port + index));
  }
}

/** A child below all three stages: a pop then leads links elsewhere as well. */
export async function connectChild(lab: Lab): Promise<void> {
  const image = `${lab.registry.address}/training/webapp`;
  const versions = ['-v', 'v1', 'v2', 'v3', '--health', '/health'];
  await run(lab, 'addservice', 'training', '-i', image, '-s', '2', ...versions);
  await run(lab, 'connect', 'webapp', '-c', 'training');
}

/** Pops so many versions from production, each after a release; the first of them is `first`. */
export async function timePops(lab: Lab, rounds: number, first: number): Promise<Pop[]> {
  const pops: Pop[] = [];
  for (let number = first; number < first + rounds; number++) {
    await pushImage(lab.registry.address, repository, versionOf(number + 3));
    await run(lab, 'release', 'webapp', '-v', versionOf(number + 3));
    pops.push(await timePop(lab, versionOf(number)));
  }
  return pops;
}

async function timePop(lab: Lab, old: string): Promise<Pop> {
  const load = startAsking(lab.loadbalancer.address);
  await sleep(300);
  const whole = await timed(cmanage(lab, 'pop', 'webapp'));
  const requests = await load.stop();
  const times = await runtimeTimes(lab);
  const [last] = requests.filter(({ version }) => version === old).slice(-1);
  const newer = requests.filter(({ version, sent }) => version !== old && sent > (last?.sent ?? 0));
  if (!last || newer.length === 0) throw new Error('production was not seen to change');
  const [begin, end] = [requests[0]?.sent ?? 0, requests.at(-1)?.sent ?? 0];
  return {
    ...{ whole, moved: last.sent - times.from, commands: times.to - times.from },
    rhythm: (end - begin) / requests.length,
    failed: requests.filter(({ status }) => status !== 200).length,
  };
}

/** When the first command of a pop to the running HAProxy began, and the last one that leads new requests elsewhere ended. */
async function runtimeTimes(lab: Lab): Promise<{ from: number; to: number }> {
  const query = `SELECT started_at AS began, finished_at AS ended FROM step
    WHERE operation = (SELECT max(id) FROM operation)
      AND kind IN ('add_server', 'drain_server', 'set_map', 'set_weight', 'reload')`;
  const steps = await rowsOf<{ began: string; ended: string }>(`${lab.dir}/state/cmanage.db`, query);
  if (steps.length === 0) throw new Error('the pop gave the running HAProxy no command');
  return {
    from: Math.min(...steps.map(({ began }) => Date.parse(began))),
    to: Math.max(...steps.map(({ ended }) => Date.parse(ended))),
  };
}

/** Asks by kept connections without any pause, and notes when each request was sent and who answered it. */
function startAsking(address: string): { stop: () => Promise<Request[]> } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const requests: Request[] = [];
  let going = true;
  const client = async (): Promise<void> => {
    while (going) {
      // The journal's times are of the same clock.
      const sent = Date.now();
      const answer = await ask(address, port, agent).catch(() => ({ version: 'none', status: 0 }));
      requests.push({ sent, version: answer.version, status: answer.status });
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    stop: async () => {
      going = false;
      await Promise.all(running);
      agent.destroy();
      return requests.sort((a, b) => a.sent - b.sent);
    },
  };
}

const versionOf = (number: number): string => `v1.${number}`;

const run = (lab: Lab, ...args: string[]): Promise<number> => timed(cmanage(lab, ...args));
