import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { waitUntilNone } from './drain.ts';
import { serverChecks } from './render.ts';
import type { Server } from './routes.ts';
import {
  parseChange,
  parseGeneration,
  parseLoad,
  parseMap,
  parseServers,
  type Change,
  type RunningServer,
} from './runtimeAnswers.ts';
import { askWorker, word } from './worker.ts';

/**
 * HAProxy keeps connections to the servers of its file for the next request, by these defaults; to one that is added while
 * it runs it opens a new connection for every request unless it is told both, at three times the processor time [tried].
 */
const keptConnections = 'pool-max-conn -1 pool-purge-delay 5s';

/**
 * What changes and reads the servers of a running HAProxy. Nothing here is in the configuration file, so a reload loses
 * it unless the file says the same. Doing anything again succeeds and says so; afterwards HAProxy is asked whether it is so.
 */

/** What a load balancer serves now, whatever its file says. */
export type Running = {
  /** The generation its worker was started with; null where cmanage did not write the configuration. */
  readonly generation: string | null;
  /** By backend; a backend without a server is missing. */
  readonly servers: ReadonlyMap<string, readonly RunningServer[]>;
  /** The backend each link port leads to. */
  readonly links: ReadonlyMap<number, string>;
  /** Whether its configuration uses the map of the links. */
  readonly usesMap: boolean;
};

/** Reads what HAProxy serves; a map that its configuration does not use has no links. */
export async function readRunning(balancer: BalancerConnection, map: string): Promise<Running> {
  const doing = 'reading what HAProxy serves';
  const answer = await askWorker(balancer, doing, 'show servers state', `show map ${word(map)}`);
  const servers = parseServers(answer);
  if (!servers) throw new HostError(balancer.name, doing, `it lists no servers but '${answer.trim()}'`);
  // Of several entries with one port the first is in effect, so it is the one that is set last here.
  const entries = parseMap(answer).toReversed();
  const links = new Map(entries.map(({ key, value }) => [Number(key), value]));
  const usesMap = !answer.includes('Unknown map identifier');
  return { generation: parseGeneration(answer) ?? null, servers, links, usesMap };
}

type AddedServer = { readonly sticky?: boolean; readonly down?: boolean };

/**
 * Adds a server to a backend that is in use; it is up at once and gets requests before its first health check, so it
 * must answer already; one that is to be added as `down` gets none before two checks found it well. A server of this name and
 * address that is there already is made ready with this weight.
 */
export async function addServer(
  balancer: BalancerConnection,
  backend: string,
  server: Server,
  { sticky = false, down = false }: AddedServer = {},
): Promise<string> {
  const doing = `adding ${server.name} to ${backend}`;
  const at = `${word(backend)}/${word(server.name)}`;
  const address = `${word(server.address)}:${server.port}`;
  const add = `add server ${at} ${address} ${serverChecks} ${keptConnections} weight ${server.weight}`;
  // Only this gives a server that is added the value of its cookie [tried].
  const cookie = sticky ? [`enable dynamic-cookie backend ${word(backend)}`] : [];
  const first = [add, ...cookie];
  const { before, after: found, said } = await change(balancer, doing, backend, server.name, first);
  if (!found) throw new HostError(balancer.name, doing, said);
  if (found.address !== server.address || found.port !== server.port) {
    const fact = `it is there already as ${found.address}:${found.port} and not as ${address}`;
    throw new HostError(balancer.name, doing, `${fact}; remove it first`);
  }
  if (before && isReady(before, server.weight)) return 'is there already';
  const steps = [
    `set server ${at} weight ${server.weight}`,
    `enable health ${at}`,
    // Leaving maintenance makes it up, and leaving a drain does not [tried].
    ...(down ? [`set server ${at} state drain`, `set server ${at} health down`] : []),
    `set server ${at} state ready`,
  ];
  const { after, said: reason } = await change(balancer, doing, backend, server.name, steps);
  if (!after || !isReady(after, server.weight)) throw unchanged(balancer, doing, after, reason);
  if (down) return 'takes requests when its checks find it well';
  return before ? 'was there already and takes new requests again' : 'takes requests';
}

/** Sets a server's share of the requests, 0 to 256, in relation to its backend's other servers. */
export async function setWeight(
  balancer: BalancerConnection,
  backend: string,
  server: string,
  weight: number,
): Promise<string> {
  const doing = `setting the weight of ${server} in ${backend}`;
  const step = `set server ${word(backend)}/${word(server)} weight ${weight}`;
  const { before, after, said } = await change(balancer, doing, backend, server, [step]);
  if (after?.weight !== weight) throw unchanged(balancer, doing, after, said);
  return before?.weight === weight ? `has weight ${weight} already` : `has weight ${weight}`;
}

/**
 * Gives a server no new requests; those under way go on. Clients that stay at it by a cookie would still be sent to it while
 * it drains, and are sent elsewhere while it is in maintenance [tried].
 */
export async function drainServer(
  balancer: BalancerConnection,
  backend: string,
  server: string,
  sticky = false,
): Promise<string> {
  const doing = `draining ${server} in ${backend}`;
  const state = sticky ? 'maint' : 'drain';
  const { before, after } = await setState(balancer, doing, backend, server, state);
  if (!after) return 'is not there';
  return before?.state === state ? 'takes no new requests already' : 'takes no new requests';
}

/** Gives a server new requests again, after a drain or maintenance. One that HAProxy has lost in a restart is added. */
export async function readyServer(
  balancer: BalancerConnection,
  backend: string,
  server: Server,
  options: AddedServer = {},
): Promise<string> {
  const doing = `making ${server.name} ready in ${backend}`;
  const { before, after } = await setState(balancer, doing, backend, server.name, 'ready');
  if (!after) return addServer(balancer, backend, server, options);
  return before?.state === 'ready' ? 'takes new requests already' : 'takes new requests';
}

/**
 * Waits until a server has no session, and cuts those that are left after `limit` seconds. It must be drained before,
 * or the wait may never find it idle.
 */
export async function waitServerDrained(
  balancer: BalancerConnection,
  backend: string,
  server: string,
  limit: number,
): Promise<string> {
  const doing = `waiting for the sessions of ${server} in ${backend}`;
  const at = `${word(backend)}/${word(server)}`;
  const show = `show stat ${backend} 4 -1`;
  const countIn = (answer: string): number | null => {
    if (!answer.includes('# pxname,')) throw noBackend(balancer, doing, backend);
    return parseLoad(answer, server);
  };
  return waitUntilNone(balancer, limit, {
    doing,
    count: async () => countIn(await askWorker(balancer, doing, show)),
    // One answer holds the count from just before the cut.
    cut: async () => countIn(await askWorker(balancer, doing, show, `shutdown sessions server ${at}`)) ?? 0,
  });
}

/** Takes a server out of a backend: no new request, the sessions waited for up to `limit` seconds, then it is deleted. */
export async function removeServer(
  balancer: BalancerConnection,
  backend: string,
  server: string,
  limit: number,
): Promise<string> {
  const doing = `removing ${server} from ${backend}`;
  const { after } = await setState(balancer, doing, backend, server, 'maint');
  if (!after) return 'is not there';
  const drained = await waitServerDrained(balancer, backend, server, limit);
  await deleteServer(balancer, doing, backend, server);
  return `removed, ${drained}`;
}

/**
 * HAProxy refuses while a connection is left, even an idle one. It closes the idle ones when a server enters maintenance; those
 * that were in use at that moment it keeps afterwards, for 35 s where 20 requests were under way [tried, 2.6.12]. So the
 * server, which has no session any more, enters maintenance once more.
 */
async function deleteServer(
  balancer: BalancerConnection,
  doing: string,
  backend: string,
  server: string,
): Promise<void> {
  const at = `${word(backend)}/${word(server)}`;
  const remove = `del server ${at}`;
  const deadline = performance.now() + 10_000;
  let commands = [remove];
  for (;;) {
    const { after, said } = await change(balancer, doing, backend, server, commands);
    if (!after) return;
    if (!said.includes('still has connections') || performance.now() > deadline) {
      throw unchanged(balancer, doing, after, said);
    }
    commands = [`set server ${at} state drain`, `set server ${at} state maint`, remove];
    await sleep(100);
  }
}

/** Changes a server's state and makes sure of it; where the server is not there, that is said by `after`. */
async function setState(
  balancer: BalancerConnection,
  doing: string,
  backend: string,
  server: string,
  state: RunningServer['state'],
): Promise<Change> {
  const step = `set server ${word(backend)}/${word(server)} state ${state}`;
  const changed = await change(balancer, doing, backend, server, [step]);
  const { after, said } = changed;
  if (after && after.state !== state) throw unchanged(balancer, doing, after, said);
  return changed;
}

/** Runs commands on a server, and looks at it before and after, all in one go. */
async function change(
  balancer: BalancerConnection,
  doing: string,
  backend: string,
  server: string,
  commands: readonly string[],
): Promise<Change> {
  const look = `show servers state ${word(backend)}`;
  const changed = parseChange(await askWorker(balancer, doing, look, ...commands, look), server);
  if (!changed) throw noBackend(balancer, doing, backend);
  return changed;
}

function isReady(server: RunningServer, weight: number): boolean {
  return server.state === 'ready' && server.weight === weight;
}

function noBackend(balancer: BalancerConnection, doing: string, backend: string): HostError {
  return new HostError(balancer.name, doing, `the running configuration has no backend ${backend}`);
}

/** The error for a change that HAProxy did not make, with its own words where it gave some. */
function unchanged(
  balancer: BalancerConnection,
  doing: string,
  found: RunningServer | null,
  said: string,
): HostError {
  const fact = found ? `it is '${found.state}' with weight ${found.weight}` : 'it is not there';
  return new HostError(balancer.name, doing, said === '' ? fact : `${fact}; HAProxy says: ${said}`);
}
