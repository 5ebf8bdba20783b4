import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { waitUntilNone } from './drain.ts';
import { parseMap, parseServers, parseSessions, type MapEntry, type Session } from './runtimeAnswers.ts';
import { askWorker, word } from './worker.ts';

/** Which backend a link port leads to, in a running HAProxy: one entry of its link map by port. */

/**
 * Leads a port to a backend, or to none; `map` is the full path of the map's file exactly as the configuration has it.
 * The entry is replaced in place, so that every request finds the old backend or the new one.
 */
export async function setLink(
  balancer: BalancerConnection,
  map: string,
  port: number,
  backend: string | null,
): Promise<string> {
  const doing = backend === null ? `unlinking port ${port}` : `leading port ${port} to ${backend}`;
  const before = await entriesOf(balancer, doing, map, port, backend);
  const [first, ...others] = before;
  if (others.length === 0 && first?.value === (backend ?? undefined)) {
    return backend === null ? 'is not there' : `leads to ${backend} already`;
  }
  const steps = stepsTo(backend, map, port, before);
  const after = await entriesOf(balancer, doing, map, port, backend, steps);
  if (after.length !== (backend === null ? 0 : 1) || after.some(({ value }) => value !== backend)) {
    const values = after.map(({ value }) => value).join(', ') || 'nowhere';
    throw new HostError(balancer.name, doing, `afterwards the map leads it to ${values}`);
  }
  if (backend === null) return `led to ${first?.value ?? ''} and is gone`;
  return first ? `leads to ${backend}, before to ${first.value}` : `leads to ${backend}`;
}

/** Setting a key sets all of its entries; then those beside the first can go without any request missing one. */
function stepsTo(backend: string | null, map: string, port: number, before: readonly MapEntry[]): string[] {
  if (backend === null) return [`del map ${map} ${port}`];
  if (before.length === 0) return [`add map ${map} ${port} ${backend}`];
  const spare = before.slice(1).map(({ reference }) => `del map ${map} #${reference}`);
  return [`set map ${map} ${port} ${backend}`, ...spare];
}

/** Runs commands and gives the entries the port then has; the map and the backend must be there. */
async function entriesOf(
  balancer: BalancerConnection,
  doing: string,
  map: string,
  port: number,
  backend: string | null,
  commands: readonly string[] = [],
): Promise<MapEntry[]> {
  const backends = backend === null ? [] : [`show servers state ${word(backend)}`];
  const answer = await askWorker(balancer, doing, ...backends, ...commands, `show map ${word(map)}`);
  if (answer.includes('Unknown map identifier')) {
    throw new HostError(balancer.name, doing, `the running configuration uses no map ${map}`);
  }
  if (backend !== null && !parseServers(answer)) {
    throw new HostError(balancer.name, doing, `the running configuration has no backend ${backend}`);
  }
  return parseMap(answer).filter(({ key }) => key === String(port));
}

/**
 * Waits until no session that came in through a port is on a backend any more, and cuts those left after `limit`
 * seconds. Kept-alive HTTP connections stay open meanwhile: their next request goes where the port then leads.
 */
export async function waitLinkDrained(
  balancer: BalancerConnection,
  port: number,
  backend: string,
  limit: number,
): Promise<string> {
  const doing = `waiting for the sessions from port ${port} to ${backend}`;
  const sessions = async (): Promise<Session[]> => {
    const all = parseSessions(await askWorker(balancer, doing, 'show sess all'));
    return all.filter((session) => session.port === port && session.backend === backend);
  };
  return waitUntilNone(balancer, limit, {
    doing,
    count: async () => (await sessions()).length,
    cut: async () => {
      const left = await sessions();
      // A command line of 20,000 commands passes [tried]; there is no need to send them in parts.
      await askWorker(balancer, doing, ...left.map(({ id }) => `shutdown session ${id}`));
      return left.length;
    },
  });
}
