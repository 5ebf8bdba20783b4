import type { State } from '../../src/model/state.ts';
import { linkBackend, placesOfCall } from './naiveRoutes.ts';
import { allWays, type Served, type Ways } from './served.ts';

/**
 * No container answers for two stages at once: wherever a request of an endpoint may be, at every moment, each link of the
 * container that has it leads where that endpoint's tree says, as it was before the change or as it is after it. Followed
 * from the endpoint's servers down all links, also for requests that are under way at servers and on links which get no new ones.
 */
export function mixedStages(before: State, next: State, balancers: readonly Served[]): string[] {
  const states = [before, next];
  const rows = states.flatMap((state) => state.containers);
  const stacks = states.flatMap((state) => state.stacks);
  const workers = balancers.flatMap(allWays);
  const complaints = new Set<string>();
  const endpoints = new Set(states.flatMap((state) => state.endpoints.map(({ name }) => name)));
  for (const endpoint of endpoints) {
    const reached = new Set(workers.flatMap(({ servers }) => servers.get(endpoint) ?? []));
    // The loop also visits the containers that are added while it runs.
    for (const container of reached) {
      const row = rows.find(({ name }) => name === container);
      const service = stacks.find(({ name }) => name === row?.stack)?.service ?? '';
      for (const [child, { port }] of Object.entries(row?.links ?? {})) {
        const said = states.map((state) => saidOf(state, endpoint, service, child));
        if (said.every((places) => places.length === 0)) continue;
        const ways = workers.map((worker) => ({ worker, backends: worker.links.get(port) ?? [] }));
        const isThere = ways.some(({ backends }) => backends.length > 0);
        if (!isThere && said.every((places) => places.length > 0)) {
          complaints.add(`${container} answers for ${endpoint} and does not reach ${child}`);
        }
        for (const { worker, backends } of ways) {
          for (const backend of backends) {
            if (said.flat().includes(backend))
              for (const name of serversOf(worker, backend)) reached.add(name);
            else
              complaints.add(
                `${container} answers for ${endpoint} and calls ${backend}, not ${said.flat().join(' or ')}`,
              );
          }
        }
      }
    }
  }
  return [...complaints];
}

function serversOf({ servers }: Ways, backend: string): readonly string[] {
  return servers.get(backend) ?? [];
}

function saidOf(state: State, name: string, parent: string, child: string): string[] {
  const endpoint = state.endpoints.find((row) => row.name === name);
  return endpoint
    ? placesOfCall(state, endpoint, parent, child).map((place) => linkBackend(child, place))
    : [];
}
