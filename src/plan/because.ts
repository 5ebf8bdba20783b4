import { containersAt, endpointsOf } from '../model/lookup.ts';
import type { Container, Endpoint, State } from '../model/state.ts';

/** Says why traffic is switched: what each endpoint answered and will answer. Empty where no endpoint moves. */
export function becauseOfTraffic(before: State, next: State): string {
  const old = new Map(before.endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const kept = new Set(next.endpoints.map((endpoint) => endpoint.name));
  const reasons = [
    ...next.services.flatMap((service) =>
      endpointsOf(next, service.name).flatMap((endpoint) =>
        changeOf(endpoint, old.get(endpoint.name), before, next),
      ),
    ),
    ...before.endpoints.filter((endpoint) => !kept.has(endpoint.name)).map(({ name }) => `${name} ends`),
  ];
  return reasons.join('; ');
}

function changeOf(endpoint: Endpoint, old: Endpoint | undefined, before: State, next: State): string[] {
  const now = containersAt(next, endpoint.service, endpoint.pointer);
  const [version = 'nothing'] = now.map((container) => container.version);
  if (!old) return [`${endpoint.name} begins with ${version}`];
  const was = containersAt(before, old.service, old.pointer);
  const [oldVersion = 'nothing'] = was.map((container) => container.version);
  if (version !== oldVersion) return [`${endpoint.name} goes from ${oldVersion} to ${version}`];
  const names = (containers: readonly Container[]): string =>
    containers.map((container) => container.name).join(', ');
  return names(was) === names(now) ? [] : [`${endpoint.name} moves to ${names(now)}`];
}
