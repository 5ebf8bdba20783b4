import type { LoadBalancer } from '../model/environment.ts';
import type { Endpoint } from '../model/state.ts';
import type { Mode } from '../model/traffic.ts';

/** One public address and port: the endpoints that share it, or the redirect to another port of it. */
export type Frontend = {
  readonly name: string;
  readonly address: string | null;
  readonly port: number;
  readonly mode: Mode;
  /** The files of the certificates; the first is for clients that name no host. Empty: no TLS. */
  readonly certificates: readonly string[];
  /** Seconds that a client may be silent. */
  readonly timeoutClient: number;
  /** The TLS port of the same address to which every request is redirected; null where requests are answered. */
  readonly redirectTo: number | null;
  /** Backends chosen by the request's host name, in order of name. */
  readonly byHost: readonly { readonly url: string; readonly backend: string }[];
  /** The backend for every other request; null answers these with 404. */
  readonly fallback: string | null;
};

/** The frontends that endpoints, in order of name, need on a load balancer; by port and name. */
export function frontsOf(endpoints: readonly Endpoint[], balancer: LoadBalancer): Frontend[] {
  const redirecting = endpoints.filter(({ options }) => options.redirectFrom !== null);
  const fronts = [
    ...sharing(endpoints, balancer, ({ port }) => port).map((rows) => answering(rows, balancer)),
    ...sharing(redirecting, balancer, redirectPort).map((rows) => redirect(rows, balancer)),
  ];
  return fronts.sort((a, b) => a.port - b.port || (a.name < b.name ? -1 : 1));
}

/** The files of the certificates of all endpoints, each once and in order: what `certificateFingerprints` is asked for. */
export function certificatesOf(endpoints: readonly Endpoint[]): string[] {
  const paths = endpoints.map(({ options }) => options.certificate).filter((path) => path !== null);
  return [...new Set(paths)].sort();
}

function redirectPort({ options }: Endpoint): number {
  return options.redirectFrom ?? 0;
}

/** The endpoints in groups of one address and port. */
function sharing(
  endpoints: readonly Endpoint[],
  balancer: LoadBalancer,
  portOf: (endpoint: Endpoint) => number,
): [Endpoint, ...Endpoint[]][] {
  const groups = new Map<string, [Endpoint, ...Endpoint[]]>();
  for (const endpoint of endpoints) {
    const front = `${endpoint.address ?? balancer.address ?? '*'}:${portOf(endpoint)}`;
    const group = groups.get(front);
    if (group) group.push(endpoint);
    else groups.set(front, [endpoint]);
  }
  return [...groups.values()];
}

/** The rules see to it that endpoints of one port agree on its options, so those of the first are those of all. */
function answering(endpoints: readonly [Endpoint, ...Endpoint[]], balancer: LoadBalancer): Frontend {
  const [{ port, options }] = endpoints;
  const fallback = endpoints.find(({ url }) => url === null);
  const certificates = [...(fallback ? [fallback] : []), ...endpoints].map((row) => row.options.certificate);
  return {
    ...place(endpoints, balancer, port),
    mode: options.mode,
    certificates: [...new Set(certificates.filter((path) => path !== null))],
    timeoutClient: options.timeoutClient,
    redirectTo: null,
    byHost: endpoints.flatMap(({ url, name }) => (url === null ? [] : [{ url, backend: name }])),
    fallback: fallback?.name ?? null,
  };
}

function redirect(endpoints: readonly [Endpoint, ...Endpoint[]], balancer: LoadBalancer): Frontend {
  const [first] = endpoints;
  return {
    ...place(endpoints, balancer, redirectPort(first)),
    mode: 'http',
    certificates: [],
    timeoutClient: first.options.timeoutClient,
    redirectTo: first.port,
    byHost: [],
    fallback: null,
  };
}

function place(
  [{ address: own }]: readonly [Endpoint, ...Endpoint[]],
  balancer: LoadBalancer,
  port: number,
): Pick<Frontend, 'name' | 'address' | 'port'> {
  const address = own ?? balancer.address;
  return { name: `front-${(address ?? 'any').replaceAll('.', '-')}-${port}`, address, port };
}
