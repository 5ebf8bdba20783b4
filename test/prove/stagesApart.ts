import type { State } from '../../src/model/state.ts';
import { linkBackend, placesOfCall } from './naiveRoutes.ts';
import { allWays, type Served } from './served.ts';

/**
 * No container answers for two stages at once: wherever a request of an endpoint may be, at every moment, each link of the
 * container that has it leads where that endpoint's tree says, as it was before the change or as it is after it. Followed
 * from the endpoint's servers down all links, also for requests that are under way at servers and on links which get no new
 * ones. What the tree has before and after, or had until the endpoint ends, is reached at every load balancer.
 */
export function mixedStages(
  before: State,
  next: State,
  balancers: readonly Served[],
): [endpoint: string, complaint: string][] {
  const workers = balancers.flatMap(allWays);
  const complaints = new Map<string, string>();
  const endpoints = new Set([...before.endpoints, ...next.endpoints].map(({ name }) => name));
  for (const endpoint of endpoints) {
    const reached = new Set(workers.flatMap(({ servers }) => servers.get(endpoint) ?? []));
    // The loop also visits the containers that are added while it runs.
    for (const container of reached) {
      const calls = callsOf([before, next], endpoint, container).map((call) => followed(call, balancers));
      const facts = calls.flatMap(({ wrong }) => wrong);
      facts.forEach((fact) => complaints.set(`${container} answers for ${endpoint}, and ${fact}`, endpoint));
      calls.flatMap(({ servers }) => servers).forEach((server) => reached.add(server));
    }
  }
  return [...complaints].map(([complaint, endpoint]) => [endpoint, complaint]);
}

/** What a container calls on behalf of an endpoint: by which port, and where its tree says, before and after. */
type Call = {
  readonly port: number;
  readonly child: string;
  readonly said: readonly string[];
  readonly isLasting: boolean;
};

function callsOf(states: readonly State[], endpoint: string, container: string): Call[] {
  const row = states.flatMap((state) => state.containers).find(({ name }) => name === container);
  const stack = states.flatMap((state) => state.stacks).find(({ name }) => name === row?.stack);
  return Object.entries(row?.links ?? {}).flatMap(([child, { port }]) => {
    const [was = [], is = []] = states.map((state) => saidOf(state, endpoint, stack?.service ?? '', child));
    const ends = states.at(-1)?.endpoints.every(({ name }) => name !== endpoint) ?? true;
    const isLasting = was.length > 0 && (is.length > 0 || ends);
    return was.length + is.length === 0 ? [] : [{ port, child, said: [...was, ...is], isLasting }];
  });
}

function saidOf(state: State, name: string, parent: string, child: string): string[] {
  const endpoint = state.endpoints.find((row) => row.name === name);
  return endpoint ? placesOfCall(state, endpoint, parent, child).map((at) => linkBackend(child, at)) : [];
}

/** Where a call arrives, at whichever worker of whichever load balancer it comes in, and what is wrong with that. */
function followed(
  { port, child, said, isLasting }: Call,
  balancers: readonly Served[],
): { wrong: string[]; servers: string[] } {
  const ways = balancers
    .flatMap(allWays)
    .flatMap((worker) => (worker.links.get(port) ?? []).map((backend) => ({ worker, backend })));
  const isCut = isLasting && balancers.some(({ worker }) => !worker.links.has(port));
  return {
    wrong: [
      ...ways
        .filter(({ backend }) => !said.includes(backend))
        .map(({ backend }) => `calls ${backend}, not ${said.join(' or ')}`),
      ...(isCut ? [`does not reach ${child}`] : []),
    ],
    servers: ways.flatMap(({ worker, backend }) =>
      said.includes(backend) ? (worker.servers.get(backend) ?? []) : [],
    ),
  };
}
