import type { Environment } from '../model/environment.ts';
import { parametersFor } from '../model/rules.ts';
import { defaultRolling } from '../model/rolling.ts';
import { defaultSettings, type ServiceSettings } from '../model/settings.ts';
import type { Container, Edge, Endpoint, External, Retained, Service, Stack, State } from '../model/state.ts';
import { defaultServiceTraffic, type ServiceTraffic } from '../model/traffic.ts';
import { defaultOrder } from '../model/versionOrder.ts';
import { numberOf, type Relic } from './relics.ts';
import { specHash, specOf } from './spec.ts';
import { orderOfStack } from './stackOrder.ts';

/** The rows that the load balancers' configuration says, and where HAProxy's file has each container. */
export type Served = {
  readonly endpoints: readonly Endpoint[];
  readonly edges: readonly Edge[];
  readonly externals: readonly External[];
  readonly traffic: readonly (ServiceTraffic & { readonly name: string })[];
  /** The containers in each backend, by its name. */
  readonly backends: ReadonlyMap<string, readonly string[]>;
};

/** A state that was put together from what is left of it. */
export type Recovered = {
  readonly state: State;
  /** The containers that are not what the state makes of them: what is thought of their settings cannot be true. */
  readonly unproven: readonly string[];
  /** Containers with this environment's label that have no place in the state, and why. */
  readonly leftOver: readonly { readonly host: string; readonly name: string; readonly why: string }[];
  /** The services whose order of positions was told by age alone. */
  readonly byAge: readonly string[];
  /** The services of which containers are retained; for how long is not known. */
  readonly retaining: readonly string[];
};

/** Puts a state together from the containers of one environment and what its load balancers say. `now` is in milliseconds. */
export function recoverState(
  relics: readonly Relic[],
  served: Served,
  { rules }: Pick<Environment, 'rules'>,
  now: number,
): Recovered {
  const begun = relics.filter(({ status }) => status === 'created');
  const { standing, elsewhere } = onOneHost(relics.filter(({ status }) => status !== 'created'));
  const revision = relics.reduce((most, { labels }) => Math.max(most, labels.operation), 1);
  const positionOf = positionsIn(served);
  const given = group(relics, ({ labels }) => labels.stack);
  const services = [...group(standing, ({ labels }) => labels.service)].map(([service, ofService]) => {
    const order = parametersFor(rules, 'stack-versions', service, defaultOrder);
    const stacks = [...group(ofService, ({ labels }) => labels.stack)].map(([stack, ofStack]) => {
      const found = orderOfStack(
        ofStack.filter((relic) => !isResting(relic)),
        (name) => positionOf(service, name),
        order,
      );
      const kept = [...found.below, ...ofStack.filter(isResting)];
      return {
        row: stackOf(stack, ofStack, given.get(stack) ?? []),
        containers: found.placed.map(containerOf),
        retained: kept.map((relic) => retainedOf(relic, revision, now)),
        isByAge: found.known < found.placed.length && hasTwins(found.placed),
      };
    });
    const retained = Math.max(...stacks.map((stack) => stack.retained.length));
    return { row: serviceOf(service, ofService, served, retained), stacks, retained };
  });
  const stacks = services.flatMap((service) => service.stacks);
  const state: State = {
    revision,
    services: services.map(({ row }) => row),
    stacks: stacks.map(({ row }) => row),
    containers: stacks.flatMap(({ containers }) => containers),
    retained: stacks.flatMap(({ retained }) => retained),
    ...{ endpoints: served.endpoints, edges: served.edges, externals: served.externals },
  };
  return {
    state,
    unproven: unprovenIn(state, standing),
    leftOver: [
      ...begun.map(({ host, name }) => ({ host, name, why: 'it was made and never started' })),
      ...elsewhere.map(({ host, name }) => ({ host, name, why: 'its stack has moved to another host' })),
    ],
    byAge: services.filter((one) => one.stacks.some(({ isByAge }) => isByAge)).map(({ row }) => row.name),
    retaining: services.filter(({ retained }) => retained > 0).map(({ row }) => row.name),
  };
}

/** Whether a container was stopped and is not to come back: it is retained, and has no position. */
function isResting({ status, comesBack }: Relic): boolean {
  return status !== 'running' && !comesBack;
}

/** A stack counts on after every name that is known to have been given, also to what has no place in it any more. */
function stackOf(name: string, relics: readonly Relic[], given: readonly Relic[]): Stack {
  const last = Math.max(...given.map(({ madeAs }) => numberOf(madeAs)));
  const [first] = relics;
  return { name, service: first?.labels.service ?? '', host: first?.host ?? '', nextContainer: last + 1 };
}

/** A stack is on one host. Where one was moved and not all of it is gone, it is where it was made last. */
function onOneHost(relics: readonly Relic[]): { standing: Relic[]; elsewhere: Relic[] } {
  const hosts = new Map<string, Relic>();
  for (const relic of relics) {
    const { stack, operation } = relic.labels;
    if (operation >= (hosts.get(stack)?.labels.operation ?? -1)) hosts.set(stack, relic);
  }
  const isThere = ({ host, labels }: Relic): boolean => hosts.get(labels.stack)?.host === host;
  return { standing: relics.filter(isThere), elsewhere: relics.filter((relic) => !isThere(relic)) };
}

/** At which position of its service's stacks HAProxy has a container: by endpoints that have one, and by the backends of links. */
function positionsIn({
  endpoints,
  backends,
}: Served): (service: string, container: string) => number | undefined {
  const positions = new Map<string, number>();
  for (const { name, service, pointer, options } of endpoints) {
    if (options.weights.length > 0) continue;
    for (const server of backends.get(name) ?? []) positions.set(`${service} ${server}`, pointer);
  }
  for (const [backend, servers] of backends) {
    const link = /^link\.(.+)\.(\d{1,4})$/.exec(backend);
    for (const server of servers) if (link) positions.set(`${link[1] ?? ''} ${server}`, Number(link[2]));
  }
  return (service, container) => positions.get(`${service} ${container}`);
}

/** Whether some containers differ by nothing but their age. */
function hasTwins(placed: readonly Relic[]): boolean {
  return new Set(placed.map(({ labels }) => labels.version)).size < placed.length;
}

function containerOf({ madeAs, labels, hostPort, links }: Relic, position: number): Container {
  const { stack, version, digest } = labels;
  return {
    name: madeAs,
    stack,
    position,
    version,
    digest,
    created: null,
    hostPort: hostPort ?? 0,
    links: links ?? {},
  };
}

function retainedOf(relic: Relic, since: number, now: number): Retained {
  const warm = relic.status === 'running';
  return { ...containerOf(relic, 0), since, retainedAt: relic.stoppedAt ?? now, warm };
}

function serviceOf(name: string, relics: readonly Relic[], { traffic }: Served, retained: number): Service {
  const newest = relics.toSorted((a, b) => a.labels.operation - b.labels.operation).at(-1);
  const image = newest?.image ?? '';
  const isPulled = image.includes('@');
  const { mode, uses, drainLimit } = traffic.find((row) => row.name === name) ?? defaultServiceTraffic;
  return {
    name,
    image: isPulled ? image.replace(/@.*$/, '') : (newest?.tagged ?? name),
    pull: isPulled ? 'registry' : 'never',
    settings: newest ? settingsOf(newest) : defaultSettings,
    traffic: { mode, uses, drainLimit },
    // Without one, what is retained would be removed by the next operation.
    retention: retained === 0 ? null : { by: 'count', limit: retained, warm: !relics.some(isResting) },
    rolling: defaultRolling,
    nextStack: Math.max(...relics.map(({ labels }) => numberOf(labels.stack))) + 1,
  };
}

/** A container's settings, with the values of variables that it was given. */
function settingsOf({ settings, env }: Relic): ServiceSettings {
  const known = settings ?? defaultSettings;
  const values = Object.keys(known.env).map((name): [string, string] => [name, env[name] ?? '']);
  return { ...known, env: Object.fromEntries(values) };
}

/** The hash on a container's label was made from its whole specification, and so proves or disproves what is thought of it. */
function unprovenIn(state: State, relics: readonly Relic[]): string[] {
  const hashes = new Map(relics.map(({ madeAs, labels }) => [madeAs, labels.spec]));
  return [...state.containers, ...state.retained]
    .filter((row) => specHash(specOf(state, row)) !== hashes.get(row.name))
    .map(({ name }) => name);
}

function group<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
