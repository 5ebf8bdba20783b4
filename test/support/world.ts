import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { engineGet } from '../../lab/engineApi.ts';
import { masterCommand, statsCommand } from '../../lab/haproxyApi.ts';
import type { Lab, LabHost } from '../../lab/lab.ts';
import { rowsOf } from './database.ts';

/** What there is, seen by other means than cmanage: the engines' own sockets, HAProxy's sockets and the files. */

export type Listed = {
  readonly Id: string;
  readonly Names: string[];
  readonly Image: string;
  readonly State: string;
  readonly Labels: Record<string, string>;
  readonly Ports: { readonly PrivatePort: number; readonly PublicPort?: number; readonly IP?: string }[];
};

export type Inspected = {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Image: string;
    readonly Env: string[];
    readonly Labels: Record<string, string>;
  };
  readonly HostConfig: {
    readonly RestartPolicy: { readonly Name: string };
    readonly CapDrop: string[] | null;
    readonly SecurityOpt: string[] | null;
    readonly PidsLimit: number;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly Privileged: boolean;
    readonly PortBindings: Record<string, { readonly HostPort: string }[]>;
  };
};

/** The host of a lab by its place: 1 is docker01. */
export function hostOf(lab: Lab, place: number): LabHost {
  const host = lab.hosts[place - 1];
  if (!host) throw new Error(`the lab has no host ${place}`);
  return host;
}

/** All containers of a host, running or not, by name. */
export async function containersOn(host: LabHost): Promise<Listed[]> {
  const list = (await engineGet(host.socket, '/containers/json?all=1')) as Listed[];
  return list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

export const nameOf = (container: Listed): string => container.Names[0]?.slice(1) ?? '';

export const inspect = async (host: LabHost, name: string): Promise<Inspected> =>
  (await engineGet(host.socket, `/containers/${name}/json`)) as Inspected;

/** Every container of the lab as `HOST NAME STATE VERSION`, which is what most tests want to know. */
export async function whatRuns(lab: Lab): Promise<string[]> {
  const lists = await Promise.all(
    lab.hosts.map(async (host) =>
      (await containersOn(host)).map((container) => {
        const version = container.Labels['cmanage.version'] ?? 'foreign';
        return `${host.name} ${nameOf(container)} ${container.State} ${version}`;
      }),
    ),
  );
  return lists.flat();
}

/** The containers as a list, without the text that tells how long they have been up. */
async function containerLists(lab: Lab): Promise<unknown> {
  const withoutClock = (container: object): object => ({ ...container, Status: undefined });
  const list = async (host: LabHost): Promise<object[]> => (await containersOn(host)).map(withoutClock);
  return JSON.parse(JSON.stringify(await Promise.all(lab.hosts.map(list))));
}

/** HAProxy's master and workers with their reloads, without how long they have been up. */
async function processes(lab: Lab): Promise<string[]> {
  const answer = await masterCommand(lab.loadbalancer.masterSocket, 'show proc');
  return answer.split('\n').map((line) => line.replace(/\s+\d+d\d+h\d+m\d+s.*/, ''));
}

/** The whole configuration of the load balancer, as it lies on the disk. */
export const configOf = (lab: Lab): string => readFileSync(lab.loadbalancer.config, 'utf8');

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const databaseOf = (lab: Lab): string => `${lab.dir}/state/cmanage.db`;

/** Everything a change could touch. Two of these are equal when, and only when, nothing was touched in between. */
export async function fingerprint(lab: Lab): Promise<Record<string, unknown>> {
  return {
    database: hashOf(readFileSync(databaseOf(lab))),
    containers: await containerLists(lab),
    config: configOf(lab),
    processes: await processes(lab),
  };
}

/** What an operation that was undone leaves as it was: all but the journal of its trying. */
export async function stateOfWorld(lab: Lab): Promise<Record<string, unknown>> {
  return {
    ...(await rowsOfState(lab)),
    containers: await containerLists(lab),
    config: configOf(lab),
    servers: await serversOf(lab),
  };
}

/** The recorded state, row by row, and its revision. */
export async function rowsOfState(lab: Lab): Promise<Record<string, unknown>> {
  const tables = ['service', 'stack', 'container', 'retained', 'endpoint', 'edge', 'external'];
  const rows = await Promise.all(
    tables.map((table) => rowsOf(databaseOf(lab), `SELECT * FROM ${table} ORDER BY 1, 2`)),
  );
  return { revision: await rowsOf(databaseOf(lab), 'SELECT id, revision FROM environment'), rows };
}

/** What HAProxy itself says it sends requests to: `BACKEND/SERVER ADDRESS:PORT`, in order. */
export async function serversOf(lab: Lab): Promise<string[]> {
  const answer = await statsCommand(lab.loadbalancer.statsSocket, 'show servers state');
  const rows = answer.split('\n').filter((line) => /^\d+ /.test(line));
  return rows
    .map((row) => row.split(' '))
    .map((cells) => `${cells[1] ?? ''}/${cells[3] ?? ''} ${cells[4] ?? ''}:${cells[18] ?? ''}`)
    .sort();
}

/** The frontends HAProxy listens with, by its own statistics. */
export async function frontendsOf(lab: Lab): Promise<string[]> {
  const answer = await statsCommand(lab.loadbalancer.statsSocket, 'show stat');
  const rows = answer.split('\n').map((line) => line.split(','));
  return rows.flatMap(([name = '', kind]) => (kind === 'FRONTEND' ? [name] : [])).sort();
}

/** The digest a tag stands for in the lab's registry now. */
export async function registryDigest(lab: Lab, repository: string, tag: string): Promise<string> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const url = `http://${lab.registry.address}/v2/${repository}/manifests/${tag}`;
  const { headers } = await fetch(url, { method: 'HEAD', headers: { accept } });
  return headers.get('docker-content-digest') ?? 'no digest';
}
