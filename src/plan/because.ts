import type { Server } from '../haproxy/routes.ts';
import { containersAt, endpointNamed, endpointsOf } from '../model/lookup.ts';
import { containersBehind } from '../model/trees.ts';
import type { Container, State } from '../model/state.ts';

/** The states that a change leads from and to. */
type Ends = { readonly before: State; readonly next: State };

/** Says why the servers of a backend change: what its endpoint, or the calls to a service at a position, go to. */
export function becauseOfBackend({ before, next }: Ends, backend: string): string {
  const endpoint = endpointNamed(next, backend) ?? endpointNamed(before, backend);
  if (endpoint) return changeOfEndpoint(endpoint.name, before, next);
  const [, child = '', position = ''] = backend.split('.');
  const [was, now] = [before, next].map((state) => containersAt(state, child, Number(position)));
  return changeOf(`calls to ${child} at position ${position}`, was ?? [], now ?? []);
}

function changeOfEndpoint(name: string, before: State, next: State): string {
  const [was, now] = [before, next].map((state) => behind(state, name));
  return changeOf(name, was ?? [], now ?? []);
}

function behind(state: State, name: string): Container[] {
  const endpoint = endpointNamed(state, name);
  return endpoint ? containersBehind(state, endpoint) : [];
}

function changeOf(what: string, was: readonly Container[], now: readonly Container[]): string {
  const [from, to] = [was, now].map((some) => [...new Set(versionsOf(some))].join(' and ') || 'nothing');
  const verb = what.startsWith('calls') ? ['go', 'move'] : ['goes', 'moves'];
  if (from !== to) return `${what} ${verb[0] ?? ''} from ${from ?? ''} to ${to ?? ''}`;
  return `${what} ${verb[1] ?? ''} to ${now.map((container) => container.name).join(', ')}`;
}

function versionsOf(containers: readonly Container[]): string[] {
  return containers.map((container) => container.version);
}

type ReloadReason = {
  /** Whether its file is what the state says now. */
  readonly isOurs: boolean;
  readonly renewsCertificate: boolean;
  readonly startsLinks: boolean;
};

/** Says why a load balancer is reloaded: which endpoints begin or end, or what else only a reload can change. */
export function becauseOfReload(
  before: State,
  next: State,
  { isOurs, renewsCertificate, startsLinks }: ReloadReason,
): string {
  const kept = new Set(next.endpoints.map((endpoint) => endpoint.name));
  const begun = next.services.flatMap(({ name }) =>
    endpointsOf(next, name)
      .filter((endpoint) => !endpointNamed(before, endpoint.name))
      .map((endpoint) => {
        const [version = 'nothing'] = versionsOf(containersBehind(next, endpoint));
        return `${endpoint.name} begins with ${version}`;
      }),
  );
  const reasons = [
    ...begun,
    ...before.endpoints.filter(({ name }) => !kept.has(name)).map(({ name }) => `${name} ends`),
    ...(renewsCertificate ? ['the file of a certificate has another content'] : []),
    ...(startsLinks ? ['containers reach the services they call through it'] : []),
  ];
  if (reasons.length > 0) return reasons.join('; ');
  return isOurs
    ? 'the way its endpoints are served changes'
    : 'the file on the load balancer is not what the state says';
}

/** Says why a link leads to another place. */
export function becauseOfLink(container: Container, child: string, backend: string | null): string {
  if (backend === null) return 'nobody calls from there any more';
  const place = backend.split('.').at(-1) ?? '';
  const where = /^\d+$/.test(place) ? `position ${place}` : `its target for ${place}`;
  return `${container.name} calls ${child} at ${where}`;
}

/** Says why a server gets another weight. */
export function becauseOfWeight(backend: string, { weight }: Server): string {
  return `${backend} gives it weight ${weight}`;
}
