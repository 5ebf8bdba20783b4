import type { Wish } from '../../src/goal/goal.ts';
import type { State } from '../../src/model/state.ts';
import type { House } from './house.ts';

/** What a goal means, once more and by plain loops over the rows. */

export function isFulfilled(state: State, service: string, wishes: readonly Wish[], house: House): boolean {
  return wishes.every(({ stage, version }) => {
    const versions = answersOf(state, service, stage, house);
    return versions.length > 0 && versions.every((other) => other === version);
  });
}

/** What each stage answers with, where that is one version. */
export function wishesOf(state: State, service: string, house: House): Wish[] {
  if (!state.services.some(({ name }) => name === service)) return [];
  return house.stages.flatMap((stage) => {
    const [version, ...others] = new Set(answersOf(state, service, stage, house));
    return version === undefined || version === 'nothing' || others.length > 0 ? [] : [{ stage, version }];
  });
}

/** The version of each container that answers for a stage, by plain loops over the rows; without a tree, at the stage's own position. */
function answersOf(state: State, service: string, stage: string, { stages }: House): string[] {
  const positions: number[] = [];
  for (const endpoint of state.endpoints.filter((row) => row.stage === stage)) {
    const edges = state.edges.filter((edge) => edge.endpoint === endpoint.name);
    const inTree = reachedFrom(endpoint.service, edges);
    if (endpoint.service === service) positions.push(endpoint.pointer);
    for (const { parent, child, position } of edges) {
      if (child === service && inTree.has(parent)) positions.push(position ?? endpoint.pointer);
    }
  }
  if (positions.length === 0) positions.push(stages.indexOf(stage));
  return state.stacks
    .filter((stack) => stack.service === service)
    .flatMap(({ name }) =>
      positions.map(
        (at) =>
          state.containers.find((row) => row.stack === name && row.position === at)?.version ?? 'nothing',
      ),
    );
}

function reachedFrom(root: string, edges: State['edges']): ReadonlySet<string> {
  const inTree = new Set([root]);
  for (let size = 0; size < inTree.size;) {
    size = inTree.size;
    for (const { child } of edges.filter((edge) => inTree.has(edge.parent))) inTree.add(child);
  }
  return inTree;
}

/** Each goal once, and each stage's part of it by itself. */
export function distinct(targets: readonly (readonly Wish[])[]): (readonly Wish[])[] {
  const all = targets.flatMap((wishes) => [wishes, ...wishes.map((wish) => [wish])]);
  return [...new Map(all.map((wishes) => [JSON.stringify(wishes), wishes])).values()];
}
