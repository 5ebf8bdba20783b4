import { containersBehind } from '../model/trees.ts';
import { stackNamed } from '../model/lookup.ts';
import type { Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import { refusal, type Violation } from '../model/violation.ts';

/**
 * What a new configuration of the load balancers leaves out, because nobody knows the address of its host any more. An
 * endpoint that loses some of its servers is told of; one that would lose the last of them is an error.
 */
export function lostServers(state: State, { hosts }: Environment): Violation[] {
  const known = new Set(hosts.map((host) => host.name));
  return state.endpoints.flatMap((endpoint) => {
    const servers = containersBehind(state, endpoint).map((container) => ({
      name: container.name,
      host: stackNamed(state, container.stack)?.host ?? '',
    }));
    const lost = servers.filter(({ host }) => !known.has(host));
    if (lost.length === 0) return [];
    const which = lost.map(({ name, host }) => `${name}, whose host ${host} is not in hosts.yml`).join('; ');
    const remedy = `put ${[...new Set(lost.map(({ host }) => host))].join(' and ')} back into hosts.yml`;
    const level = lost.length === servers.length ? 'error' : 'warn';
    const violation = refusal('host-known', endpoint.name, `it would lose ${which}`, remedy);
    return [{ ...violation, service: endpoint.service, level }];
  });
}
