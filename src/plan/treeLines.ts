import { containersAt, endpointNamed, externalNamed, targetAt } from '../model/lookup.ts';
import type { Edge, Endpoint, State } from '../model/state.ts';
import { targetText } from '../model/traffic.ts';
import { edgesOf, positionOf, rootsOf } from '../model/trees.ts';

export type TreeNode = ServiceNode | ExternalNode;

/** An external service at the stage of the tree's endpoint. */
export type ExternalNode = {
  readonly external: string;
  /** Null where it has none at the stage. */
  readonly target: string | null;
  readonly drainLimit: number | null;
};

/** A node of a drawn tree: a service at a position, with the version that answers there. */
export type ServiceNode = {
  readonly service: string;
  readonly position: number;
  /** Whether the position follows the endpoint's pointer, or is fixed by the edge. */
  readonly follows: boolean;
  readonly version: string | null;
  readonly containers: readonly string[];
  /** Empty also where the node stands elsewhere in the tree already, with its children. */
  readonly children: readonly TreeNode[];
  readonly repeated: boolean;
  /** Of the relation that leads to it, in seconds; null takes the load balancer's. */
  readonly drainLimit: number | null;
};

type Place = Pick<ServiceNode, 'service' | 'position' | 'follows' | 'drainLimit'>;

/**
 * The tree of an endpoint from its root, the first one where it has several; null where there is no such endpoint. A
 * cycle of a broken state is cut.
 */
export function treeOf(state: State, endpoint: string): ServiceNode | null {
  return weightedTreesOf(state, endpoint)[0]?.root ?? null;
}

/** A tree of an endpoint, and the weight of the position where it begins; null where the endpoint does not spread. */
export type WeightedTree = { readonly weight: number | null; readonly root: ServiceNode };

/** The trees of an endpoint, one for each position that gets a share of its requests. */
export function weightedTreesOf(state: State, name: string): WeightedTree[] {
  const endpoint = endpointNamed(state, name);
  if (!endpoint) return [];
  const { weights } = endpoint.options;
  return rootsOf(endpoint).map((position) => {
    const weight = weights.find((share) => share.position === position)?.weight ?? null;
    return { weight, root: treeAt(state, endpoint, position) };
  });
}

function treeAt(state: State, root: Endpoint, start: number): ServiceNode {
  const edges = edgesOf(state, root.name);
  const drawn = new Set<string>();
  const nodeAt = (place: Place): ServiceNode => {
    const { service, position } = place;
    const containers = containersAt(state, service, position);
    const [version = null] = containers.map((container) => container.version);
    const below = edges.filter((edge) => edge.parent === service);
    // What several parents call is drawn with its children once: a tree of many such would never end.
    const repeated = drawn.has(`${service} ${position}`) && below.length > 0;
    drawn.add(`${service} ${position}`);
    const children = repeated
      ? []
      : below.map((edge) => externalNode(state, edge, root) ?? nodeAt(placeOf(edge, start)));
    return { ...place, version, containers: containers.map(({ name }) => name), children, repeated };
  };
  return nodeAt({ service: root.service, position: start, follows: true, drainLimit: null });
}

function externalNode(state: State, { child, drainLimit }: Edge, { stage }: Endpoint): ExternalNode | null {
  const external = externalNamed(state, child);
  if (!external) return null;
  const target = targetAt(external, stage);
  return { external: child, target: target ? targetText(target) : null, drainLimit };
}

function placeOf(edge: Edge, root: number): Place {
  const { child: service, drainLimit } = edge;
  return { service, position: positionOf(edge, root), follows: edge.position === null, drainLimit };
}

/** The tree as lines of text with branches drawn; no line for an endpoint that is not there. */
export function treeLines(state: State, endpoint: string): string[] {
  return treesLines(state, endpoint).flat();
}

/** The lines of each tree of an endpoint, of which one that spreads over positions has several. */
export function treesLines(state: State, endpoint: string): string[][] {
  return weightedTreesOf(state, endpoint).map(({ root, weight }) => {
    const share = weight === null ? '' : `, weight ${weight}`;
    return [`${label(root)}${share}`, ...branches(root.children)];
  });
}

function branches(children: readonly TreeNode[]): string[] {
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const grandchildren = 'external' in child ? [] : child.children;
    const below = branches(grandchildren).map((line) => `${isLast ? '   ' : '│  '}${line}`);
    return [`${isLast ? '└─ ' : '├─ '}${label(child)}`, ...below];
  });
}

function label(node: TreeNode): string {
  const drained = node.drainLimit === null ? '' : `, drained in ${node.drainLimit} s`;
  if ('external' in node) return `${node.external} (external, ${node.target ?? 'no target'}${drained})`;
  const { service, version, position, follows, repeated } = node;
  const place = `position ${position}${follows ? '' : ', fixed'}${repeated ? ', as above' : ''}`;
  return `${service} ${version ?? 'nothing'} (${place}${drained})`;
}
