import type { State } from '../../src/model/state.ts';
import type { Step } from '../../src/plan/step.ts';
import { balancer, type House } from './house.ts';

/**
 * A street of hosts with a load balancer, on which the steps of a plan are taken one by one: a second idea of what a step
 * does, which knows nothing of advance.ts. Every step that would be wrong to take is complained of.
 */
export type Street = {
  readonly house: House;
  /** What stands, by name. */
  readonly standing: Map<string, Place>;
  /** The servers of each backend. */
  backends: ReadonlyMap<string, readonly Server[]>;
  config: string;
  /** Those that may still be answering requests from before a switch. */
  readonly draining: Set<string>;
  /** Endpoints that must have a server at every moment. */
  readonly lasting: ReadonlySet<string>;
  readonly complaints: string[];
};

type Place = {
  readonly host: string;
  readonly port: number;
  phase: 'created' | 'started' | 'healthy' | 'stopped';
};
type Server = { readonly name: string; readonly at: string };

/** The street as a state says it is. `lasting` are the endpoints that are served before and after. */
export function streetOf(state: State, config: string, house: House, lasting: ReadonlySet<string>): Street {
  const hosts = new Map(state.stacks.map((stack) => [stack.name, stack.host]));
  const standing = state.containers.map(({ name, stack, hostPort }): [string, Place] => [
    name,
    { host: hosts.get(stack) ?? '', port: hostPort, phase: 'healthy' },
  ]);
  const street = { house, standing: new Map(standing), config, lasting };
  return { ...street, backends: backendsIn(config), draining: new Set(), complaints: [] };
}

/** The servers of each backend of a configuration, read from its text. */
export function backendsIn(config: string): Map<string, Server[]> {
  const backends = new Map<string, Server[]>();
  for (const section of config.split(/^backend /m).slice(1)) {
    const [name = '', ...lines] = section.split('\n');
    const servers = lines.map((line) => line.trim().split(' ')).filter(([word]) => word === 'server');
    backends.set(
      name,
      servers.map(([, server = '', at = '']) => ({ name: server, at })),
    );
  }
  return backends;
}

export function take(street: Street, step: Step): void {
  const complain = (text: string): void =>
    void street.complaints.push(`at ${step.kind} ${step.object}: ${text}`);
  switch (step.kind) {
    case 'create_container':
      create(street, step, complain);
      break;
    case 'start_container':
      move(street, step.spec.name, ['created', 'stopped'], 'started', complain);
      break;
    case 'wait_healthy':
      move(street, step.spec.name, ['started', 'healthy'], 'healthy', complain);
      break;
    case 'stop_container':
      if (isServed(street, step.spec.name)) complain('requests are still sent to it');
      if (street.draining.has(step.spec.name)) complain('it may still be answering');
      move(street, step.spec.name, ['started', 'healthy', 'created'], 'stopped', complain);
      break;
    case 'remove_container':
      if (street.standing.get(step.spec.name)?.phase === 'healthy') complain('it was not stopped');
      if (!street.standing.delete(step.spec.name)) complain('it is not there');
      break;
    case 'switch_traffic':
      turn(street, step, complain);
      break;
    case 'wait_drained':
      street.draining.clear();
      break;
    case 'check_host':
    case 'check_config':
    case 'pull_image':
    case 'commit_state':
      break;
  }
}

type Complain = (text: string) => void;

function create(street: Street, step: Extract<Step, { kind: 'create_container' }>, complain: Complain): void {
  const { name, hostPort: port } = step.spec;
  if (street.standing.has(name)) complain('there is one of this name');
  const there = [...street.standing.values()].filter((place) => place.host === step.host);
  if (there.some((place) => place.port === port)) complain(`port ${port} of ${step.host} is taken`);
  if (there.length + 1 > street.house.capacity) complain(`${step.host} has no room for it`);
  street.standing.set(name, { host: step.host, port, phase: 'created' });
}

function move(
  { standing }: Street,
  name: string,
  from: readonly Place['phase'][],
  to: Place['phase'],
  complain: Complain,
): void {
  const place = standing.get(name);
  if (!place) complain('it is not there');
  else if (!from.includes(place.phase)) complain(`it is ${place.phase}`);
  else standing.set(name, { ...place, phase: to });
}

function isServed({ backends }: Street, name: string): boolean {
  return [...backends.values()].some((servers) => servers.some((server) => server.name === name));
}

function turn(street: Street, step: Extract<Step, { kind: 'switch_traffic' }>, complain: Complain): void {
  const { standing, house, lasting } = street;
  if (step.host !== balancer.name) complain('no such load balancer');
  if (step.previous !== street.config) complain('another configuration lies there than the step says');
  for (const servers of street.backends.values()) for (const { name } of servers) street.draining.add(name);
  street.config = step.config;
  street.backends = backendsIn(step.config);
  for (const [backend, servers] of street.backends) {
    for (const { name, at } of servers) {
      const place = standing.get(name);
      if (place?.phase !== 'healthy')
        complain(`${backend} asks ${name}, which is ${place?.phase ?? 'not there'}`);
      const address = place && `192.0.2.${20 + house.hosts.indexOf(place.host)}:${place.port}`;
      if (address !== at)
        complain(`${backend} asks ${name} at ${at}, and it is at ${address ?? 'no address'}`);
    }
  }
  for (const endpoint of lasting) {
    if ((street.backends.get(endpoint) ?? []).length === 0) complain(`nothing answers for ${endpoint}`);
  }
}
