import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineRequest } from '../../lab/engineApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { timed } from '../process.ts';
import { inTurns, type Times, type Variant } from '../rounds.ts';
import { cmanage } from '../variants/cmanage.ts';
import { certificates } from '../variants/rawCalls.ts';
import { readOrder, type Order } from '../world.ts';

/** A release whose containers are waited for, by cmanage and by bare Engine API calls that wait for the same. */

const service = 'gate';
const health = '/health';

/** Two stacks on two hosts; the images of all versions are on both of them. */
export async function prepareRelease(lab: Lab): Promise<void> {
  const image = `${lab.registry.address}/lab/tiny`;
  const limits = ['--memory', '64m', '--cpus', '0.5', '--health', health];
  const add = ['addservice', service, '-i', image, '-s', '2', ...limits, '-v', 'v1', 'v2', 'v3'];
  await timed(cmanage(lab, ...add));
}

/** Times releases of so many versions at once, each a container on both hosts. */
export async function timeReleases(lab: Lab, versions: number, rounds: number): Promise<Times[]> {
  const base = await readOrder(lab);
  const database = join(lab.dir, 'state', 'cmanage.db');
  copyFileSync(database, `${database}.base`);
  const release = cmanage(lab, 'release', service, '-v', ...Array<string>(versions).fill('v3'));
  await timed(release);
  const order = newIn(await readOrder(lab), base);

  const prepare = async (): Promise<void> => {
    await removeAll(newIn(await readOrder(lab), base));
    for (const rest of ['-wal', '-shm', '-journal']) rmSync(`${database}${rest}`, { force: true });
    copyFileSync(`${database}.base`, database);
    await sleep(500);
  };
  const verify = async (): Promise<void> => {
    const now = newIn(await readOrder(lab), base);
    const names = (of: Order): string => of.map(({ name, host }) => `${host.name} ${name}`).join();
    if (names(now) !== names(order)) throw new Error(`there are ${names(now)} and not ${names(order)}`);
  };
  const variants: Variant[] = [
    { name: 'raw Engine API calls', command: rawCommand(lab, order), prepare, verify },
    { name: 'cmanage release', command: release, prepare, verify },
  ];
  const times = await inTurns(variants, rounds);
  await prepare();
  return times;
}

function newIn(order: Order, base: Order): Order {
  const known = new Set(base.map(({ name }) => name));
  return order.filter(({ name }) => !known.has(name));
}

async function removeAll(order: Order): Promise<void> {
  const removed = order.map(async ({ host, name }) => {
    const path = `/containers/${name}?force=1&v=1`;
    const { status, body } = await engineRequest('DELETE', host.socket, path, undefined, 60_000);
    if (status !== 204) throw new Error(`DELETE ${path}: ${JSON.stringify(body)}`);
  });
  await Promise.all(removed);
}

/** All containers at once, as the engines take them; each is asked for its health page until it answers. */
function rawCommand(lab: Lab, order: Order): Variant['command'] {
  const containers = order.map(({ host, name, body }) => {
    const { hostname, port } = new URL(host.engine);
    const [binding] = Object.values(body.HostConfig.PortBindings).flat();
    const probe = `http://${host.address}:${binding?.HostPort ?? ''}${health}`;
    return { host: hostname, port: Number(port), name, body, probe };
  });
  const path = join(lab.dir, 'state', `raw-release-${order.length}.json`);
  writeFileSync(
    path,
    JSON.stringify({ width: Math.min(6, order.length), tls: certificates(lab), containers }),
  );
  return { program: process.execPath, args: [join(projectRoot(), 'bench/rawDeploy.mjs'), path] };
}
