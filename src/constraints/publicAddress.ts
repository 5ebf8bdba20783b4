import type { Environment } from '../model/environment.ts';
import type { Endpoint } from '../model/state.ts';

/** The address of an endpoint as messages name it; none of its own and one that a load balancer has are the same. */
export function publicAddress({ address }: Endpoint, { loadBalancers }: Environment): string {
  const isOwn = address === null || loadBalancers.some((balancer) => balancer.address === address);
  return isOwn ? 'the load balancer' : address;
}

/** Whether a number can be that of a TCP port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
