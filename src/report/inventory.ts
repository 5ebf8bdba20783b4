import type { Environment } from '../model/environment.ts';
import { containersBehind } from '../model/trees.ts';
import { containersAt, containersOf, endpointsOf, heightOf, ownersOf, stacksOf } from '../model/lookup.ts';
import type { Container, Endpoint, Retained, Service, Stack, State } from '../model/state.ts';
import { defaultProfile, profileOf } from '../model/profile.ts';
import { endpointUrls, optionsTyped, rollingText } from './endpointText.ts';
import { shortDigest } from './planText.ts';
import { retainedEntry, retainedOfService, retentionText } from './retained.ts';
import type { Sheet } from './table.ts';

/** The state as `show` tells it: nested for programs (docs/json.md), as sheets for people. */

/**
 * What is known of a container now; `deployed` says that nobody looked, only that it was healthy when it was recorded. What
 * is retained was left `stopped`, or `warm`.
 */
export type StatusOf = (container: Container | Retained) => string;

export const deployed: StatusOf = (container) =>
  'warm' in container ? (container.warm ? 'warm' : 'stopped') : 'deployed';

export function containerEntry(
  state: State,
  container: Container,
  stages: readonly string[],
  statusOf: StatusOf,
): object {
  const { stack, service } = ownersOf(state, container);
  const { name, position, version, digest, hostPort, links } = container;
  const stage = stages[position] ?? null;
  const place = { service: service.name, stack: stack.name, host: stack.host, port: hostPort, links };
  return { name, position, stage, version, digest, status: statusOf(container), ...place };
}

export function stackEntry(
  state: State,
  stack: Stack,
  stages: readonly string[],
  statusOf: StatusOf,
): object {
  const containers = containersOf(state, stack.name);
  return {
    name: stack.name,
    service: stack.service,
    host: stack.host,
    containers: containers.map((container) => containerEntry(state, container, stages, statusOf)),
  };
}

export function endpointEntry(state: State, endpoint: Endpoint): object {
  return {
    ...endpoint,
    version: versionBehind(state, endpoint),
    containers: containersBehind(state, endpoint).map((container) => container.name),
  };
}

/** A service with its settings, but without the values of its variables, which may be secrets. */
export function serviceEntry(
  state: State,
  service: Service,
  stages: readonly string[],
  statusOf: StatusOf,
): object {
  const { name, image, pull, settings, traffic, retention, rolling } = service;
  return {
    name,
    image,
    pull,
    settings: { ...settings, profile: profileOf(settings), env: Object.keys(settings.env) },
    traffic,
    retention,
    rolling,
    stacks: stacksOf(state, name).map((stack) => stackEntry(state, stack, stages, statusOf)),
    endpoints: endpointsOf(state, name).map((endpoint) => endpointEntry(state, endpoint)),
    retained: retainedOfService(state, name).map((row) => retainedEntry(state, row, statusOf)),
  };
}

/** The columns for what few services have are there where one of them has it. */
export function servicesSheet(state: State, services: readonly Service[], stages: readonly string[]): Sheet {
  const isCalledByTcp = services.some(({ traffic }) => traffic.mode === 'tcp');
  const usesSome = services.some(({ traffic }) => traffic.uses.length > 0);
  const retainsSome = services.some(({ retention }) => retention !== null);
  const confinesSome = services.some(({ settings }) => profileOf(settings) !== defaultProfile);
  const isUsual = services.every(({ rolling }) => rollingText(rolling) === '');
  return {
    head: [
      ...['Service', 'Image', ...(isCalledByTcp ? ['Mode'] : []), 'Stacks', 'Height', ...stages],
      ...[
        'Endpoints',
        ...(usesSome ? ['Uses'] : []),
        ...(retainsSome ? ['Retains'] : []),
        ...(confinesSome ? ['Profile'] : []),
        ...(isUsual ? [] : ['Rolling']),
      ],
    ],
    rows: services.map((service) => {
      const { name, image, settings, traffic, rolling } = service;
      return [
        name,
        image,
        ...(isCalledByTcp ? [traffic.mode] : []),
        String(stacksOf(state, name).length),
        String(heightOf(state, name)),
        ...stages.map((_, position) => versionAt(state, name, position) ?? '-'),
        endpointsOf(state, name)
          .map((endpoint) => `${endpoint.name.replace(`${name}-endpoint-`, '')}:${endpoint.port}`)
          .join(' ') || '-',
        ...(usesSome ? [traffic.uses.join(' ') || '-'] : []),
        ...(retainsSome ? [retentionText(service)] : []),
        ...(confinesSome ? [profileOf(settings)] : []),
        ...(isUsual ? [] : [rollingText(rolling) || '-']),
      ];
    }),
  };
}

export function endpointsSheet(
  state: State,
  endpoints: readonly Endpoint[],
  environment: Environment,
): Sheet {
  const options = endpoints.map((endpoint) => optionsTyped(endpoint) || '-');
  const isUsual = options.every((text) => text === '-');
  return {
    head: ['Endpoint', 'Service', 'Stage', 'URL', 'Pointer', 'Version', ...(isUsual ? [] : ['Options'])],
    rows: endpoints.map((endpoint, index) => {
      const { name, service, stage, pointer } = endpoint;
      const version = versionBehind(state, endpoint) ?? '-';
      const place = [name, service, stage, endpointUrls(endpoint, environment).join(' ')];
      return [...place, String(pointer), version, ...(isUsual ? [] : [options[index] ?? '-'])];
    }),
  };
}

export function stacksSheet(state: State, stacks: readonly Stack[], stages: readonly string[]): Sheet {
  return {
    head: ['Stack', 'Service', 'Host', 'Height', ...stages, 'Above'],
    rows: stacks.map((stack) => {
      const versions = containersOf(state, stack.name).map((container) => container.version);
      const staged = stages.map((_, position) => versions[position] ?? '-');
      return [
        stack.name,
        stack.service,
        stack.host,
        String(versions.length),
        ...staged,
        versions.slice(stages.length).join(' ') || '-',
      ];
    }),
  };
}

export function containersSheet(
  state: State,
  containers: readonly Container[],
  stages: readonly string[],
  statusOf: StatusOf,
): Sheet {
  return {
    head: ['Container', 'Pos', 'Stage', 'Version', 'Digest', 'Host', 'Port', 'Status'],
    rows: containers.map((container) => {
      const { name, position, version, digest, hostPort } = container;
      const { host } = ownersOf(state, container).stack;
      const place = [host, String(hostPort), statusOf(container)];
      return [name, String(position), stages[position] ?? '-', version, shortDigest(digest), ...place];
    }),
  };
}

function versionAt(state: State, service: string, position: number): string | null {
  return containersAt(state, service, position)[0]?.version ?? null;
}

/** The version that answers for an endpoint; where several do, each with its weight. */
function versionBehind(state: State, endpoint: Endpoint): string | null {
  const { service, pointer, options } = endpoint;
  const sharing = options.weights.filter(({ weight }) => weight > 0);
  if (sharing.length === 0) return versionAt(state, service, pointer);
  return sharing
    .map(({ position, weight }) => `${versionAt(state, service, position) ?? 'nothing'} (weight ${weight})`)
    .join(', ');
}
