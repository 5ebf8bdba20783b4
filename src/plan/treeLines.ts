import { containersAt, endpointNamed } from '../model/lookup.ts';
import type { Edge, Endpoint, State } from '../model/state.ts';
import { edgesOf, positionOf } from '../model/trees.ts';

/** A node of a drawn tree: a service at a position, with the version that answers there. */
export type TreeNode = {
  readonly service: string;
  readonly position: number;
  /** Whether the position follows the endpoint's pointer, or is fixed by the edge. */
  readonly follows: boolean;
  readonly version: string | null;
  readonly containers: readonly string[];
  /** Empty also where the node stands elsewhere in the tree already, with its children. */
  readonly children: readonly TreeNode[];
  readonly repeated: boolean;
};

type Place = Pick<TreeNode, 'service' | 'position' | 'follows'>;

/** The tree of an endpoint from its root; null where there is no such endpoint. A cycle of a broken state is cut. */
export function treeOf(state: State, endpoint: string): TreeNode | null {
  const root = endpointNamed(state, endpoint);
  if (!root) return null;
  const edges = edgesOf(state, endpoint);
  const drawn = new Set<string>();
  const nodeAt = (place: Place): TreeNode => {
    const { service, position } = place;
    const containers = containersAt(state, service, position);
    const [version = null] = containers.map((container) => container.version);
    const below = edges.filter((edge) => edge.parent === service);
    // What several parents call is drawn with its children once: a tree of many such would never end.
    const repeated = drawn.has(`${service} ${position}`) && below.length > 0;
    drawn.add(`${service} ${position}`);
    const children = repeated ? [] : below.map((edge) => nodeAt(placeOf(edge, root)));
    return { ...place, version, containers: containers.map(({ name }) => name), children, repeated };
  };
  return nodeAt({ service: root.service, position: root.pointer, follows: true });
}

function placeOf(edge: Edge, endpoint: Endpoint): Place {
  return { service: edge.child, position: positionOf(edge, endpoint), follows: edge.position === null };
}

/** The tree as lines of text with branches drawn; no line for an endpoint that is not there. */
export function treeLines(state: State, endpoint: string): string[] {
  const root = treeOf(state, endpoint);
  return root ? [label(root), ...branches(root.children)] : [];
}

function branches(children: readonly TreeNode[]): string[] {
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const below = branches(child.children).map((line) => `${isLast ? '   ' : '│  '}${line}`);
    return [`${isLast ? '└─ ' : '├─ '}${label(child)}`, ...below];
  });
}

function label({ service, version, position, follows, repeated }: TreeNode): string {
  const place = `position ${position}${follows ? '' : ', fixed'}${repeated ? ', as above' : ''}`;
  return `${service} ${version ?? 'nothing'} (${place})`;
}
