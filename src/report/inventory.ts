import { containersBehind } from '../model/trees.ts';
import { containersAt, containersOf, endpointsOf, ownersOf, stacksOf } from '../model/lookup.ts';
import type { Container, Endpoint, Retained, Service, Stack, State } from '../model/state.ts';
import { profileOf } from '../model/profile.ts';
import { retainedEntry, retainedOfService } from './retained.ts';

/** The state as `show` tells it to programs: nested (docs/json.md). */

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

function versionAt(state: State, service: string, position: number): string | null {
  return containersAt(state, service, position)[0]?.version ?? null;
}

/** The version that answers for an endpoint; where several do, each with its weight. Null where nothing does. */
export function versionBehind(state: State, endpoint: Endpoint): string | null {
  const { service, pointer, options } = endpoint;
  const sharing = options.weights.filter(({ weight }) => weight > 0);
  if (sharing.length === 0) return versionAt(state, service, pointer);
  return sharing
    .map(({ position, weight }) => `${versionAt(state, service, position) ?? 'nothing'} (weight ${weight})`)
    .join(', ');
}

/** The same for cells: of an endpoint that spreads over positions, the share of each in hundredths. */
export function sharesBehind(state: State, endpoint: Endpoint): string | null {
  const { service, options } = endpoint;
  const sharing = options.weights.filter(({ weight }) => weight > 0);
  if (sharing.length === 0) return versionBehind(state, endpoint);
  const whole = sharing.reduce((sum, { weight }) => sum + weight, 0);
  return sharing
    .map(({ position, weight }) => {
      const share = Math.round((100 * weight) / whole);
      return `${versionAt(state, service, position) ?? 'nothing'} ${share} %`;
    })
    .join(', ');
}
