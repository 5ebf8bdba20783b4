import { chainOf, rootOf } from './chain.ts';
import type { Allowed } from './generator/protocol.ts';

/** Who should answer, by what `cmanage show trees -o json` says of the state. */

export type Tree = {
  readonly endpoint: string;
  readonly stage: string;
  /** One for each position that gets a share of the requests; a weight of null is all of them. */
  readonly trees: readonly { readonly weight: number | null; readonly root: TreeNode }[];
};

export type TreeNode = {
  readonly service: string;
  readonly position: number;
  readonly version: string | null;
  /** Whether its position is that of the root, or fixed by the relation that leads to it. */
  readonly follows: boolean;
  readonly children: readonly TreeNode[];
  /** Its children stand where the same service at the same position is drawn first. */
  readonly repeated: boolean;
};

/** The chains that answer at the stage of each of these endpoints: several where an endpoint spreads over positions. */
export function chainsOf(all: readonly Tree[], endpoints: readonly string[]): Allowed {
  const watched = all.filter(({ endpoint }) => endpoints.includes(endpoint));
  return Object.fromEntries(
    watched.map(({ stage, trees }) => [stage, [...new Set(trees.map(({ root }) => chainOfTree(root)))]]),
  );
}

/** The shares of a stage's requests that each version of its service should answer, where there are several. */
export type Shares = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The shares at the stage of each of these endpoints that spreads over several versions, by their weights. */
export function sharesOf(all: readonly Tree[], endpoints: readonly string[]): Shares {
  const watched = all.filter(({ endpoint }) => endpoints.includes(endpoint));
  const spread = watched.map(({ stage, trees }) => [stage, sharesAmong(trees)] as const);
  return Object.fromEntries(spread.filter(([, shares]) => Object.keys(shares).length > 1));
}

function sharesAmong(trees: Tree['trees']): Record<string, number> {
  const all = trees.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  const shares: Record<string, number> = {};
  for (const { weight, root } of trees) {
    const version = rootOf(chainOfTree(root));
    shares[version] = (shares[version] ?? 0) + (weight ?? 1) / all;
  }
  return shares;
}

/** A relation of an endpoint's tree whose position is fixed. */
export type Fixed = { readonly endpoint: string; readonly child: string };

/** The services whose position is fixed in the trees of these endpoints. */
export function fixedIn(all: readonly Tree[], endpoints: readonly string[]): Fixed[] {
  const watched = all.filter(({ endpoint }) => endpoints.includes(endpoint));
  return watched.flatMap(({ endpoint, trees: [first] }) =>
    [...(first ? nodesBelow(first.root) : [])]
      .filter(({ follows }) => !follows)
      .map(({ service: child }) => ({ endpoint, child })),
  );
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
