import { endpointsOf, externalNamed } from './lookup.ts';
import type { Edge, Endpoint, State } from './state.ts';
import { indexOf } from './stateIndex.ts';

/**
 * Service trees. The tree of an endpoint begins with its service at its pointer; each edge says at which position
 * of the child's stacks the parent's calls are answered. A service may be called by several parents of a tree. Every
 * function here also ends on a broken state, where edges go round in circles or hang in the air.
 */

/** The edges of an endpoint's tree, by parent and then by child. */
export function edgesOf(state: State, endpoint: string): readonly Edge[] {
  return indexOf(state).edgesByEndpoint.get(endpoint) ?? [];
}

/** The position of the child's stacks that an edge leads to. */
export function positionOf(edge: Edge, endpoint: Endpoint): number {
  return edge.position ?? endpoint.pointer;
}

/**
 * The services a tree reaches, each with the positions at which it answers there; the root comes first. External
 * services are not among them: they have no positions, and nothing stands below them.
 */
export type Reached = ReadonlyMap<string, ReadonlySet<number>>;

const reachedByEndpoint = new WeakMap<State, Map<Endpoint, Reached>>();

/** What an endpoint's tree reaches. Five rules ask this of every endpoint, so it is found once for each state. */
export function reachedBy(state: State, endpoint: Endpoint): Reached {
  const known = reachedByEndpoint.get(state) ?? new Map<Endpoint, Reached>();
  reachedByEndpoint.set(state, known);
  const reached = known.get(endpoint) ?? findReached(state, endpoint);
  known.set(endpoint, reached);
  return reached;
}

function findReached(state: State, endpoint: Endpoint): Reached {
  const reached = new Map([[endpoint.service, new Set([endpoint.pointer])]]);
  const edges = edgesOf(state, endpoint.name);
  // The loop also visits the services that are added while it runs.
  for (const parent of reached.keys()) {
    for (const edge of edges.filter((candidate) => candidate.parent === parent)) {
      if (externalNamed(state, edge.child)) continue;
      const positions = reached.get(edge.child) ?? new Set();
      reached.set(edge.child, positions.add(positionOf(edge, endpoint)));
    }
  }
  return reached;
}

const treesByService = new WeakMap<State, ReadonlyMap<string, readonly Endpoint[]>>();

/** The endpoints whose trees a service is in, as root or below it, in the order of the state. */
export function treesWith(state: State, service: string): readonly Endpoint[] {
  const known = treesByService.get(state) ?? collectTrees(state);
  treesByService.set(state, known);
  return known.get(service) ?? [];
}

function collectTrees(state: State): Map<string, Endpoint[]> {
  const trees = new Map<string, Endpoint[]>();
  for (const endpoint of state.endpoints) {
    for (const service of reachedBy(state, endpoint).keys()) {
      const group = trees.get(service);
      if (group) group.push(endpoint);
      else trees.set(service, [endpoint]);
    }
  }
  return trees;
}

/** The positions of a service's stacks that some endpoint or parent sends requests to, in ascending order. */
export function positionsInUse(state: State, service: string): number[] {
  const positions = treesWith(state, service).flatMap((endpoint) => [
    ...(reachedBy(state, endpoint).get(service) ?? []),
  ]);
  return [...new Set(positions)].sort((a, b) => a - b);
}

/** Whether a service has a front door of its own (a main service) or is reached through others (a sub-service). */
export function isMainService(state: State, service: string): boolean {
  return endpointsOf(state, service).length > 0;
}
