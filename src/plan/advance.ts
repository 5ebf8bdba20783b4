import { render, serversIn } from '../haproxy/render.ts';
import { routes } from '../haproxy/routes.ts';
import { applyChange } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import { stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { specOf, type ContainerSpec } from './spec.ts';
import type { Step } from './step.ts';

/** What there is between two steps of a plan: the plan's own idea of the world, made without asking anybody. */
export type World = {
  /** What the state database says. */
  readonly recorded: State;
  /** The containers on the hosts, by name. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** The containers each load balancer sends requests to. */
  readonly serving: ReadonlyMap<string, readonly string[]>;
  /** Those that may still answer requests which began before traffic moved. */
  readonly draining: ReadonlyMap<string, readonly string[]>;
};

export type Standing = {
  readonly host: string;
  readonly spec: ContainerSpec;
  readonly phase: 'created' | 'started' | 'healthy' | 'stopped';
};

/** The world as a state says it is: every container healthy, and traffic where the endpoints point. */
export function worldOf(state: State, environment: Environment): World {
  const standing = state.containers.map((container): [string, Standing] => {
    const host = stackNamed(state, container.stack)?.host ?? '';
    return [container.name, { host, spec: specOf(state, container), phase: 'healthy' }];
  });
  const serving = environment.loadBalancers.map((balancer): [string, string[]] => {
    return [balancer.name, serversIn(render(routes(state, environment, balancer), balancer))];
  });
  return {
    recorded: state,
    standing: new Map(standing),
    serving: new Map(serving),
    draining: new Map(),
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
    case 'switch_traffic': {
      const before = world.serving.get(step.host) ?? [];
      return {
        ...world,
        serving: new Map(world.serving).set(step.host, serversIn(step.config)),
        draining: new Map(world.draining).set(step.host, before),
      };
    }
    case 'wait_drained': {
      const draining = new Map(world.draining);
      draining.delete(step.host);
      return { ...world, draining };
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
      return world;
  }
}

type ContainerStep = Extract<Step, { spec: ContainerSpec }>;

function stand(world: World, { host, spec }: ContainerStep, phase: Standing['phase']): World {
  return { ...world, standing: new Map(world.standing).set(spec.name, { host, spec, phase }) };
}
