import type { Connection, EngineTransport } from '../model/connection.ts';
import type { Environment } from '../model/environment.ts';
import { containersOn } from '../model/lookup.ts';
import type { State } from '../model/state.ts';

/** A Docker host with what the state has put on it. */
export type HostEntry = {
  readonly name: string;
  readonly address: string;
  readonly engine: string;
  readonly ports: string;
  readonly containers: number;
  readonly maxContainers: number | null;
  readonly stacks: readonly string[];
};

export function hostEntries(state: State, environment: Environment, connection: Connection): HostEntry[] {
  const known = new Set(environment.hosts.map((host) => host.name));
  const forgotten = [...new Set(state.stacks.map((stack) => stack.host))].filter((host) => !known.has(host));
  const configured = environment.hosts.map(({ name, address, ports, maxContainers }) => {
    const engine = connection.engines.find((candidate) => candidate.name === name);
    return {
      ...{ name, address, maxContainers, ports: `${ports.from}-${ports.to}` },
      engine: engine ? transportText(engine.transport) : '-',
      containers: containersOn(state, name).length,
      stacks: stacksOn(state, name),
    };
  });
  return [...configured, ...forgotten.sort().map((name) => forgottenEntry(state, name))];
}

/** A host that stacks stand on, and that hosts.yml does not name any more. */
function forgottenEntry(state: State, name: string): HostEntry {
  return {
    ...{ name, address: '-', engine: 'not in hosts.yml', ports: '-', maxContainers: null },
    ...{ containers: containersOn(state, name).length, stacks: stacksOn(state, name) },
  };
}

function stacksOn(state: State, host: string): string[] {
  return state.stacks.filter((stack) => stack.host === host).map((stack) => stack.name);
}

function transportText(transport: EngineTransport): string {
  switch (transport.kind) {
    case 'unix':
      return `unix://${transport.socket}`;
    case 'tls':
      return `tcp://${transport.host}:${transport.port} (TLS)`;
    case 'plain':
      return `tcp://${transport.host}:${transport.port} (INSECURE)`;
    case 'ssh':
      return `ssh://${transport.destination}`;
  }
}
