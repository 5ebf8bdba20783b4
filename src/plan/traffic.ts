import { withoutFingerprints, type Fingerprints } from '../haproxy/endpointLines.ts';
import { readGeneration, render } from '../haproxy/render.ts';
import { servesSame } from '../haproxy/rowNotes.ts';
import { routes, type Backend, type Routes, type Server } from '../haproxy/routes.ts';
import type { Environment, LoadBalancer } from '../model/environment.ts';
import { servedBy } from '../model/links.ts';
import { containerNamed, ownersOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { becauseOfReload } from './because.ts';
import { successionsIn } from './stopFirst.ts';

/** What has to change on one load balancer. */
export type Switch = {
  readonly balancer: LoadBalancer;
  readonly before: State;
  readonly next: State;
  /** What its file says, and what it is to say. */
  readonly previous: string;
  readonly config: string;
  /** What is loaded first, with the servers and links there are now; null where nothing needs a reload. */
  readonly reload: Load | null;
  /** Whether it has to be reloaded at the end too, when nothing leads any more to what goes. */
  readonly last: Load | null;
  /** What it serves when the running HAProxy is changed, and what it is to serve. */
  readonly from: Routes;
  readonly to: Routes;
  /** The containers that are there and become servers of a backend that does not have them yet. */
  readonly joining: readonly Container[];
};

/** The states before and after a change, and what a load balancer serves by each of them. */
export type Sides = Pick<Switch, 'before' | 'next' | 'from' | 'to'>;

/** A configuration to load, and why. */
export type Load = { readonly config: string; readonly because: string };

/** The load balancers that are to serve something else than they do, or whose file says something else. */
export function switchesOf(
  before: State,
  next: State,
  environment: Environment,
  live: ReadonlyMap<string, string>,
  fingerprints: ReadonlyMap<string, Fingerprints> = new Map(),
): Switch[] {
  return environment.loadBalancers.flatMap((balancer) => {
    const [now, to] = [routes(before, environment, balancer), routes(next, environment, balancer)];
    const previous = live.get(balancer.name) ?? '';
    const certificates = fingerprints.get(balancer.name);
    const config = render(to, balancer, certificates);
    if (config === previous) return [];
    const from = bridge(now, to, serverOf(before, next));
    const first = render(from, balancer, certificates);
    const ours = render(now, balancer, certificates);
    const because = becauseOfReload(before, next, {
      isOurs: previous === ours,
      renewsCertificate: previous !== ours && withoutFingerprints(previous) === withoutFingerprints(ours),
      startsLinks: now.links === null && to.links !== null,
    });
    const reload = servesSame(first, previous) ? null : { config: first, because };
    const ends = readGeneration(first) === readGeneration(config) ? null : { config, because: nobodyCalls };
    const joining = joiningIn(before, now, to);
    return [{ balancer, before, next, previous, config, reload, last: ends, from, to, joining }];
  });
}

function joiningIn(before: State, now: Routes, to: Routes): Container[] {
  const known = backendsByName(now);
  const servers = to.backends.flatMap((backend) => serversMissingIn(known, backend));
  const names = new Set(servers.map(({ name }) => name));
  return [...names].flatMap((name) => containerNamed(before, name) ?? []);
}

const nobodyCalls = 'nobody calls any more what it led to';

/**
 * What is loaded first: the routes to come with the servers and links there are now, so that only what a reload alone can
 * change is left to differ. What links lead to stays until the last one leads elsewhere.
 */
function bridge(now: Routes, to: Routes, isThere: (server: Server) => boolean): Routes {
  const known = new Map(now.backends.map((backend) => [backend.name, backend.servers]));
  const moved = new Set(to.backends.filter((backend) => isMoved(known.get(backend.name), backend)));
  const serversOf = (backend: Backend): readonly Server[] =>
    (moved.has(backend) ? undefined : known.get(backend.name)) ?? backend.servers.filter(isThere);
  const kept = new Set(to.backends.map((backend) => backend.name));
  const entries = now.links?.entries;
  const leaving = entries?.size ? now.backends.filter(({ name }) => isLinked(name) && !kept.has(name)) : [];
  const links = to.links ?? (entries?.size ? now.links : null);
  const staying = to.backends.map((backend) => ({ ...backend, servers: serversOf(backend) }));
  return {
    ...to,
    backends: inOrderOfRoutes([...staying, ...leaving]),
    links: links && { ...links, ...(entries ? { entries } : {}) },
  };
}

/** Whether links lead to a backend. No name of an endpoint has a dot. */
export function isLinked(backend: string): boolean {
  return backend.includes('.');
}

/** As `routes` has them: those of endpoints, and then those that links lead to, by service. */
function inOrderOfRoutes(backends: readonly Backend[]): Backend[] {
  const service = ({ name }: Backend): string => (isLinked(name) ? (name.split('.')[1] ?? '') : '');
  return backends.toSorted((a, b) => (service(a) < service(b) ? -1 : service(a) > service(b) ? 1 : 0));
}

/**
 * Whether a server answers when the load balancer is reloaded. Links of new containers must lead somewhere before these
 * start, and so what a reload has to bring for them is loaded before they answer; otherwise it is loaded after.
 */
function serverOf(before: State, next: State): (server: Server) => boolean {
  const known = new Set(before.containers.map(({ name }) => name));
  const fresh = next.containers.filter(({ name }) => !known.has(name));
  const isCaller = fresh.some(({ links }) => Object.keys(links).length > 0);
  if (!isCaller && successionsIn(before, next).size === 0) return () => true;
  const notYet = new Set(fresh.map(({ name }) => name));
  return ({ name }) => !notYet.has(name);
}

/** Whether a server stays by its name and gets another address: the running HAProxy cannot have both of them. */
function isMoved(now: readonly Server[] | undefined, { servers }: Backend): boolean {
  const places = new Map((now ?? []).map((server) => [server.name, `${server.address}:${server.port}`]));
  return servers.some(
    ({ name, address, port }) => (places.get(name) ?? `${address}:${port}`) !== `${address}:${port}`,
  );
}

export type Backends = ReadonlyMap<string, Backend>;

export function backendsByName({ backends }: Routes): Backends {
  return new Map(backends.map((backend) => [backend.name, backend]));
}

/** The servers of a backend that the one of the same name among others does not have. */
export function serversMissingIn(others: Backends, { name, servers }: Backend): Server[] {
  const known = new Set(others.get(name)?.servers.map((server) => server.name));
  return servers.filter((server) => !known.has(server.name));
}

/** The servers that backends lose. A backend that goes altogether goes with a reload, and its servers with it. */
export function serversLeaving(from: Backends, to: Backends): [backend: string, server: Server][] {
  const staying = [...from.values()].filter(({ name }) => to.has(name));
  return staying.flatMap((backend) =>
    serversMissingIn(to, backend).map((server): [string, Server] => [backend.name, server]),
  );
}

/** The servers of a backend that get another weight than they have, with that one. */
export function reweighed(from: Backends, { name, servers }: Backend): [server: Server, previous: number][] {
  const now = new Map(from.get(name)?.servers.map((server) => [server.name, server.weight]));
  return servers
    .map((server): [Server, number] => [server, now.get(server.name) ?? server.weight])
    .filter(([server, previous]) => previous !== server.weight);
}

/** The backends a container is in. */
export function waysOf(backends: Backends, container: string): [backend: string, server: Server][] {
  return [...backends.values()].flatMap(({ name, servers }) =>
    servers.filter((server) => server.name === container).map((server): [string, Server] => [name, server]),
  );
}

export function hasServer({ servers }: Backend, container: string): boolean {
  return servers.some(({ name }) => name === container);
}

/** Whether a container serves an endpoint that it is to serve no more, or serves none so far. */
export function leavesEndpoint({ before, next }: Switch, { name }: Container): boolean {
  const served = (state: State): string[] => {
    const container = containerNamed(state, name);
    if (!container) return [];
    const { service } = ownersOf(state, container);
    return servedBy(state, service.name, container.position).map((endpoint) => endpoint.name);
  };
  const [was, then] = [served(before), new Set(served(next))];
  return was.length === 0 || was.some((endpoint) => !then.has(endpoint));
}

/** The container of a name that is there before and after, as it is after. */
export function stayingContainer(
  { before, next }: Pick<Sides, 'before' | 'next'>,
  name: string,
): Container | undefined {
  return containerNamed(before, name) && containerNamed(next, name);
}

/** Seconds that what is under way to a container may take to end, where its service says so. */
export function ownLimitOf({ before, next }: Switch, name: string): number | null {
  const state = containerNamed(before, name) ? before : next;
  const container = containerNamed(state, name);
  return container ? ownersOf(state, container).service.traffic.drainLimit : null;
}
