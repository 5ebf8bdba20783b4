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

/** What stages answer with as one text: the version of each stage in its place, `-` where it is not one version. */
export function textOfAnswer(wishes: readonly Wish[], { stages }: House): string {
  return stages.map((stage) => wishes.find((wish) => wish.stage === stage)?.version ?? '-').join(' ');
}

/** Every goal that asks some stages for one of some versions. */
export function everyGoal(versions: readonly string[], { stages }: House): Wish[][] {
  const goals = stages.reduce<Wish[][]>(
    (befores, stage) =>
      befores.flatMap((before) => [before, ...versions.map((version) => [...before, { stage, version }])]),
    [[]],
  );
  return goals.filter((wishes) => wishes.length > 0);
}

/** The fewest commands to any answer that fulfils the wishes; null where there is none. */
export function fewestTo(
  wishes: readonly Wish[],
  answers: ReadonlyMap<string, number>,
  { stages }: House,
): number | null {
  let fewest: number | null = null;
  for (const [text, commands] of answers) {
    const words = text.split(' ');
    const isMet = wishes.every(({ stage, version }) => words[stages.indexOf(stage)] === version);
    if (isMet && (fewest === null || commands < fewest)) fewest = commands;
  }
  return fewest;
}

/** How far an answer is from a goal: how many wishes it does not fulfil, and how many versions away these are in all. */
export function measureOf(
  wishes: readonly Wish[],
  answers: readonly { readonly stage: string; readonly versions: readonly (string | null)[] }[],
  versions: readonly string[],
): [number, number] {
  let [unmet, away] = [0, 0];
  for (const { stage, version } of wishes) {
    const [only = null, ...others] = answers.find((one) => one.stage === stage)?.versions ?? [];
    const is = others.length > 0 || only === null ? -1 : versions.indexOf(only);
    const distance = is < 0 ? 10_000 : Math.abs(is - versions.indexOf(version));
    if (distance > 0) unmet++;
    away += distance;
  }
  return [unmet, away];
}

/** The least such measure of all goals of the same stages, or of some of them, that can be had, and the commands it takes. */
export function nearestTo(
  wishes: readonly Wish[],
  versions: readonly string[],
  fewest: (wishes: readonly Wish[]) => number | null,
  house: House,
): readonly number[] {
  const stages = wishes.map(({ stage }) => stage);
  const others = [[], ...everyGoal(versions, { ...house, stages })];
  const measures = others.flatMap((other) => {
    const commands = fewest(other);
    const answers = other.map(({ stage, version }) => ({ stage, versions: [version] }));
    return commands === null ? [] : [[...measureOf(wishes, answers, versions), commands]];
  });
  measures.sort(
    (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0),
  );
  return measures[0] ?? [];
}
