import { containersAt, endpointsOf, externalNamed } from './lookup.ts';
import type { Container, Edge, Endpoint, State } from './state.ts';
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

/**
 * The positions at which an endpoint's tree begins: its pointer, or all that get a share where it spreads by weight. There
 * is a tree of its own for each of them.
 */
export function rootsOf({ pointer, options }: Endpoint): number[] {
  const sharing = options.weights.filter(({ weight }) => weight > 0);
  return sharing.length === 0 ? [pointer] : sharing.map(({ position }) => position);
}

/** The one of these trees that stands for the endpoint: that of its pointer, unless this gets no share. */
export function usualRootOf(endpoint: Endpoint): number {
  const [first = endpoint.pointer, ...others] = rootsOf(endpoint);
  return others.includes(endpoint.pointer) ? endpoint.pointer : first;
}

/** The containers that answer for an endpoint, from its first position up. */
export function containersBehind(state: State, endpoint: Endpoint): Container[] {
  return rootsOf(endpoint).flatMap((position) => containersAt(state, endpoint.service, position));
}

/** The position of the child's stacks that an edge leads to, in the tree that begins at a position. */
export function positionOf(edge: Edge, root: number): number {
  return edge.position ?? root;
}

/**
 * The services a tree reaches, each with the positions at which it answers there; the root comes first. External
 * services are not among them: they have no positions, and nothing stands below them.
 */
export type Reached = ReadonlyMap<string, ReadonlySet<number>>;

/** The tree that begins at one position of an endpoint's service. */
export type Tree = { readonly root: number; readonly reached: Reached };

const treesByEndpoint = new WeakMap<State, Map<Endpoint, readonly Tree[]>>();

/** The trees of an endpoint. Five rules ask for these of every endpoint, so they are found once for each state. */
export function treesOf(state: State, endpoint: Endpoint): readonly Tree[] {
  const known = treesByEndpoint.get(state) ?? new Map<Endpoint, readonly Tree[]>();
  treesByEndpoint.set(state, known);
  const trees =
    known.get(endpoint) ??
    rootsOf(endpoint).map((root) => ({ root, reached: findReached(state, endpoint, root) }));
  known.set(endpoint, trees);
  return trees;
}

/** What all trees of an endpoint reach together. */
export function reachedBy(state: State, endpoint: Endpoint): Reached {
  const [first, ...others] = treesOf(state, endpoint);
  if (first && others.length === 0) return first.reached;
  const reached = new Map<string, Set<number>>();
  for (const tree of treesOf(state, endpoint)) {
    for (const [service, positions] of tree.reached) {
      reached.set(service, new Set([...(reached.get(service) ?? []), ...positions]));
    }
  }
  return reached;
}

function findReached(state: State, endpoint: Endpoint, root: number): Reached {
  const reached = new Map([[endpoint.service, new Set([root])]]);
  const edges = edgesOf(state, endpoint.name);
  // The loop also visits the services that are added while it runs.
  for (const parent of reached.keys()) {
    for (const edge of edges.filter((candidate) => candidate.parent === parent)) {
      if (externalNamed(state, edge.child)) continue;
      const positions = reached.get(edge.child) ?? new Set();
      reached.set(edge.child, positions.add(positionOf(edge, root)));
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
