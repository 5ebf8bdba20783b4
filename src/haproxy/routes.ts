import type { Environment, Host, LoadBalancer, PortRange } from '../model/environment.ts';
import { childrenOf, targetOf, type LinkTarget } from '../model/links.ts';
import { containersOf, externalNamed, serviceNamed, stackNamed, stacksOf } from '../model/lookup.ts';
import type { Container, Endpoint, Service, State } from '../model/state.ts';
import { endpointOptions, evenWeight, type EndpointOptions, type Mode } from '../model/traffic.ts';
import { rootsOf } from '../model/trees.ts';
import { frontsOf, type Frontend } from './fronts.ts';
import { rowNotes } from './rowNotes.ts';

/** Seconds of silence that end a session over a link; a dead one is noticed by TCP itself long before. */
const linkTunnel = 86_400;

/** What a load balancer should make reachable, and where; derived from the state alone. */
export type Routes = {
  readonly frontends: readonly Frontend[];
  readonly backends: readonly Backend[];
  /** Null where no service calls another one. */
  readonly links: LinkRoutes | null;
  /** Seconds that workers of an earlier configuration may take to end what they serve: the longest that anything may. */
  readonly drainLimit: number;
  /** The rows of the state that it all is made of, as comments. */
  readonly notes: readonly string[];
};

/** An endpoint's containers, one on every stack; those of a service that is called, at a position; or an external target. */
export type Backend = {
  readonly name: string;
  readonly options: EndpointOptions;
  readonly healthPath: string | null;
  readonly servers: readonly Server[];
};

export type Server = {
  readonly name: string;
  /** An IPv4 address; a host name where the server is an external one. */
  readonly address: string;
  readonly port: number;
  /** Its share among the servers of its backend, 0 to 256. */
  readonly weight: number;
};

/** The ports by which containers reach the services they call, and where each leads. */
export type LinkRoutes = {
  readonly address: string | null;
  readonly http: PortRange;
  readonly tcp: PortRange;
  /** The file HAProxy reads the entries from when it starts. */
  readonly map: string;
  readonly entries: ReadonlyMap<number, LinkEntry>;
};

export type LinkEntry = {
  readonly backend: string;
  /** Seconds that connections may stay on this way once the link leads elsewhere. */
  readonly drainLimit: number;
};

/** The routes of a state on one load balancer. */
export function routes(state: State, environment: Environment, balancer: LoadBalancer): Routes {
  const endpoints = [...state.endpoints].sort((a, b) => (a.name < b.name ? -1 : 1));
  const frontends = frontsOf(endpoints, balancer);
  const hosts = new Map(environment.hosts.map((host) => [host.name, host]));
  const called = calledServices(state);
  const counts = positionsCalled(state, environment);
  return {
    frontends,
    backends: [
      ...endpoints.flatMap((endpoint) => endpointBackend(state, hosts, endpoint)),
      ...called.flatMap((name) => linkBackends(state, hosts, name, counts(name))),
    ],
    links: called.length === 0 ? null : linkRoutes(state, environment, balancer),
    drainLimit: longestLimit(state, balancer),
    notes: rowNotes(state),
  };
}

/** Whether two states have the same routes on every load balancer, so that going from one to the other moves no traffic. */
export function haveSameRoutes(a: State, b: State, environment: Environment): boolean {
  const text = (state: State, balancer: LoadBalancer): string => {
    const { links, ...rest } = routes(state, environment, balancer);
    return JSON.stringify([rest, links, [...(links?.entries ?? [])]]);
  };
  return environment.loadBalancers.every((balancer) => text(a, balancer) === text(b, balancer));
}

function longestLimit({ services, edges }: State, balancer: LoadBalancer): number {
  const limits = [
    ...services.map(({ traffic }) => traffic.drainLimit),
    ...edges.map((edge) => edge.drainLimit),
  ];
  return limits.reduce<number>((most, limit) => Math.max(most, limit ?? 0), balancer.drainLimit);
}

/** Every service and external service that some other one calls, or says it does. */
function calledServices(state: State): string[] {
  const callers = new Set([
    ...state.edges.map((edge) => edge.parent),
    ...state.services.filter(({ traffic }) => traffic.uses.length > 0).map(({ name }) => name),
  ]);
  return [...new Set([...callers].flatMap((caller) => childrenOf(state, caller)))].sort();
}

type Hosts = ReadonlyMap<string, Host>;

function endpointBackend(state: State, hosts: Hosts, endpoint: Endpoint): Backend[] {
  const service = serviceNamed(state, endpoint.service);
  if (!service) return [];
  const { path } = service.settings.health;
  const { weights } = endpoint.options;
  const spread = rootsOf(endpoint).flatMap((position) => {
    const weight = weights.find((share) => share.position === position)?.weight;
    return serversAt(state, hosts, service, position).map((server) =>
      weight === undefined ? server : { ...server, weight },
    );
  });
  return [{ name: endpoint.name, options: endpoint.options, healthPath: path, servers: spread }];
}

/** The backends to which links to a service lead: one for each position, so that calling another one needs no reload. */
function linkBackends(state: State, hosts: Hosts, name: string, count: number): Backend[] {
  const external = externalNamed(state, name);
  if (external) {
    const { mode, healthPath, targets } = external;
    return targets.map(({ stage, host, port }) => {
      const backend = backendOf({ child: name, position: null, stage });
      const server = { name: `${name}.${stage}`, address: host, port, weight: evenWeight };
      return { name: backend, options: linkOptions(mode), healthPath, servers: [server] };
    });
  }
  const service = serviceNamed(state, name);
  if (!service) return [];
  return Array.from({ length: count }, (_, position) => ({
    name: backendOf({ child: name, position, stage: '' }),
    options: linkOptions(service.traffic.mode),
    healthPath: service.settings.health.path,
    servers: serversAt(state, hosts, service, position),
  }));
}

/** Headers pass as they are; and a session with a database may be silent for a day. */
function linkOptions(mode: Mode): EndpointOptions {
  return endpointOptions({ mode, forwarded: false, timeoutTunnel: linkTunnel });
}

/** How many positions of a service may be called: as many as there are stages, and up to the last one that anything names. */
function positionsCalled({ edges, endpoints }: State, { rules }: Environment): (service: string) => number {
  const everywhere = endpoints
    .flatMap(rootsOf)
    .reduce((most, root) => Math.max(most, root + 1), rules.stages.length);
  const fixed = new Map<string, number>();
  for (const { child, position } of edges) {
    if (position !== null) fixed.set(child, Math.max(fixed.get(child) ?? 0, position + 1));
  }
  return (service) => Math.max(everywhere, fixed.get(service) ?? 0);
}

/** The name of the backend a link leads to. No name of an endpoint has a dot. */
function backendOf({ child, position, stage }: Pick<LinkTarget, 'child' | 'position' | 'stage'>): string {
  return `link.${child}.${position ?? stage}`;
}

function serversAt(state: State, hosts: Hosts, service: Service, position: number): Server[] {
  return stacksOf(state, service.name).flatMap((stack) => {
    const container = containersOf(state, stack.name)[position];
    const host = hosts.get(stack.host);
    return container && host
      ? [{ name: container.name, address: host.address, port: container.hostPort, weight: evenWeight }]
      : [];
  });
}

function linkRoutes(state: State, environment: Environment, balancer: LoadBalancer): LinkRoutes {
  const { http, tcp } = environment.links;
  const entries = state.containers.flatMap((container) =>
    linksOf(state, environment, container).map(({ port, target }): [number, LinkEntry] => {
      const drainLimit = target.drainLimit ?? balancer.drainLimit;
      return [port, { backend: backendOf(target), drainLimit }];
    }),
  );
  entries.sort(([a], [b]) => a - b);
  return { address: balancer.address, http, tcp, map: balancer.linkMap, entries: new Map(entries) };
}

function linksOf(
  state: State,
  environment: Environment,
  { stack, position, links }: Container,
): { port: number; target: LinkTarget }[] {
  const service = stackNamed(state, stack)?.service;
  if (service === undefined) return [];
  return Object.entries(links).flatMap(([child, { port }]) => {
    const target = targetOf(state, environment, { service, position }, child);
    return target ? [{ port, target }] : [];
  });
}
