import { defaultRolling } from '../../src/model/rolling.ts';
import { defaultEndpointOptions, defaultServiceTraffic } from '../../src/model/traffic.ts';
import { createHash } from 'node:crypto';
import { containerName, endpointName, stackName } from '../../src/model/names.ts';
import { defaultStages } from '../../src/model/rules.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Container, Edge, Endpoint, Service, Stack, State } from '../../src/model/state.ts';

/** How many hosts the generated environment has, whatever the number of its services. */
export const hostCount = 100;

/** Where containers reach what they call: 40,008 links for 10,000 services, each with a port of its own. */
export const balancerAddress = '192.0.2.200';
export const linkRange = { from: 20_000, to: 62_000 };

export const hostName = (index: number): string => `host${String(index).padStart(3, '0')}`;

/**
 * A correct and complete state of so many services: two stacks of three versions each, on hosts in turn. Every third
 * one is a main service with an endpoint at each stage, and the two after it are called in its trees. So 10,000
 * services have 60,000 containers, 10,002 endpoints and 20,000 edges or so.
 */
export function generate(count: number, image: string): State {
  const names = Array.from({ length: count }, (_, index) => serviceName(index));
  const mains = names.filter((_, index) => index % 3 === 0);
  const numbers = new Map(names.map((name, index) => [name, index]));
  const stacks = names.flatMap((service, index) => [1, 2].map((number) => stackRow(service, index, number)));
  const ports = linkPorts();
  return {
    revision: 0,
    services: names.map((name) => serviceRow(name, image)),
    stacks,
    containers: stacks.flatMap((stack, index) =>
      containerRows(stack, index, image).map((row) => ({
        ...row,
        links: linksTo(calledBy(stack.service), ports),
      })),
    ),
    endpoints: mains.flatMap((service) =>
      defaultStages.map((stage, pointer) => endpointRow(service, stage, pointer)),
    ),
    externals: [],
    retained: [],
    edges: mains.flatMap((service) => calledBy(service).flatMap((child) => edgeRows(service, child))),
  };

  function calledBy(service: string): string[] {
    const index = numbers.get(service) ?? 0;
    return index % 3 === 0 ? names.slice(index + 1, index + 3) : [];
  }
}

export const serviceName = (index: number): string => `service${index}`;

/** The ports of the load balancer that links have, in the order in which containers are made. */
function* linkPorts(): Generator<number, never> {
  for (let port = linkRange.from; ; port++) yield port;
}

function linksTo(children: readonly string[], ports: Iterator<number, never>): Container['links'] {
  return Object.fromEntries(
    children.map((child) => [child, { host: balancerAddress, port: ports.next().value, mode: 'http' }]),
  );
}

const versions = ['v1', 'v1', 'v2'];

function serviceRow(name: string, image: string): Service {
  const settings = { ...defaultSettings, memory: 64 * 1024 ** 2, env: { TZ: 'UTC', LANG: 'C.UTF-8' } };
  return {
    name,
    image,
    pull: 'registry',
    settings,
    traffic: defaultServiceTraffic,
    rolling: defaultRolling,
    retention: null,
    nextStack: 3,
  };
}

function stackRow(service: string, index: number, number: number): Stack {
  const host = hostName((index * 2 + number - 1) % hostCount);
  return { name: stackName(service, number), service, host, nextContainer: versions.length + 1 };
}

/** Every hundredth stack is on the same host, so that its ports go on where those of the one before it ended. */
function containerRows({ name }: Stack, index: number, image: string): Container[] {
  const firstPort = 20_000 + Math.floor(index / hostCount) * versions.length;
  return versions.map((version, position) => ({
    name: containerName(name, position + 1),
    stack: name,
    position,
    version,
    digest: `sha256:${createHash('sha256').update(`${image}:${version}`).digest('hex')}`,
    created: null,
    hostPort: firstPort + position,
    links: {},
  }));
}

function endpointRow(service: string, stage: string, pointer: number): Endpoint {
  const url = `${service}.example.net`;
  return {
    name: endpointName(service, stage),
    service,
    stage,
    pointer,
    port: 8000 + pointer,
    address: null,
    url,
    options: defaultEndpointOptions,
  };
}

function edgeRows(parent: string, child: string): Edge[] {
  return defaultStages.map((stage) => ({
    endpoint: endpointName(parent, stage),
    parent,
    child,
    position: null,
    drainLimit: null,
  }));
}
