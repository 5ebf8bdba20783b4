/** How requests reach containers: the settings of services, endpoints and external services that HAProxy follows. */

/** `http`: each request is routed by itself. `tcp`: a connection is routed when it begins, and stays where it is. */
export type Mode = 'http' | 'tcp';

/** How a service is called, by its endpoints' users and by the services that use it. */
export type ServiceTraffic = {
  readonly mode: Mode;
  /** Services it calls, whatever its trees say so far: its containers have links to them from the first one on. */
  readonly uses: readonly string[];
  /** Seconds that requests and connections may take to end when a container leaves; null takes the load balancer's. */
  readonly drainLimit: number | null;
};

export const defaultServiceTraffic: ServiceTraffic = { mode: 'http', uses: [], drainLimit: null };

/**
 * How requests are spread over the containers behind an endpoint. Only ways that HAProxy 2.6 can give servers to while it
 * runs: it refuses `static-rr`, and `source` without a consistent hash [tried].
 */
export const balances = ['roundrobin', 'leastconn', 'random', 'source'] as const;
export type Balance = (typeof balances)[number];

/** The way in through an endpoint. Endpoints that share a port agree on what HAProxy decides before it knows which one is meant. */
export type EndpointOptions = {
  readonly mode: Mode;
  /** How its requests are spread over positions, as during a canary; empty sends all of them to its pointer. */
  readonly weights: readonly Weight[];
  /**
   * A PEM file with the certificate, its chain and its key, by its absolute path on the load balancer's machine: TLS ends
   * there, and containers are spoken to without. Null: no TLS.
   */
  readonly certificate: string | null;
  /** A port of the same address where plain HTTP is answered with a redirect to the endpoint; null: none. */
  readonly redirectFrom: number | null;
  /**
   * Whether containers are told the client's address, scheme, host and port by `X-Forwarded-*`, in place of whatever the
   * client sent. False passes on what came in, for an endpoint behind another proxy that sets them. HTTP only.
   */
  readonly forwarded: boolean;
  /** `source` sends a client's address to the same container, as long as the containers stay the same. */
  readonly balance: Balance;
  /** Whether a client stays at one container, by a cookie that HAProxy sets, until that container leaves. HTTP only. */
  readonly sticky: boolean;
  /** Seconds to reach a container; each of the tries. */
  readonly timeoutConnect: number;
  /** Seconds that a client may be silent when it is its turn. */
  readonly timeoutClient: number;
  /** Seconds that a container may be silent when it is its turn. */
  readonly timeoutServer: number;
  /** Seconds of silence on both sides that end a TCP connection, or an HTTP one that was upgraded (a web socket). */
  readonly timeoutTunnel: number;
};

export const defaultEndpointOptions: EndpointOptions = {
  mode: 'http',
  weights: [],
  certificate: null,
  redirectFrom: null,
  forwarded: true,
  balance: 'roundrobin',
  sticky: false,
  timeoutConnect: 2,
  timeoutClient: 60,
  timeoutServer: 60,
  timeoutTunnel: 3600,
};

/** The options that are given, and the defaults of their mode for the others: a TCP connection has no headers. */
export function endpointOptions(given: Partial<EndpointOptions>): EndpointOptions {
  return { ...defaultEndpointOptions, forwarded: given.mode !== 'tcp', ...given };
}

/** Where a container reaches a service it calls: an address of the load balancer that never changes. */
export type Link = { readonly host: string; readonly port: number; readonly mode: Mode };

/** The share of an endpoint's requests that goes to a position, in relation to the shares of the others; 0 to 256. */
export type Weight = { readonly position: number; readonly weight: number };

/** The weight of servers that share their backend evenly. */
export const evenWeight = 100;

/** Where an external service answers at a stage. */
export type Target = {
  readonly stage: string;
  /** An IPv4 address or a host name. */
  readonly host: string;
  readonly port: number;
};

/** A target as people write it, for example `db.prod.example:5432`. */
export function targetText({ host, port }: Target): string {
  return `${host}:${port}`;
}
