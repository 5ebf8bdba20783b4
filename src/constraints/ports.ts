import { stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { constraint, type Finding, type World } from './constraint.ts';

export const ports = constraint({
  code: 'ports',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'Public address, port and URL are unique among endpoints; host ports are unique and inside the range of each host.',
  judge: (world) => [...publicPorts(world), ...hostPorts(world.state), ...rangePorts(world)],
});

function publicPorts({ state, environment }: World): Finding[] {
  const own = environment.loadBalancers.map((balancer) => balancer.address);
  const seen = new Map<string, string>();
  return state.endpoints.flatMap((endpoint): Finding[] => {
    const about = { service: endpoint.service, object: endpoint.name };
    if (!Number.isInteger(endpoint.port) || endpoint.port < 1 || endpoint.port > 65535) {
      return [{ ...about, fact: `${endpoint.port} is no TCP port`, remedy: 'choose one from 1 to 65535' }];
    }
    const address =
      endpoint.address === null || own.includes(endpoint.address) ? 'the load balancer' : endpoint.address;
    const front = `port ${endpoint.port} of ${address}${endpoint.url === null ? '' : ` for ${endpoint.url}`}`;
    const other = seen.get(front);
    seen.set(front, endpoint.name);
    if (other === undefined) return [];
    const remedy = 'choose another port or address, or tell them apart by --url';
    return [{ ...about, fact: `${front} is taken by ${other}`, remedy }];
  });
}

function hostPorts(state: State): Finding[] {
  const seen = new Map<string, string>();
  return state.containers.flatMap((container): Finding[] => {
    const stack = stackNamed(state, container.stack);
    if (!stack) return [];
    const place = `port ${container.hostPort} of host ${stack.host}`;
    const other = seen.get(place);
    seen.set(place, container.name);
    if (other === undefined) return [];
    return [
      {
        service: stack.service,
        object: container.name,
        fact: `${place} is taken by ${other}`,
        remedy: 'release it again',
      },
    ];
  });
}

function rangePorts({ state, environment }: World): Finding[] {
  const ranges = new Map(environment.hosts.map((host) => [host.name, host.ports]));
  return state.containers.flatMap((container): Finding[] => {
    const stack = stackNamed(state, container.stack);
    const range = stack && ranges.get(stack.host);
    if (!range || (container.hostPort >= range.from && container.hostPort <= range.to)) return [];
    const fact = `port ${container.hostPort} is outside the range ${range.from}-${range.to} of host ${stack.host}`;
    return [{ service: stack.service, object: container.name, fact, remedy: 'widen the range in hosts.yml' }];
  });
}
