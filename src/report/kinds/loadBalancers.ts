import type { Kind } from '../kind.ts';
import { answerColumn, answerOf } from './answers.ts';
import type { View } from './view.ts';

/** A load balancer of hosts.yml, as programs get it. Every one serves every endpoint. */
export type BalancerEntry = {
  readonly name: string;
  /** The public address of endpoints that name none; null is all addresses. */
  readonly address: string | null;
  /** The words before each command that is run there, such as `ssh lb01`; null where it is this machine. */
  readonly run: string | null;
  readonly config: string;
  /** Seconds that requests may take to end. */
  readonly drainLimit: number;
  /** The public ports of the endpoints, each once. */
  readonly ports: readonly number[];
  readonly endpoints: number;
};

export function loadBalancersKind(view: View): Kind<BalancerEntry> {
  return {
    name: 'loadbalancer',
    none: 'There is no load balancer: name it in hosts.yml, under loadbalancers.',
    rows: balancerEntries(view),
    nameOf: ({ name }) => name,
    entry: (balancer) => ({ ...balancer, ...answerOf(view, balancer.name) }),
    columns: [
      { name: 'name', heading: 'Load balancer', value: ({ name }) => name },
      { name: 'address', heading: 'Address', value: ({ address }) => address ?? '*' },
      { name: 'run', heading: 'Reached by', value: ({ run }) => run ?? 'this machine', rank: 4 },
      { name: 'config', heading: 'Configuration', value: ({ config }) => config, rank: 5 },
      { name: 'drain', heading: 'Drain (s)', value: ({ drainLimit }) => drainLimit, rank: 6 },
      { name: 'endpoints', heading: 'Endpoints', value: ({ endpoints }) => endpoints },
      { name: 'ports', heading: 'Ports', value: ({ ports }) => ports.join(' ') || null },
      answerColumn(view),
    ],
  };
}

function balancerEntries({ state, environment, connection }: View): BalancerEntry[] {
  const ports = [...new Set(state.endpoints.map(({ port }) => port))].sort((a, b) => a - b);
  return environment.loadBalancers.map(({ name, address, drainLimit }) => {
    const reached = connection.balancers.find((balancer) => balancer.name === name);
    return {
      ...{ name, address, drainLimit, ports, endpoints: state.endpoints.length },
      run: reached && reached.run.length > 0 ? reached.run.join(' ') : null,
      config: reached?.config ?? '',
    };
  });
}
