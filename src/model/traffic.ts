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

/** The way in through an endpoint. */
export type EndpointOptions = {
  readonly mode: Mode;
  /** How its requests are spread over positions, as during a canary; empty sends all of them to its pointer. */
  readonly weights: readonly Weight[];
};

export const defaultEndpointOptions: EndpointOptions = { mode: 'http', weights: [] };

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
