import type { Environment, PortRange } from '../model/environment.ts';
import type { Endpoint } from '../model/state.ts';

const ofBalancer = 'the load balancer';

/** The address of an endpoint as messages name it; none of its own and one that a load balancer has are the same. */
export function publicAddress({ address }: Endpoint, { loadBalancers }: Environment): string {
  const isOwn = address === null || loadBalancers.some((balancer) => balancer.address === address);
  return isOwn ? ofBalancer : address;
}

/** Whether a number can be that of a TCP port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

/**
 * The range of link ports that a port of an endpoint's address is in, or undefined. HAProxy would bind both, and give each of
 * them a part of the connections, without a word [tried, 2.6.12].
 */
export function linkPortsAt(
  endpoint: Endpoint,
  port: number,
  environment: Environment,
): PortRange | undefined {
  if (publicAddress(endpoint, environment) !== ofBalancer) return undefined;
  const { http, tcp } = environment.links;
  return [http, tcp].find(({ from, to }) => port >= from && port <= to);
}
