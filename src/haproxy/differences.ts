import type { BalancerConnection } from '../model/connection.ts';
import { isAddress } from '../model/names.ts';
import { contentsOf, readGeneration } from './render.ts';
import type { Server } from './routes.ts';
import { readRunning, type Running } from './runtime.ts';
import type { RunningServer } from './runtimeAnswers.ts';

/**
 * In what the running HAProxy serves otherwise than a configuration says, or null where it does not. Links that the configuration
 * lacks are nothing of the kind, since containers that come or go have some, but for the ports in `ended`.
 */
export async function differenceFrom(
  balancer: BalancerConnection,
  config: string,
  ended: readonly number[] = [],
): Promise<string | null> {
  return differenceIn(await readRunning(balancer, balancer.linkMap), config, balancer.linkMap, ended);
}

/** The same of what a running HAProxy was seen to serve; `linkMap` is the path of its map of links. */
export function differenceIn(
  running: Running,
  config: string,
  linkMap: string,
  ended: readonly number[] = [],
): string | null {
  const generation = readGeneration(config);
  if (running.generation !== generation) {
    return `it runs generation ${running.generation ?? '?'} and not ${generation ?? '?'}`;
  }
  if (generation === null) return null;
  // A configuration without a generation, loaded by somebody else, leaves that of the one before in the master's environment.
  if (!running.usesMap && config.includes(linkMap)) return `it uses no map ${linkMap}`;
  const { servers, links } = contentsOf(config);
  const others = [...servers].flatMap(([backend, wanted]) =>
    differencesIn(backend, wanted, running.servers.get(backend) ?? []),
  );
  const misled = [...links]
    .filter(([port, backend]) => running.links.get(port) !== backend)
    .map(
      ([port, backend]) => `it leads port ${port} to ${running.links.get(port) ?? 'nobody'}, not ${backend}`,
    );
  const left = ended
    .filter((port) => running.links.has(port) && !links.has(port))
    .map((port) => `it still leads port ${port} to ${running.links.get(port) ?? ''}`);
  return [...others, ...misled, ...left][0] ?? null;
}

/** Whether a configuration is the one that was loaded last, whatever was changed since while it ran. */
export function isLoaded({ generation }: Running, config: string): boolean {
  return generation === readGeneration(config);
}

/** Servers that take no new requests are on their way out, and in nobody's way. */
function differencesIn(
  backend: string,
  wanted: readonly Server[],
  found: readonly RunningServer[],
): string[] {
  const asText = ({ name, address, port, weight }: Server): string =>
    // The running HAProxy tells the address that a host name stood for.
    `${name} at ${isAddress(address) ? address : '*'}:${port} with weight ${weight}`;
  const serving = new Map(
    found.filter(({ state }) => state === 'ready').map((server) => [server.name, server]),
  );
  const names = new Set(wanted.map(({ name }) => name));
  return [
    ...wanted.flatMap((server) => {
      const running = serving.get(server.name);
      const is = running && asText(isAddress(server.address) ? running : { ...running, address: 'name' });
      if (is === asText(server)) return [];
      const isUnresolved = found.some(({ name, address }) => name === server.name && address === '-');
      return [
        isUnresolved
          ? `${server.address}, to which ${backend} leads, is a name that nobody knows where HAProxy runs`
          : `${backend} lacks ${asText(server)}`,
      ];
    }),
    ...[...serving.keys()].filter((name) => !names.has(name)).map((name) => `${backend} has ${name} too`),
  ];
}
