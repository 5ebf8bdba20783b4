import type { Fingerprints } from '../haproxy/endpointLines.ts';
import { readGeneration, render } from '../haproxy/render.ts';
import { routes, type Backend, type Routes, type Server } from '../haproxy/routes.ts';
import type { Environment, LoadBalancer } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Serving } from './advance.ts';
import type { Findings, Repair } from './repairs.ts';

/** A load balancer as it was seen: its file, and what its running HAProxy serves. */
export type SeenBalancer = {
  readonly live: string;
  readonly fingerprints: Fingerprints;
  readonly generation: string | null;
  readonly servers: ReadonlyMap<string, readonly SeenServer[]>;
  readonly links: ReadonlyMap<number, string>;
  /** Whether the configuration it runs leads links by their map. */
  readonly usesMap: boolean;
};

/** `up`: HAProxy's own checks hold it for able to answer. */
export type SeenServer = Server & { readonly state: 'ready' | 'drain' | 'maint'; readonly up: boolean };

export type SeenBalancers = ReadonlyMap<string, SeenBalancer | Error>;

/** What a load balancer serves, what it is to serve, and how one comes to the other. */
export type View = {
  readonly balancer: LoadBalancer;
  readonly seen: SeenBalancer;
  readonly to: Routes;
  readonly config: string;
  /**
   * What is loaded before anything else where the file or more than servers and links differ: the servers that answer. Null where the
   * running HAProxy is only told.
   */
  readonly load: string | null;
  /** The servers that a backend has after that, and those of them that answer; by backend. */
  readonly present: ReadonlyMap<string, readonly string[]>;
  readonly serving: ReadonlyMap<string, readonly string[]>;
  /** Servers that answer, and take no requests. */
  readonly lacking: readonly [backend: string, server: Server][];
  readonly reweighed: readonly [backend: string, server: Server, previous: number][];
  /** Servers that nothing of the state explains. */
  readonly extras: readonly [backend: string, server: SeenServer][];
  readonly misled: readonly { readonly port: number; readonly backend: string; readonly limit: number }[];
};

/** Whether a load balancer is none of our business: there is nothing for it to serve, and its file is not ours. */
export function isUnused({ endpoints, edges }: State, live: string): boolean {
  return endpoints.length + edges.length === 0 && readGeneration(live) === null;
}

export function viewOf(
  state: State,
  environment: Environment,
  balancer: LoadBalancer,
  seen: SeenBalancer,
  findings: Findings,
): View | null {
  const to = routes(state, environment, balancer);
  const config = render(to, balancer, seen.fingerprints);
  if (isUnused(state, seen.live)) return null;
  const { answering, repairs } = findings;
  const mended = new Map(repairs.map((repair) => [repair.spec.name, repair]));
  const foundIn = (backend: Backend, { name }: Server): SeenServer | undefined =>
    seen.servers.get(backend.name)?.find((server) => server.name === name);
  const isUp = (server: SeenServer | undefined): boolean => server?.state === 'ready' && server.up;
  const isKept = (backend: Backend, server: Server): boolean =>
    answers(server, answering) ||
    (!mended.has(server.name) && findings.unknown.has(server.name) && isUp(foundIn(backend, server)));
  const each = to.backends.flatMap((backend) =>
    backend.servers.map((server) => ({ backend, server, found: foundIn(backend, server) })),
  );
  const isOff = ({ server, found }: (typeof each)[number]): boolean =>
    isExternal(server.name)
      ? found?.state !== 'ready' || found.weight !== server.weight
      : found !== undefined && (found.address !== server.address || found.port !== server.port);
  const lacksMap = to.links !== null && !seen.usesMap;
  const isOther = seen.live !== config || seen.generation !== readGeneration(config);
  const isStrange = isOther || lacksMap || each.some(isOff);
  const bridge = { ...to, backends: to.backends.map((one) => withServers(one, (s) => isKept(one, s))) };
  if (isStrange) {
    const names = namesIn(bridge);
    const load = render(bridge, balancer, seen.fingerprints);
    const rest = { lacking: [], reweighed: [], extras: [], misled: [] };
    return { balancer, seen, to, config, load, present: names, serving: names, ...rest };
  }
  const isBack = (repair: Repair | undefined): boolean =>
    repair === undefined || repair.work === 'rename' || repair.work === 'settle';
  const lacking = each.filter(
    ({ server, found }) =>
      answering.has(server.name) && isBack(mended.get(server.name)) && found?.state !== 'ready',
  );
  const reweighed = each.filter(
    ({ server, found }) => found?.state === 'ready' && found.weight !== server.weight,
  );
  const added = (backend: string): string[] =>
    lacking.flatMap((one) => (one.backend.name === backend ? [one.server.name] : []));
  const present = to.backends.map((backend): [string, string[]] => {
    const there = backend.servers.filter((server) => foundIn(backend, server)).map(({ name }) => name);
    return [backend.name, [...new Set([...there, ...added(backend.name)])]];
  });
  const serving = to.backends.map((backend): [string, string[]] => {
    const up = backend.servers.filter((s) => isUp(foundIn(backend, s)) && isKept(backend, s));
    return [backend.name, [...new Set([...up.map(({ name }) => name), ...added(backend.name)])]];
  });
  const wanted = new Map(to.backends.map(({ name, servers }) => [name, new Set(servers.map((s) => s.name))]));
  const extras = [...seen.servers].flatMap(([backend, servers]) =>
    servers
      .filter(({ name }) => wanted.get(backend)?.has(name) !== true)
      .map((server): [string, SeenServer] => [backend, server]),
  );
  const misled = [...(to.links?.entries ?? [])]
    .filter(([port, { backend }]) => seen.links.get(port) !== backend)
    .map(([port, { backend, drainLimit }]) => ({ port, backend, limit: drainLimit }));
  return {
    ...{ balancer, seen, to, config, load: null, extras, misled },
    present: new Map(present),
    serving: new Map(serving),
    lacking: lacking.map(({ backend, server }) => [backend.name, server]),
    reweighed: reweighed.map(({ backend, server, found }) => [backend.name, server, found?.weight ?? 0]),
  };
}

/** What a load balancer does for the state at the beginning: its servers that answer, as its checks and the hosts say. */
export function servingAtFirst({ to, seen }: View, { answering, unknown }: Findings): Serving {
  const taking = to.backends.map(({ name, servers }): [string, string[]] => {
    const found = new Map((seen.servers.get(name) ?? []).map((server) => [server.name, server]));
    const isServing = (server: Server): boolean => {
      const { state, up } = found.get(server.name) ?? { state: 'maint', up: false };
      return state === 'ready' && up && (answers(server, answering) || unknown.has(server.name));
    };
    return [name, servers.filter(isServing).map((server) => server.name)];
  });
  // What nothing of the state explains serves nobody that the state knows of, and goes.
  const wanted = new Map(
    to.backends.map(({ name, servers }) => [name, servers.map((server) => server.name)]),
  );
  const extras = [...seen.servers].map(([backend, servers]): [string, string[]] => [
    backend,
    servers.map(({ name }) => name).filter((name) => wanted.get(backend)?.includes(name) !== true),
  ]);
  return { taking: new Map(taking), draining: new Map(extras), oldWorkers: [], links: seen.links };
}

function answers({ name }: Server, answering: ReadonlySet<string>): boolean {
  return answering.has(name) || isExternal(name);
}

/** The target of an external service, which nobody here mends. No container's name has a dot. */
function isExternal(server: string): boolean {
  return server.includes('.');
}

function withServers(backend: Backend, keeps: (server: Server) => boolean): Backend {
  return { ...backend, servers: backend.servers.filter(keeps) };
}

function namesIn({ backends }: Routes): Map<string, string[]> {
  return new Map(backends.map(({ name, servers }) => [name, servers.map((server) => server.name)]));
}
