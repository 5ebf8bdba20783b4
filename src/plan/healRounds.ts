import type { LoadBalancer, Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import { routes } from '../haproxy/routes.ts';
import type { Drift } from './drift.ts';
import { leavesTraffic, type Repair } from './repairs.ts';
import type { View } from './seenBalancer.ts';

/**
 * Which containers are mended together. Those that answer nobody come first, all at once. One that answers is taken out while
 * others answer in its place, one at a time for each place.
 */
export type Rounds = {
  /** The first round disturbs nobody. */
  readonly rounds: readonly (readonly Repair[])[];
  /** Those that cannot be taken out without leaving an endpoint, or calls, without a server. */
  readonly left: readonly Drift[];
  /** The backends that are left without a server for a while, where that is allowed, as `BALANCER BACKEND`. */
  readonly darkened: ReadonlySet<string>;
};

type Frame = {
  readonly state: State;
  readonly environment: Environment;
  readonly views: readonly View[];
  readonly allowOutage: boolean;
};

export function roundsOf(repairs: readonly Repair[], frame: Frame): Rounds {
  const { views, allowOutage } = frame;
  const quiet = repairs.filter((repair) => !disturbs(repair, frame));
  const rounds: Repair[][] = [[...quiet]];
  const left: Drift[] = [];
  const darkened = new Set<string>();
  const serving = servingAfter(quiet, views);
  const taken: Set<string>[] = [new Set()];
  for (const repair of repairs.filter((one) => disturbs(one, frame))) {
    const blind = blindBalancer(repair, frame);
    const ways = waysOf(repair.spec.name, views);
    const lone = ways.filter((way) =>
      [...(serving.get(way) ?? [])].every((name) => name === repair.spec.name),
    );
    if (blind !== null || (lone.length > 0 && !allowOutage)) {
      const remedy = blind === null ? loneRemedy(lone) : blindRemedy(blind);
      left.push(...repair.drifts.map((drift) => ({ ...drift, remedy })));
      continue;
    }
    for (const way of lone) darkened.add(way);
    // The first round after the quiet one in which nobody of the same place is mended.
    const next = taken.findIndex((others, index) => index > 0 && !ways.some((way) => others.has(way)));
    const round = next === -1 ? taken.length : next;
    taken[round] = new Set([...(taken[round] ?? []), ...ways]);
    rounds[round] = [...(rounds[round] ?? []), repair];
  }
  return { rounds, left, darkened };
}

/** Whether requests would be lost if a container were taken away as it is. */
function disturbs({ work, answers, spec }: Repair, { views, state, environment }: Frame): boolean {
  if (work !== 'rebuild' || !answers) return false;
  const isServed = views.some(({ serving }) =>
    [...serving.values()].some((names) => names.includes(spec.name)),
  );
  return (
    isServed ||
    unseen(views, environment).some((balancer) => routesTo(state, environment, balancer, spec.name))
  );
}

/** A load balancer that sends requests to a container and cannot be told to send them elsewhere. */
function blindBalancer({ spec }: Repair, { views, state, environment }: Frame): string | null {
  const blind = unseen(views, environment).find((one) => routesTo(state, environment, one, spec.name));
  return blind?.name ?? null;
}

function unseen(views: readonly View[], { loadBalancers }: Environment): LoadBalancer[] {
  return loadBalancers.filter(({ name }) => !views.some(({ balancer }) => balancer.name === name));
}

function routesTo(state: State, environment: Environment, balancer: LoadBalancer, name: string): boolean {
  const { backends } = routes(state, environment, balancer);
  return backends.some(({ servers }) => servers.some((server) => server.name === name));
}

/** The backends in which a container answers now, as `BALANCER BACKEND`. */
export function waysOf(name: string, views: readonly View[]): string[] {
  return views.flatMap(({ balancer, serving }) =>
    [...serving]
      .filter(([, names]) => names.includes(name))
      .map(([backend]) => `${balancer.name} ${backend}`),
  );
}

/** The servers that answer, by way, once the quiet repairs are done. */
export function servingAfter(quiet: readonly Repair[], views: readonly View[]): Map<string, Set<string>> {
  const back = new Set(quiet.filter(leavesTraffic).map(({ spec }) => spec.name));
  return new Map(
    views.flatMap(({ balancer, serving, to }) =>
      to.backends.map(({ name, servers }): [string, Set<string>] => {
        const mended = servers.filter((server) => back.has(server.name)).map((server) => server.name);
        return [`${balancer.name} ${name}`, new Set([...(serving.get(name) ?? []), ...mended])];
      }),
    ),
  );
}

function loneRemedy(ways: readonly string[]): string {
  const backends = [...new Set(ways.map((way) => way.split(' ')[1] ?? ''))].join(' and ');
  return `heal leaves it while nothing else serves ${backends}: release a version, scale the service, or say 'cmanage heal --allow-outage'`;
}

function blindRemedy(balancer: string): string {
  return `heal leaves it while ${balancer} cannot be told to send its requests elsewhere: see to ${balancer}, then 'cmanage heal'`;
}
