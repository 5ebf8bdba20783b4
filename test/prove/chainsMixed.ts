import type { Endpoint, State } from '../../src/model/state.ts';
import { containersAt, placesOfCall } from './naiveRoutes.ts';
import { allWays, type Served } from './served.ts';

/**
 * Every chain of versions that may answer for an endpoint, at every moment, is one of before or one of after, unless that was
 * announced: from the endpoint's servers down the links, also for requests that are under way.
 */
export function mixedChains(
  before: State,
  next: State,
  balancers: readonly Served[],
): [endpoint: string, chain: string][] {
  const workers = balancers.flatMap(allWays);
  const states = [before, next];
  const rows = new Map(states.flatMap(({ containers }) => containers).map((row) => [row.name, row]));
  const stacks = new Map(states.flatMap((state) => state.stacks).map(({ name, service }) => [name, service]));
  const serviceOf = (container: string): string => stacks.get(rows.get(container)?.stack ?? '') ?? '';
  const calls = (endpoint: string, parent: string, child: string): boolean =>
    states.some(({ edges }) =>
      edges.some((edge) => edge.endpoint === endpoint && edge.parent === parent && edge.child === child),
    );
  const called = (endpoint: string, container: string): string[] =>
    Object.entries(rows.get(container)?.links ?? {})
      .filter(([child]) => calls(endpoint, serviceOf(container), child))
      .flatMap(([, { port }]) =>
        workers.flatMap(({ links, servers }) =>
          (links.get(port) ?? []).flatMap((backend) => servers.get(backend) ?? []),
        ),
      );
  return before.endpoints.flatMap((old) => {
    const endpoint = next.endpoints.find(({ name }) => name === old.name);
    if (!endpoint) return [];
    const known = new Set([...chainsOf(before, old), ...chainsOf(next, endpoint)]);
    const mixed: [string, string][] = [];
    const follow = (container: string, above: readonly string[]): void => {
      const chain = [...above, linkText(serviceOf(container), rows.get(container)?.version)];
      // Where a link leads at all is for stagesApart to judge; what goes round is refused by the rules.
      if (!known.has(chain.join(' > '))) mixed.push([endpoint.name, chain.join(' > ')]);
      else if (chain.length < 6)
        for (const callee of new Set(called(endpoint.name, container))) follow(callee, chain);
    };
    const servers = workers.flatMap((worker) => worker.servers.get(endpoint.name) ?? []);
    for (const server of new Set(servers)) follow(server, []);
    return mixed;
  });
}

/** The chains of a tree and their beginnings, from the front down. */
function chainsOf(state: State, endpoint: Endpoint): string[] {
  const found: string[] = [];
  const walk = (service: string, position: number, above: readonly string[]): void => {
    const names = containersAt(state, service, position);
    const versions = state.containers
      .filter(({ name }) => names.includes(name))
      .map(({ version }) => version);
    for (const version of new Set(versions)) {
      const chain = [...above, linkText(service, version)];
      found.push(chain.join(' > '));
      if (chain.length > 6) continue;
      for (const child of new Set(
        state.edges.filter((edge) => edge.parent === service).map((edge) => edge.child),
      )) {
        for (const place of placesOfCall(state, endpoint, service, child)) walk(child, place, chain);
      }
    }
  };
  walk(endpoint.service, endpoint.pointer, []);
  return found;
}

function linkText(service: string, version = 'nothing'): string {
  return `${service} ${version}`;
}
