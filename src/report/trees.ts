import type { Endpoint, State } from '../model/state.ts';
import { treesLines, treeOf, weightedTreesOf, type TreeNode } from '../plan/treeLines.ts';

/**
 * The service tree of an endpoint for programs: its front door, and the nodes from the root down. Where it spreads over
 * positions it has a tree for each of them; `root` is that of the first.
 */
export function treeEntry(state: State, { name, stage, port, address, url }: Endpoint): object {
  const front = { endpoint: name, stage, address, port, url };
  return { ...front, root: treeOf(state, name), trees: weightedTreesOf(state, name) };
}

/** The service tree of an endpoint as it is drawn for people. */
export function treeText(state: State, { name, stage, port, url }: Endpoint): string {
  const front = url === null ? `port ${port}` : `port ${port}, ${url}`;
  const roots = treesLines(state, name);
  const drawn = roots.flatMap(([root = '', ...below], index) => {
    const [branch, under] = index === roots.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  '];
    return [`${branch}${root}`, ...below.map((line) => `${under}${line}`)];
  });
  return [`${name} (${stage}, ${front})`, ...drawn].join('\n');
}

/** The same on one line, for cells: `webapp v0.2 (training v2 (mail v1), db)`. Null where there is no such endpoint. */
export function treeInOneLine(state: State, { name }: Endpoint): string | null {
  return (
    weightedTreesOf(state, name)
      .map(({ root }) => nodeInOneLine(root))
      .join('; ') || null
  );
}

function nodeInOneLine(node: TreeNode): string {
  if ('external' in node) return node.external;
  const children = node.children.map(nodeInOneLine).join(', ');
  return `${node.service} ${node.version ?? 'nothing'}${children === '' ? '' : ` (${children})`}`;
}
