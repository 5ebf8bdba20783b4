import {
  endpointNamed,
  endpointsOf,
  externalNamed,
  serviceNamed,
  stackNamed,
  stacksOf,
  usersOf,
} from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { edgesOf } from '../model/trees.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { prune } from './connect.ts';
import { noSuchEndpoint, noSuchExternal, noSuchService, noSuchStack } from './missing.ts';
import { sequence } from './sequence.ts';

const giveCascade = 'give --cascade, which takes these away first';

/** Removes a service that nothing depends on any more; whatever still does is listed. */
export function deleteService(state: State, name: string): Outcome {
  if (!serviceNamed(state, name)) return noSuchService(state, name);
  const dependants = [
    ...endpointsOf(state, name).map((endpoint) => `endpoint ${endpoint.name}`),
    ...stacksOf(state, name).map((stack) => `stack ${stack.name}`),
    ...callersOf(state, name),
  ];
  if (dependants.length > 0) {
    const fact = `it is still used by ${dependants.join(', ')}`;
    return refused(refusal('endpoint-service', name, fact, giveCascade));
  }
  return proposed({ ...state, services: state.services.filter((service) => service.name !== name) });
}

/** Removes an external service that no tree and no service names any more; whatever still does is listed. */
export function deleteExternal(state: State, name: string): Outcome {
  if (!externalNamed(state, name)) return noSuchExternal(state, name);
  const dependants = callersOf(state, name);
  if (dependants.length > 0) {
    const fact = `it is still used by ${dependants.join(', ')}`;
    return refused(refusal('tree-shape', name, fact, giveCascade));
  }
  return proposed({ ...state, externals: state.externals.filter((external) => external.name !== name) });
}

/** The trees that a service or an external one is in by a relation, and the services that say they use it. */
function callersOf(state: State, name: string): string[] {
  const related = state.edges.filter((edge) => edge.parent === name || edge.child === name);
  return [
    ...[...new Set(related.map((edge) => edge.endpoint))].map((endpoint) => `the tree of ${endpoint}`),
    ...usersOf(state, name).map((user) => `service ${user.name}`),
  ];
}

/** Removes a stack with all its containers, and what is retained of them. */
export function deleteStack(state: State, name: string): Outcome {
  if (!stackNamed(state, name)) return noSuchStack(state, name);
  return proposed({
    ...state,
    stacks: state.stacks.filter((stack) => stack.name !== name),
    containers: state.containers.filter((container) => container.stack !== name),
    retained: state.retained.filter((container) => container.stack !== name),
  });
}

/** Removes an endpoint that has no tree below it any more; the relations of its tree are listed. */
export function deleteEndpoint(state: State, name: string): Outcome {
  if (!endpointNamed(state, name)) return noSuchEndpoint(state, name);
  const relations = edgesOf(state, name).map(({ parent, child }) => `${parent} to ${child}`);
  if (relations.length > 0) {
    const fact = `its tree still connects ${relations.join(', ')}`;
    return refused(refusal('endpoint-service', name, fact, giveCascade));
  }
  return proposed({ ...state, endpoints: state.endpoints.filter((endpoint) => endpoint.name !== name) });
}

/** Removes an endpoint; with `cascade`, its tree first. Without it, an endpoint with a tree is refused. */
export function removeEndpoint(
  state: State,
  { endpoint, cascade }: { endpoint: string; cascade: boolean },
): Outcome {
  const edges = cascade ? state.edges.filter((edge) => edge.endpoint !== endpoint) : state.edges;
  return deleteEndpoint({ ...state, edges }, endpoint);
}

/** Removes an external service; with `cascade`, first its place in trees and in what services use. */
export function removeExternal(
  state: State,
  { external, cascade }: { external: string; cascade: boolean },
): Outcome {
  return deleteExternal(cascade ? leaveCallers(state, external) : state, external);
}

/**
 * Removes a service; with `cascade`, first its endpoints with their trees, its place in the trees of others with the
 * branches that hang on it and in what they use, and its stacks. Without it, a service in use is refused.
 */
export function removeService(
  state: State,
  { service, cascade }: { service: string; cascade: boolean },
): Outcome {
  if (!cascade) return deleteService(state, service);
  return sequence(proposed(state), [
    ...endpointsOf(state, service).map(
      ({ name }) =>
        (next: State) =>
          removeEndpoint(next, { endpoint: name, cascade }),
    ),
    (next) => proposed(leaveCallers(next, service)),
    ...stacksOf(state, service).map((stack) => (next: State) => deleteStack(next, stack.name)),
    (next) => deleteService(next, service),
  ]);
}

function leaveCallers(state: State, name: string): State {
  const users = new Set(usersOf(state, name));
  const services = state.services.map((service) => {
    if (!users.has(service)) return service;
    const uses = service.traffic.uses.filter((used) => used !== name);
    return { ...service, traffic: { ...service.traffic, uses } };
  });
  return leaveTrees(users.size === 0 ? state : { ...state, services }, name);
}

function leaveTrees(state: State, service: string): State {
  const concerns = (edge: State['edges'][number]): boolean =>
    edge.parent === service || edge.child === service;
  const trees = new Set(state.edges.filter(concerns).map((edge) => edge.endpoint));
  const without = { ...state, edges: state.edges.filter((edge) => !concerns(edge)) };
  return [...trees].reduce(prune, without);
}
