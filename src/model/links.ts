import type { Environment } from './environment.ts';
import { externalNamed, serviceNamed } from './lookup.ts';
import { parametersFor } from './rules.ts';
import type { Edge, Endpoint, State } from './state.ts';
import { indexOf } from './stateIndex.ts';
import type { Mode } from './traffic.ts';
import { positionOf, reachedBy, treesOf, treesWith, usualRootOf } from './trees.ts';

/**
 * Links: how a container reaches the services it calls. It is given an address of the load balancer for each of them,
 * which never changes; where that leads follows the endpoint the container serves, and changes when it is promoted.
 */

/** Which containers of a service, or which target of an external one, a link leads to. */
export type LinkTarget = {
  readonly child: string;
  /** Position of a service's stacks; null for an external service. */
  readonly position: number | null;
  /** The stage on whose behalf it is called. */
  readonly stage: string;
  /** Seconds that connections may stay on this way once the link leads elsewhere; null takes the load balancer's. */
  readonly drainLimit: number | null;
};

/** The services and external services that a service calls: those it says it uses, and its children in any tree. */
export function childrenOf(state: State, service: string): string[] {
  const called = (indexOf(state).edgesByParent.get(service) ?? []).map((edge) => edge.child);
  const used = serviceNamed(state, service)?.traffic.uses ?? [];
  return [...new Set([...used, ...called])].sort();
}

/** How a service or an external service is called. */
export function modeOf(state: State, name: string): Mode {
  return serviceNamed(state, name)?.traffic.mode ?? externalNamed(state, name)?.mode ?? 'http';
}

/** `last-stage`: a container that serves no endpoint yet calls as the last stage does. `none`: it reaches nobody. */
export const defaultLinks = { unassigned: 'last-stage' };

/**
 * Where the calls of a service's containers at a position lead to: to the child's place in the tree of an endpoint that
 * they serve. Null where that tree has no such child, or where there is no tree to follow.
 */
export function targetOf(
  state: State,
  { rules }: Environment,
  { service, position }: { readonly service: string; readonly position: number },
  child: string,
): LinkTarget | null {
  const endpoints = treesWith(state, service);
  const calls = callsOf(state, service, child);
  const find = (ways: readonly Way[]): LinkTarget | null => {
    const way = ways.find(({ endpoint }) => calls.has(endpoint.name));
    const edge = way && calls.get(way.endpoint.name);
    return edge ? targetOfEdge(state, edge, way) : null;
  };
  const served = endpoints.flatMap((endpoint) =>
    treesOf(state, endpoint)
      .filter(({ reached }) => reached.get(service)?.has(position) === true)
      .map(({ root }) => ({ endpoint, root })),
  );
  if (served.length > 0) return find(served);
  const { unassigned } = parametersFor(rules, 'links', service, defaultLinks);
  if (unassigned === 'none') return null;
  const latest = latestFirst(endpoints, rules.stages);
  return find(latest.map((endpoint) => ({ endpoint, root: usualRootOf(endpoint) })));
}

/** The endpoints on whose behalf a service's containers at a position are called. */
export function servedBy(state: State, service: string, position: number): Endpoint[] {
  return treesWith(state, service).filter(
    (endpoint) => reachedBy(state, endpoint).get(service)?.has(position) === true,
  );
}

/** The relations of a service with a child, by the endpoints in whose trees they are. */
function callsOf(state: State, service: string, child: string): Map<string, Edge> {
  const edges = indexOf(state).edgesByParent.get(service) ?? [];
  return new Map(edges.filter((edge) => edge.child === child).map((edge) => [edge.endpoint, edge]));
}

/** The tree of an endpoint by which a container is called. */
type Way = { readonly endpoint: Endpoint; readonly root: number };

function targetOfEdge(state: State, edge: Edge, { endpoint, root }: Way): LinkTarget {
  const position = serviceNamed(state, edge.child) ? positionOf(edge, root) : null;
  return { child: edge.child, position, stage: endpoint.stage, drainLimit: edge.drainLimit };
}

function latestFirst(endpoints: readonly Endpoint[], stages: readonly string[]): Endpoint[] {
  return [...endpoints].sort((a, b) => stages.indexOf(b.stage) - stages.indexOf(a.stage));
}

/** The variable names of a link begin with this, for example CMANAGE_LINK_USER_DB for the child `user-db`. */
export function linkVariable(child: string): string {
  return `CMANAGE_LINK_${child.toUpperCase().replaceAll('-', '_')}`;
}
