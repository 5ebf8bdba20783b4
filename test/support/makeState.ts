import { createHash } from 'node:crypto';
import type { Environment, Facts, Host, LinkPorts, LoadBalancer } from '../../src/model/environment.ts';
import { containerName, endpointName, stackName } from '../../src/model/names.ts';
import { defaultRules, defaultStages, type Rules, type RuleSetting } from '../../src/model/rules.ts';
import type { Retention } from '../../src/model/retention.ts';
import { defaultSettings, type ServiceSettings } from '../../src/model/settings.ts';
import { defaultRolling, type Rolling } from '../../src/model/rolling.ts';
import {
  defaultEndpointOptions,
  defaultServiceTraffic,
  type ServiceTraffic,
} from '../../src/model/traffic.ts';
import {
  emptyState,
  type Container,
  type Endpoint,
  type Edge,
  type External,
  type PullPolicy,
  type State,
} from '../../src/model/state.ts';

/** What a test says of a service; everything else is filled in so that the state is correct and complete. */
export type ServiceSketch = {
  readonly image?: string;
  readonly pull?: PullPolicy;
  readonly settings?: Partial<ServiceSettings>;
  readonly traffic?: Partial<ServiceTraffic>;
  readonly retention?: Retention;
  readonly rolling?: Partial<Rolling>;
  readonly hosts?: readonly string[];
  readonly versions?: readonly string[];
  readonly endpoints?: Readonly<Record<string, Partial<Omit<Endpoint, 'name' | 'service'>>>>;
};

/** Builds a state from a sketch: names, counters, digests and ports come out as the actions would have made them. */
export function makeState(sketch: Readonly<Record<string, ServiceSketch>> = {}): State {
  return Object.entries(sketch).reduce(addSketch, emptyState);
}

function addSketch(state: State, [service, sketch]: [string, ServiceSketch]): State {
  const { hosts = ['docker01'], versions = ['v0.1', 'v0.2', 'v0.3'], endpoints = {} } = sketch;
  const image = sketch.image ?? `registry.example/${service}`;
  const settings = { ...defaultSettings, ...sketch.settings };
  const row = {
    name: service,
    image,
    pull: sketch.pull ?? 'registry',
    settings,
    traffic: { ...defaultServiceTraffic, ...sketch.traffic },
    retention: sketch.retention ?? null,
    rolling: { ...defaultRolling, ...sketch.rolling },
    nextStack: hosts.length + 1,
  };
  const nextContainer = versions.length + 1;
  const stacks = hosts.map((host, index) => ({
    name: stackName(service, index + 1),
    service,
    host,
    nextContainer,
  }));
  const containers = stacks.flatMap(({ name: stack, host }) => {
    const first = lowestPort + portsOn(state, host);
    return versions.map((version, position): Container => ({
      name: containerName(stack, position + 1),
      stack,
      position,
      version,
      digest: digestFor(image, version),
      created: null,
      hostPort: first + position,
      links: {},
    }));
  });
  return {
    ...state,
    services: [...state.services, row],
    stacks: [...state.stacks, ...stacks],
    containers: [...state.containers, ...containers],
    endpoints: [...state.endpoints, ...Object.entries(endpoints).map(sketchEndpoint(service))],
  };
}

const lowestPort = 20000;

function portsOn(state: State, host: string): number {
  const stacks = new Set(state.stacks.filter((stack) => stack.host === host).map((stack) => stack.name));
  return state.containers.filter((container) => stacks.has(container.stack)).length;
}

function sketchEndpoint(service: string) {
  return ([shortName, given]: [string, Partial<Endpoint>], index: number): Endpoint => {
    const position = defaultStages.findIndex((stage) => stage === shortName);
    return {
      name: endpointName(service, shortName),
      service,
      stage: defaultStages[position] ?? 'prod',
      pointer: Math.max(0, position),
      port: 8000 + index,
      address: null,
      url: null,
      options: defaultEndpointOptions,
      ...given,
    };
  };
}

/** The digest the tests give to an image's tag: the same everywhere, and another one for every tag. */
export function digestFor(image: string, version: string): string {
  return `sha256:${createHash('sha256').update(`${image}:${version}`).digest('hex')}`;
}

/** What a registry would answer for these versions of an image. */
export function makeFacts(image: string, versions: readonly string[]): Facts {
  return {
    images: versions.map((version) => ({
      version,
      host: null,
      digest: digestFor(image, version),
      created: null,
    })),
    now: 0,
  };
}

export function makeHost(name: string, given: Partial<Host> = {}): Host {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0);
  const address = `192.0.2.${10 + number}`;
  return {
    name,
    address,
    ports: { from: 20000, to: 20999 },
    maxContainers: 50,
    labels: {},
    placement: true,
    ...given,
  };
}

export function makeBalancer(given: Partial<LoadBalancer> = {}): LoadBalancer {
  return {
    name: 'lb01',
    address: '192.0.2.10',
    statsSocket: '/run/haproxy/stats.sock',
    linkMap: '/etc/haproxy/haproxy.cfg.links.map',
    drainLimit: 30,
    ...given,
  };
}

export const linkPorts: LinkPorts = {
  address: '192.0.2.10',
  http: { from: 10000, to: 10499 },
  tcp: { from: 10500, to: 10999 },
};

/** Three hosts, one load balancer and the default rules. */
export function makeEnvironment(given: Partial<Environment> = {}): Environment {
  return {
    rules: defaultRules,
    hosts: ['docker01', 'docker02', 'docker03'].map((name) => makeHost(name)),
    loadBalancers: [makeBalancer()],
    links: linkPorts,
    ...given,
  };
}

/** The environment without the rules of which almost every sketch of a state falls short. */
export function quiet(environment: Environment): Environment {
  const off = { level: 'off', parameters: {} } as const;
  const settings = {
    'tree-count': off,
    'host-loss': off,
    'memory-limit': off,
    ...environment.rules.settings,
  };
  return { ...environment, rules: { ...environment.rules, settings } };
}

/** The default rules with one rule set otherwise. */
export function ruleSet(
  code: string,
  { level, ...parameters }: { level?: RuleSetting['level']; [name: string]: unknown },
): Rules {
  const setting = { ...(level === undefined ? {} : { level }), parameters } as RuleSetting;
  return { ...defaultRules, settings: { [code]: setting } };
}

type Rows = {
  services: State['services'][number];
  stacks: State['stacks'][number];
  containers: Container;
  endpoints: Endpoint;
  externals: External;
};

/** The state with some fields of one row changed, however wrong the result may be. */
export function changeRow<Kind extends keyof Rows>(
  state: State,
  kind: Kind,
  name: string,
  change: Partial<Rows[Kind]>,
): State {
  if (!state[kind].some((row) => row.name === name)) throw new Error(`the test names ${name}, which is not`);
  return {
    ...state,
    [kind]: state[kind].map((row) => (row.name === name ? { ...row, ...change } : row)),
  };
}

export function withEdge(state: State, edge: Edge): State {
  return { ...state, edges: [...state.edges, edge] };
}

/** Freezes a value to its depths, so that an action that writes into its input throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
