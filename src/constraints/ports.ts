import { stackNamed } from '../model/lookup.ts';
import type { Endpoint, State } from '../model/state.ts';
import { constraint, type Finding, type World } from './constraint.ts';
import { isPort, linkPortsAt, publicAddress } from './publicAddress.ts';

export const ports = constraint({
  code: 'ports',
  kind: 'correct',
  concerns: 'standing',
  summary:
    'Public address, port and URL are unique among endpoints and none of the links; host ports are unique and inside the range of each host.',
  judge: (world) => [...publicPorts(world), ...hostPorts(world.state), ...rangePorts(world)],
});

function publicPorts({ state, environment }: World): Finding[] {
  const seen = new Map<string, Endpoint>();
  return state.endpoints.flatMap((endpoint): Finding[] => {
    const about = { service: endpoint.service, object: endpoint.name };
    if (!isPort(endpoint.port)) {
      return [{ ...about, fact: `${endpoint.port} is no TCP port`, remedy: 'choose one from 1 to 65535' }];
    }
    const links = linkPortsAt(endpoint, endpoint.port, environment);
    if (links) {
      const fact = `port ${endpoint.port} is one of those at which containers reach the services they call (${links.from}-${links.to})`;
      return [{ ...about, fact, remedy: 'choose another port, or move the range of links in hosts.yml' }];
    }
    const address = publicAddress(endpoint, environment);
    const front = `port ${endpoint.port} of ${address}${endpoint.url === null ? '' : ` for ${endpoint.url}`}`;
    const other = seen.get(front);
    seen.set(front, endpoint);
    if (other === undefined) return [];
    // Only requests say which host they are for; a TCP connection has nothing to be told apart by.
    const isHttp = [endpoint, other].every(({ options }) => options.mode === 'http');
    const remedy = `choose another port or address${isHttp ? ', or tell them apart by --url' : ''}`;
    return [{ ...about, fact: `${front} is taken by ${other.name}`, remedy }];
  });
}

function hostPorts(state: State): Finding[] {
  const seen = new Map<string, string>();
  return [...state.retained, ...state.containers].flatMap((container): Finding[] => {
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
