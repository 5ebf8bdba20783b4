import { endpointsOf, serviceNamed, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchEndpoint, noSuchService, noSuchStack } from './missing.ts';

/** Removes a service that nothing depends on any more; whatever still does is listed. */
export function deleteService(state: State, name: string): Outcome {
  if (!serviceNamed(state, name)) return noSuchService(name);
  const dependants = [
    ...endpointsOf(state, name).map((endpoint) => `endpoint ${endpoint.name}`),
    ...stacksOf(state, name).map((stack) => `stack ${stack.name}`),
    ...state.edges
      .filter((edge) => edge.child === name)
      .map((edge) => `the service tree of ${edge.endpoint}`),
  ];
  if (dependants.length > 0) {
    const fact = `it is still used by ${dependants.join(', ')}`;
    return refused(refusal('endpoint-service', name, fact, 'delete these first, or give --cascade'));
  }
  return proposed({ ...state, services: state.services.filter((service) => service.name !== name) });
}

/** Removes a stack with all its containers. */
export function deleteStack(state: State, name: string): Outcome {
  if (!state.stacks.some((stack) => stack.name === name)) return noSuchStack(name);
  return proposed({
    ...state,
    stacks: state.stacks.filter((stack) => stack.name !== name),
    containers: state.containers.filter((container) => container.stack !== name),
  });
}

/** Removes an endpoint and its service tree. */
export function deleteEndpoint(state: State, name: string): Outcome {
  if (!state.endpoints.some((endpoint) => endpoint.name === name)) return noSuchEndpoint(name);
  return proposed({
    ...state,
    endpoints: state.endpoints.filter((endpoint) => endpoint.name !== name),
    edges: state.edges.filter((edge) => edge.endpoint !== name),
  });
}
