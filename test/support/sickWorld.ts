import { contentsOf, readGeneration } from '../../src/haproxy/render.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import type { Meant, Observed, Sightings } from '../../src/plan/drift.ts';
import type { SeenBalancer, SeenServer } from '../../src/plan/seenBalancer.ts';
import { placedIn } from '../../src/plan/placed.ts';
import { specHash, type ContainerSpec } from '../../src/plan/spec.ts';
import type { Step } from '../../src/plan/step.ts';
import { liveOf } from './plans.ts';

/**
 * Hosts and a load balancer as they are seen, which change by steps as real ones would. It knows nothing of how a plan is
 * made, and complains where a step would hurt somebody.
 */
export type SickWorld = {
  readonly hosts: Map<string, Observed[]>;
  readonly away: Set<string>;
  balancer: SeenBalancer & {
    readonly servers: Map<string, SeenServer[]>;
    readonly links: Map<number, string>;
  };
};

export const meant: Meant = ({ version }) => ({
  labels: { version },
  limits: { Memory: '64', RestartPolicy: 'Name=always' },
});

export function wellAs(spec: ContainerSpec): Observed {
  const { name, service, stack, image, hostPort } = spec;
  return {
    ...{ id: `id-${name}`, name, isOurs: true, madeAs: name, service, stack, spec: specHash(spec) },
    ...{
      operation: 1,
      status: 'running',
      problem: null,
      isStarting: false,
      startedAt: '',
      image,
      hostPorts: [hostPort],
    },
    ...meant(spec),
  };
}

/** The world as a state says it is. */
export function wellWorld(state: State, environment: Environment): SickWorld {
  const hosts = new Map<string, Observed[]>(environment.hosts.map(({ name }) => [name, []]));
  for (const { host, spec } of state.containers.map(placedIn(state))) hosts.get(host)?.push(wellAs(spec));
  const live = liveOf(state, environment).get('lb01') ?? '';
  return { hosts, away: new Set(), balancer: { live, fingerprints: {}, ...loaded(live) } };
}

function loaded(config: string) {
  const { servers, links } = contentsOf(config);
  const up = [...servers].map(([backend, list]): [string, SeenServer[]] => [
    backend,
    list.map((server) => ({ ...server, state: 'ready', up: true })),
  ]);
  return { generation: readGeneration(config), servers: new Map(up), links: new Map(links), usesMap: true };
}

export function sightingsOf({ hosts, away }: SickWorld): Sightings {
  return new Map(
    [...hosts].map(([host, seen]) => [host, away.has(host) ? new Error(`${host}: it is away`) : seen]),
  );
}

/** The servers by which each backend really answers: they take requests, are up, and their containers are well or nobody knows. */
export function answeringIn(world: SickWorld, state: State): Map<string, string[]> {
  const isWell = ({ name }: SeenServer): boolean => {
    const row = state.containers.find((one) => one.name === name);
    const { host = '' } = row ? placedIn(state)(row) : {};
    if (world.away.has(host)) return true;
    const found = containerAt(world, host, name, row?.stack);
    return found?.status === 'running' && found.problem === null;
  };
  return new Map(
    [...world.balancer.servers].map(([backend, servers]) => [
      backend,
      servers
        .filter((server) => server.state === 'ready' && server.up && isWell(server))
        .map(({ name }) => name),
    ]),
  );
}

function containerAt({ hosts }: SickWorld, host: string, name: string, stack?: string): Observed | undefined {
  const seen = hosts.get(host) ?? [];
  return (
    seen.find((one) => one.name === name) ?? seen.find((one) => one.madeAs === name && one.stack === stack)
  );
}

/** Takes a step; throws where no such step can be taken, or where it would cost somebody something. */
export function take(world: SickWorld, step: Step): void {
  if (world.away.has(step.host)) throw new Error(`${step.kind} on ${step.host}, which is away`);
  if ('spec' in step || step.kind === 'remove_orphan') takeOnHost(world, step);
  else takeOnBalancer(world, step);
}

function takeOnHost(
  world: SickWorld,
  step: Extract<Step, { spec: ContainerSpec } | { kind: 'remove_orphan' }>,
): void {
  const seen = world.hosts.get(step.host) ?? [];
  const put = (list: Observed[]): unknown => world.hosts.set(step.host, list);
  if (step.kind === 'remove_orphan') {
    const orphan = seen.find(({ id }) => id === step.container);
    if (!orphan?.isOurs) throw new Error(`${step.object} is not there, or not ours`);
    put(seen.filter((one) => one !== orphan));
    return;
  }
  const { spec } = step;
  const name = step.kind === 'rename_container' ? step.from : spec.name;
  const found = seen.find((one) => one.name === name);
  if (found && (!found.isOurs || found.spec !== specHash(spec)) && step.kind !== 'wait_healthy')
    throw new Error(`${step.kind} of ${name}, which is foreign`);
  const change = (how: Partial<Observed>): void => {
    if (!found) throw new Error(`${step.kind} of ${name}, which is not there`);
    put(seen.map((one) => (one === found ? { ...one, ...how } : one)));
  };
  const limits = { ...found?.limits };
  switch (step.kind) {
    case 'rename_container':
      change({ name: step.to });
      break;
    case 'stop_container':
    case 'remove_container':
      if (found?.status === 'running' && found.problem === null && isAsked(world, spec.name))
        throw new Error(`${step.kind} of ${name}, which is sent requests`);
      if (step.kind === 'stop_container')
        change({ status: 'exited', limits: { ...limits, RestartPolicy: 'Name=no' } });
      else put(seen.filter((one) => one !== found));
      break;
    case 'create_container':
      if (found) throw new Error(`${name} is there already`);
      put([...seen, { ...wellAs(spec), status: 'created' }]);
      break;
    case 'start_container':
      if (
        seen.some((one) => one !== found && one.status === 'running' && one.hostPorts.includes(spec.hostPort))
      )
        throw new Error(`port ${spec.hostPort} is taken`);
      if (found?.status === 'paused') throw new Error('cannot start a paused container');
      change({ status: 'running', problem: null });
      break;
    case 'wait_healthy':
      if (found?.status !== 'running' || (found.problem !== null && !found.isStarting))
        throw new Error(`${name} does not become healthy`);
      change({ problem: null, isStarting: false, limits: { ...limits, RestartPolicy: 'Name=always' } });
      break;
    default:
      throw new Error(`nothing is mended by ${step.kind}`);
  }
}

/** Whether requests are sent to a container that could answer them. */
function isAsked({ balancer }: SickWorld, name: string): boolean {
  return [...balancer.servers.values()]
    .flat()
    .some((one) => one.name === name && one.state !== 'maint' && one.up);
}

function takeOnBalancer({ balancer }: SickWorld, step: Step): void {
  const { servers, links } = balancer;
  const without = (backend: string, name: string): SeenServer[] =>
    (servers.get(backend) ?? []).filter((server) => server.name !== name);
  switch (step.kind) {
    case 'add_server':
      servers.set(step.backend, [
        ...without(step.backend, step.server.name),
        { ...step.server, state: 'ready', up: step.down !== true },
      ]);
      break;
    case 'drain_server':
    case 'set_weight':
      servers.set(
        step.backend,
        (servers.get(step.backend) ?? []).map((server) =>
          server.name !== step.server.name
            ? server
            : step.kind === 'drain_server'
              ? { ...server, state: 'drain' }
              : { ...server, weight: step.server.weight },
        ),
      );
      break;
    case 'remove_server':
      servers.set(step.backend, without(step.backend, step.server.name));
      break;
    case 'set_map':
      if (step.backend !== null) links.set(step.port, step.backend);
      break;
    case 'reload':
      Object.assign(balancer, { live: step.config, ...loaded(step.config) });
      break;
    case 'write_config':
      Object.assign(balancer, { live: step.config });
      break;
    case 'check_host':
    case 'check_config':
    case 'pull_image':
    case 'wait_drained':
      break;
    default:
      throw new Error(`nothing is mended by ${step.kind}`);
  }
}
