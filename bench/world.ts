import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineGet } from '../lab/engineApi.ts';
import { wipeContainers } from '../lab/faults.ts';
import type { Lab, LabHost } from '../lab/lab.ts';

/** The hosts as their engines tell, by other means than cmanage's. */

/** The parts of a container that decide how much work it is to create; as in the body of POST /containers/create. */
export type Body = {
  readonly Hostname: string;
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly ExposedPorts: Readonly<Record<string, object>>;
  readonly HostConfig: HostConfig;
};

export type HostConfig = {
  readonly PortBindings: Readonly<Record<string, readonly { HostPort: string }[]>>;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly Memory: number;
  readonly MemorySwap: number;
  readonly NanoCpus: number;
  readonly PidsLimit: number;
  readonly CapDrop: readonly string[];
  readonly SecurityOpt: readonly string[];
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
};

export type OrderedContainer = { readonly host: LabHost; readonly name: string; readonly body: Body };

/** The containers to deploy, alternating between the hosts. */
export type Order = readonly OrderedContainer[];

/** Reads what cmanage has deployed, so that the others do the very same work. */
export async function readOrder(lab: Lab): Promise<Order> {
  const order = await observe(lab);
  const position = ({ name, host }: OrderedContainer): string =>
    `${name.split('-').at(-1) ?? ''} ${host.name}`;
  return [...order].sort((a, b) => (position(a) < position(b) ? -1 : 1));
}

/** Throws unless exactly the ordered containers run, made from the same bodies. */
export async function verifyOrder(lab: Lab, order: Order): Promise<void> {
  const found = new Map(
    (await observe(lab)).map((container) => [`${container.host.name} ${container.name}`, container]),
  );
  if (found.size !== order.length) throw new Error(`${found.size} containers run, and not ${order.length}`);
  for (const { host, name, body } of order) {
    const container = found.get(`${host.name} ${name}`);
    if (!container) throw new Error(`${name} does not run on ${host.name}`);
    const [is, should] = [lasting(container.body), lasting(body)];
    if (!isDeepStrictEqual(is, should)) {
      throw new Error(
        `${name} is another container: ${JSON.stringify(is)} and not ${JSON.stringify(should)}`,
      );
    }
  }
}

/** Removes all containers, and gives the engines a moment to finish what they do after they have answered. */
export async function wipeHosts(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map(wipeContainers));
  await sleep(500);
}

/**
 * A body as it can be compared: the number of the operation differs each time, and the docker client writes the names of
 * capabilities in its own way. Everything else must be the same.
 */
function lasting(body: Body): Body {
  const capabilities = body.HostConfig.CapDrop.map((name) => name.replace(/^CAP_/, '')).sort();
  const Labels = { ...body.Labels, 'cmanage.operation': '' };
  return { ...body, Labels, HostConfig: { ...body.HostConfig, CapDrop: capabilities } };
}

type Inspected = { Name: string; Config: Omit<Body, 'HostConfig'>; HostConfig: HostConfig };

/** The running containers of all hosts. */
async function observe(lab: Lab): Promise<OrderedContainer[]> {
  const hosts = lab.hosts.map(async (host) => {
    const running = (await engineGet(host.socket, '/containers/json')) as { Id: string }[];
    return Promise.all(running.map(({ Id }) => inspect(host, Id)));
  });
  return (await Promise.all(hosts)).flat();
}

async function inspect(host: LabHost, id: string): Promise<OrderedContainer> {
  const { Name, Config, HostConfig } = (await engineGet(host.socket, `/containers/${id}/json`)) as Inspected;
  const { Hostname, Image, Labels, ExposedPorts } = Config;
  const { PortBindings, RestartPolicy, Memory, MemorySwap, NanoCpus, PidsLimit } = HostConfig;
  const { CapDrop, SecurityOpt, LogConfig } = HostConfig;
  const limits = { Memory, MemorySwap, NanoCpus, PidsLimit };
  const hostConfig = { PortBindings, RestartPolicy, ...limits, CapDrop, SecurityOpt, LogConfig };
  const body = { Hostname, Image, Labels, ExposedPorts, HostConfig: hostConfig };
  return { host, name: Name.replace(/^\//, ''), body };
}
