import { stackTwins } from '../constraints/stackTwins.ts';
import { stackVersions } from '../constraints/stackVersions.ts';
import { containersOf, endpointsOf, heightOf, stacksOf } from '../model/lookup.ts';
import { levelFor, parametersFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { edgesOf, treesWith } from '../model/trees.ts';
import { compareInOrder, defaultOrder, type Orderable } from '../model/versionOrder.ts';
import type { Ground, Move } from './moves.ts';

/** Which moves a search looks at. */
export type Reach = Ground & {
  /** What may be released, the earliest first. */
  readonly candidates: readonly Orderable[];
  /** Whether endpoints and relations may be pointed at other positions. */
  readonly repoints: boolean;
  /** No stack is made higher than this. */
  readonly maxHeight: number;
};

/**
 * Every move that may be made in a state. Of equally short ways the one is found first whose moves come first here: a
 * promotion before anything that makes containers, few containers before many, and re-pointing last.
 */
export function everyMove(state: State, reach: Reach): readonly Move[] {
  const { service } = reach;
  const positions = Array.from({ length: heightOf(state, service) }, (_, position) => position);
  const singles = mayDiffer(state, reach) ? [false, true] : [false];
  const spread = endpointsOf(state, service).filter(({ options }) => options.weights.length > 0);
  return [
    ...singles.flatMap((single) => positions.map((position): Move => ({ do: 'pop', position, single }))),
    ...spread.flatMap(({ name }): Move[] => [
      { do: 'promote', endpoint: name },
      { do: 'abort', endpoint: name },
    ]),
    ...releases(state, reach),
    ...positions.flatMap((position): Move[] => [
      { do: 'replace', position, direction: 'up' },
      { do: 'replace', position, direction: 'down' },
    ]),
    ...(reach.repoints ? branchings(state, service, positions) : []),
  ];
}

/** Whether one stack may be popped alone: where twins must stay twins it is refused anyway. */
function mayDiffer(state: State, { service, environment }: Reach): boolean {
  const stacks = stacksOf(state, service).map(({ name }) =>
    containersOf(state, name).map(({ version, digest }) => [version, digest]),
  );
  const areTwins = new Set(stacks.map((column) => JSON.stringify(column))).size <= 1;
  const level = levelFor(environment.rules, stackTwins.code, service, stackTwins.level);
  return stacks.length > 1 && (level !== 'error' || !areTwins);
}

/** Every list of candidates that a stack has room for, the shortest first, without those that stack-versions refuses anyway. */
function releases(state: State, { service, environment, candidates, maxHeight }: Reach): Move[] {
  const { rules } = environment;
  const order = parametersFor(rules, stackVersions.code, service, defaultOrder);
  const isRefused = levelFor(rules, stackVersions.code, service, stackVersions.level) === 'error';
  const standing = stacksOf(state, service).flatMap(({ name }) => containersOf(state, name));
  const mayStandOn = (below: readonly Orderable[], upper: Orderable): boolean =>
    !isRefused || below.every((lower) => (compareInOrder(order, lower, upper) ?? 0) <= 0);
  const fitting = candidates.filter((upper) => mayStandOn(standing, upper));
  const lists: (readonly Orderable[])[] = [[]];
  // The loop also visits the lists that are added while it runs.
  for (const list of lists) {
    if (list.length >= maxHeight - heightOf(state, service)) break;
    lists.push(...fitting.filter((upper) => mayStandOn(list, upper)).map((upper) => [...list, upper]));
  }
  return lists.slice(1).map((list) => ({ do: 'release', versions: list.map(({ version }) => version) }));
}

/** Every other place for each endpoint of a service, and for each relation that leads to it. */
function branchings(state: State, service: string, positions: readonly number[]): Move[] {
  return treesWith(state, service).flatMap((endpoint) => {
    const parents = edgesOf(state, endpoint.name)
      .filter((edge) => edge.child === service)
      .map((edge) => edge.parent);
    const named = parents.length > 1 ? [null, ...parents] : parents.map(() => null);
    const common = { do: 'changetree', endpoint: endpoint.name } as const;
    const own = endpoint.service === service ? positions : [];
    return [
      ...own.map((position): Move => ({ ...common, child: null, parent: null, position })),
      ...named.flatMap((parent) =>
        [null, ...positions].map((position): Move => ({ ...common, child: service, parent, position })),
      ),
    ];
  });
}
