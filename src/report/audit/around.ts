import type { State } from '../../model/state.ts';

/** Some services and all that share a tree with them. */
export function around(state: State, names: ReadonlySet<string>): Set<string> {
  const trees = new Set([
    ...state.endpoints.filter(({ service }) => names.has(service)).map(({ name }) => name),
    ...state.edges
      .filter(({ parent, child }) => names.has(parent) || names.has(child))
      .map(({ endpoint }) => endpoint),
  ]);
  return new Set([
    ...names,
    ...state.endpoints.filter(({ name }) => trees.has(name)).map(({ service }) => service),
    ...state.edges
      .filter(({ endpoint }) => trees.has(endpoint))
      .flatMap(({ parent, child }) => [parent, child]),
  ]);
}

/** The state as far as some services go: their rows alone, and the trees of their endpoints. */
export function partOf(state: State, names: ReadonlySet<string>): State {
  const stacks = state.stacks.filter(({ service }) => names.has(service));
  const stackNames = new Set(stacks.map(({ name }) => name));
  const endpoints = state.endpoints.filter(({ service }) => names.has(service));
  const endpointNames = new Set(endpoints.map(({ name }) => name));
  return {
    ...state,
    services: state.services.filter(({ name }) => names.has(name)),
    ...{ stacks, endpoints },
    containers: state.containers.filter(({ stack }) => stackNames.has(stack)),
    edges: state.edges.filter(({ endpoint }) => endpointNames.has(endpoint)),
    retained: state.retained.filter(({ stack }) => stackNames.has(stack)),
  };
}
