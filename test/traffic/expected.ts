import { chainOf } from './chain.ts';
import type { Allowed } from './generator/protocol.ts';

/** Who should answer, by what `cmanage show trees -o json` says of the state. */

export type Tree = { readonly endpoint: string; readonly stage: string; readonly root: TreeNode };

export type TreeNode = {
  readonly service: string;
  readonly position: number;
  readonly version: string | null;
  readonly children: readonly TreeNode[];
  /** Its children stand where the same service at the same position is drawn first. */
  readonly repeated: boolean;
};

/** The chain that answers at the stage of each of these endpoints. */
export function chainsOf(trees: readonly Tree[], endpoints: readonly string[]): Allowed {
  const watched = trees.filter(({ endpoint }) => endpoints.includes(endpoint));
  return Object.fromEntries(watched.map(({ stage, root }) => [stage, [chainOfTree(root)]]));
}

function chainOfTree(root: TreeNode): string {
  const nodes = [...nodesBelow(root)];
  const chain = ({ service, position, version, children, repeated }: TreeNode): string => {
    const same = (other: TreeNode): boolean => other.service === service && other.position === position;
    const below = repeated
      ? (nodes.find((other) => same(other) && !other.repeated)?.children ?? [])
      : children;
    const links = below.map((child) => ({ name: child.service, chain: chain(child) }));
    return chainOf(service, version ?? 'nothing', links);
  };
  return chain(root);
}

function* nodesBelow(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* nodesBelow(child);
}
