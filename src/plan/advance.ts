import { contentsOf } from '../haproxy/render.ts';
import { routes, type Routes } from '../haproxy/routes.ts';
import { applyChange } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import type { Container, Retained, State } from '../model/state.ts';
import { placedIn } from './placed.ts';
import type { ContainerSpec } from './spec.ts';
import type { Step } from './step.ts';

/** What there is between two steps of a plan: the plan's own idea of the world, made without asking anybody. */
export type World = {
  /** What the state database says. */
  readonly recorded: State;
  /** The containers on the hosts, by name. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** What each load balancer does, by its name. */
  readonly balancers: ReadonlyMap<string, Serving>;
};

/** What a load balancer does. Servers are named as the containers they are. */
export type Serving = {
  /** The servers that take new requests, by backend. */
  readonly taking: ReadonlyMap<string, readonly string[]>;
  /** Those that may still answer requests which began before, by backend. */
  readonly draining: ReadonlyMap<string, readonly string[]>;
  /** Those that workers of the configuration before may still send requests to. */
  readonly oldWorkers: readonly string[];
  /** The backend each port of the links leads to. */
  readonly links: ReadonlyMap<number, string>;
};

export type Standing = {
  readonly host: string;
  readonly spec: ContainerSpec;
  readonly phase: 'created' | 'started' | 'healthy' | 'stopped';
};

/** The world as a state says it is: every container healthy or retained, and traffic where the endpoints point. */
export function worldOf(state: State, environment: Environment): World {
  const standing = [...state.containers, ...state.retained].map((container): [string, Standing] => {
    const { host, spec } = placedIn(state)(container);
    return [container.name, { host, spec, phase: isStopped(container) ? 'stopped' : 'healthy' }];
  });
  const balancers = environment.loadBalancers.map((balancer): [string, Serving] => {
    return [balancer.name, servingOf(routes(state, environment, balancer))];
  });
  return { recorded: state, standing: new Map(standing), balancers: new Map(balancers) };
}

function isStopped(container: Container | Retained): boolean {
  return 'warm' in container && !container.warm;
}

function servingOf({ backends, links }: Routes): Serving {
  return {
    taking: new Map(backends.map(({ name, servers }) => [name, servers.map((server) => server.name)])),
    draining: new Map(),
    oldWorkers: [],
    links: new Map([...(links?.entries ?? [])].map(([port, { backend }]) => [port, backend])),
  };
}

/** The world after one more step. It asks nothing of the order; whether a world is as it should be is judged in everyStep.ts. */
export function advance(world: World, step: Step): World {
  switch (step.kind) {
    case 'create_container':
      return stand(world, step, 'created');
    case 'start_container':
      return stand(world, step, 'started');
    case 'wait_healthy':
      return stand(world, step, 'healthy');
    case 'stop_container':
      return stand(world, step, 'stopped');
    case 'remove_container': {
      const standing = new Map(world.standing);
      standing.delete(step.spec.name);
      return { ...world, standing };
    }
    case 'add_server':
    case 'ready_server':
    case 'drain_server':
    case 'remove_server':
    case 'set_map':
    case 'wait_drained':
    case 'reload': {
      // Before HAProxy itself finds it well, it takes nothing.
      if (step.kind === 'add_server' && step.down === true) return world;
      const now = world.balancers.get(step.host);
      if (!now) return world;
      return { ...world, balancers: new Map(world.balancers).set(step.host, serve(now, step)) };
    }
    case 'commit_state': {
      const recorded = applyChange(world.recorded, step.change, step.revision);
      if (!recorded)
        throw new Error('the plan records a change of another state than the one it begins with');
      return { ...world, recorded };
    }
    case 'check_host':
    case 'check_config':
    case 'pull_image':
    case 'watch_health':
    case 'pause':
    case 'set_weight':
    case 'judge_canary':
    case 'write_config':
    case 'rename_container':
    case 'remove_orphan':
      return world;
  }
}

type BalancerStep = Extract<
  Step,
  {
    kind:
      | 'add_server'
      | 'ready_server'
      | 'drain_server'
      | 'remove_server'
      | 'set_map'
      | 'wait_drained'
      | 'reload';
  }
>;

/** What a load balancer does after one more step. */
function serve(now: Serving, step: BalancerStep): Serving {
  switch (step.kind) {
    case 'add_server':
    case 'ready_server':
      return {
        ...now,
        taking: withServer(now.taking, step.backend, step.server.name),
        draining: withoutServer(now.draining, step.backend, step.server.name),
      };
    case 'drain_server':
      return {
        ...now,
        taking: withoutServer(now.taking, step.backend, step.server.name),
        draining: withServer(now.draining, step.backend, step.server.name),
      };
    case 'remove_server':
      return {
        ...now,
        taking: withoutServer(now.taking, step.backend, step.server.name),
        draining: withoutServer(now.draining, step.backend, step.server.name),
      };
    case 'wait_drained': {
      const { of } = step;
      if (of === null) return { ...now, oldWorkers: [] };
      if (!('server' in of)) return now;
      return { ...now, draining: withoutServer(now.draining, of.backend, of.server) };
    }
    case 'set_map': {
      const links = new Map(now.links);
      if (step.backend === null) links.delete(step.port);
      else links.set(step.port, step.backend);
      return { ...now, links };
    }
    case 'reload': {
      const { servers, links } = contentsOf(step.config);
      const names = [...servers].map(([backend, list]): [string, string[]] => [
        backend,
        list.map((server) => server.name),
      ]);
      return {
        taking: new Map(names),
        draining: new Map(),
        oldWorkers: [...new Set([...now.taking.values(), ...now.draining.values()].flat())],
        links,
      };
    }
  }
}

type Servers = ReadonlyMap<string, readonly string[]>;

function withServer(servers: Servers, backend: string, server: string): Servers {
  const others = (servers.get(backend) ?? []).filter((name) => name !== server);
  return new Map(servers).set(backend, [...others, server]);
}

function withoutServer(servers: Servers, backend: string, server: string): Servers {
  const now = servers.get(backend);
  if (!now?.includes(server)) return servers;
  return new Map(servers).set(
    backend,
    now.filter((name) => name !== server),
  );
}

type ContainerStep = Extract<Step, { spec: ContainerSpec }>;

function stand(world: World, { host, spec }: ContainerStep, phase: Standing['phase']): World {
  return { ...world, standing: new Map(world.standing).set(spec.name, { host, spec, phase }) };
}
