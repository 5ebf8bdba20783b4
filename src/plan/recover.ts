import type { Environment } from '../model/environment.ts';
import { parametersFor } from '../model/rules.ts';
import { defaultRolling } from '../model/rolling.ts';
import { defaultSettings, type ServiceSettings } from '../model/settings.ts';
import type { Container, Edge, Endpoint, External, Retained, Service, Stack, State } from '../model/state.ts';
import { defaultServiceTraffic, type ServiceTraffic } from '../model/traffic.ts';
import { defaultOrder } from '../model/versionOrder.ts';
import { numberOf, type Relic } from './relics.ts';
import { specHash, specOf } from './spec.ts';
import { orderOfStack, type StackOrder } from './stackOrder.ts';

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
  const { standing, elsewhere } = onOneHost(relics.filter((relic) => !begun.includes(relic)));
  const resting = standing.filter(({ status, comesBack }) => status !== 'running' && !comesBack);
  const revision = Math.max(1, ...relics.map(({ labels }) => labels.operation));
  const positionOf = positionsIn(served);
  const services = group(standing, ({ labels }) => labels.service);
  const byAge: string[] = [];
  const [stacks, containers, retained]: [Stack[], Container[], Retained[]] = [[], [], []];
  for (const [service, ofService] of services) {
    const order = parametersFor(rules, 'stack-versions', service, defaultOrder);
    for (const [stack, ofStack] of group(ofService, ({ labels }) => labels.stack)) {
      const running = ofStack.filter((relic) => !resting.includes(relic));
      const found: StackOrder = orderOfStack(running, (name) => positionOf(service, name), order);
      if (found.known < found.placed.length && hasTwins(found.placed)) byAge.push(service);
      const numbers = relics
        .filter(({ labels }) => labels.stack === stack)
        .map(({ madeAs }) => numberOf(madeAs));
      stacks.push({
        name: stack,
        service,
        host: ofStack[0]?.host ?? '',
        nextContainer: Math.max(...numbers) + 1,
      });
      containers.push(...found.placed.map((relic, position) => containerOf(relic, position)));
      const kept = [...found.below, ...ofStack.filter((relic) => resting.includes(relic))];
      retained.push(...kept.map((relic) => retainedOf(relic, revision, now)));
    }
  }
  const state: State = {
    ...{ revision, stacks, containers, retained },
    services: [...services].map(([name, rows]) => serviceOf(name, rows, served, retained, resting)),
    ...{ endpoints: served.endpoints, edges: served.edges, externals: served.externals },
  };
  return {
    state,
    unproven: unprovenIn(state, standing),
    leftOver: [
      ...begun.map(({ host, name }) => ({ host, name, why: 'it was made and never started' })),
      ...elsewhere.map(({ host, name }) => ({ host, name, why: 'its stack has moved to another host' })),
    ],
    byAge: [...new Set(byAge)],
    retaining: [
      ...new Set(retained.map(({ stack }) => stacks.find(({ name }) => name === stack)?.service ?? '')),
    ],
  };
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

function serviceOf(
  name: string,
  relics: readonly Relic[],
  { traffic }: Served,
  retained: readonly Retained[],
  resting: readonly Relic[],
): Service {
  const newest = relics.toSorted((a, b) => a.labels.operation - b.labels.operation).at(-1);
  const image = newest?.image ?? '';
  const { mode, uses, drainLimit } = traffic.find((row) => row.name === name) ?? defaultServiceTraffic;
  const kept = [
    ...group(
      retained.filter(({ stack }) => relics.some(({ labels }) => labels.stack === stack)),
      ({ stack }) => stack,
    ).values(),
  ];
  const most = Math.max(0, ...kept.map((rows) => rows.length));
  return {
    name,
    image: image.includes('@') ? image.replace(/@.*$/, '') : (newest?.tagged ?? name),
    pull: image.includes('@') ? 'registry' : 'never',
    settings: newest ? settingsOf(newest) : defaultSettings,
    traffic: { mode, uses, drainLimit },
    // Without one, what is retained would be removed by the next operation.
    retention:
      most === 0
        ? null
        : { by: 'count', limit: most, warm: !relics.some((relic) => resting.includes(relic)) },
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
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
