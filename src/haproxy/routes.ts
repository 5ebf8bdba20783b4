import type { Environment, Host, LoadBalancer } from '../model/environment.ts';
import { containersOf, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { Endpoint, Service, State } from '../model/state.ts';

/** What a load balancer should make reachable, and where; derived from the state alone. */
export type Routes = { readonly frontends: readonly Frontend[]; readonly backends: readonly Backend[] };

/** One public address and port, with the endpoints that share it. */
export type Frontend = {
  readonly name: string;
  readonly address: string | null;
  readonly port: number;
  /** Backends chosen by the request's host name, in order of name. */
  readonly byHost: readonly { readonly url: string; readonly backend: string }[];
  /** The backend for every other request; null answers these with 503. */
  readonly fallback: string | null;
};

/** One endpoint: the containers at its pointer, one on every stack. */
export type Backend = {
  readonly name: string;
  readonly healthPath: string | null;
  readonly servers: readonly Server[];
};

export type Server = { readonly name: string; readonly address: string; readonly port: number };

/** The routes of a state on one load balancer. */
export function routes(state: State, environment: Environment, balancer: LoadBalancer): Routes {
  const endpoints = [...state.endpoints].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byFront = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const front = `${endpoint.address ?? balancer.address ?? '*'}:${endpoint.port}`;
    const sharing = byFront.get(front);
    if (sharing) sharing.push(endpoint);
    else byFront.set(front, [endpoint]);
  }
  const frontends = [...byFront.values()].map((sharing) => frontend(sharing, balancer));
  frontends.sort((a, b) => a.port - b.port || (a.name < b.name ? -1 : 1));
  const hosts = new Map(environment.hosts.map((host) => [host.name, host]));
  return { frontends, backends: endpoints.flatMap((endpoint) => backend(state, hosts, endpoint)) };
}

/** Whether two states have the same routes on every load balancer, so that going from one to the other moves no traffic. */
export function haveSameRoutes(a: State, b: State, environment: Environment): boolean {
  const text = (state: State, balancer: LoadBalancer): string =>
    JSON.stringify(routes(state, environment, balancer));
  return environment.loadBalancers.every((balancer) => text(a, balancer) === text(b, balancer));
}

function frontend(endpoints: readonly Endpoint[], balancer: LoadBalancer): Frontend {
  const [{ port, address: own } = { port: 0, address: null }] = endpoints;
  const address = own ?? balancer.address;
  return {
    name: `front-${(address ?? 'any').replaceAll('.', '-')}-${port}`,
    address,
    port,
    byHost: endpoints.flatMap(({ url, name }) => (url === null ? [] : [{ url, backend: name }])),
    fallback: endpoints.find((endpoint) => endpoint.url === null)?.name ?? null,
  };
}

function backend(state: State, hosts: ReadonlyMap<string, Host>, endpoint: Endpoint): Backend[] {
  const service = serviceNamed(state, endpoint.service);
  if (!service) return [];
  const { path } = service.settings.health;
  return [
    {
      name: endpoint.name,
      healthPath: path,
      servers: servers(state, hosts, service, endpoint.pointer),
    },
  ];
}

function servers(
  state: State,
  hosts: ReadonlyMap<string, Host>,
  service: Service,
  pointer: number,
): Server[] {
  return stacksOf(state, service.name).flatMap((stack) => {
    const container = containersOf(state, stack.name)[pointer];
    const host = hosts.get(stack.host);
    return container && host
      ? [{ name: container.name, address: host.address, port: container.hostPort }]
      : [];
  });
}
