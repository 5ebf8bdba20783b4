import { containersOf, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { reachedBy, treesWith } from '../model/trees.ts';

/** What a stage of a service is to answer with. */
export type Wish = { readonly stage: string; readonly version: string };

/** A goal: what some stages of one service are to answer with. A stage that is not named may answer with anything. */
export type Goal = { readonly service: string; readonly wishes: readonly Wish[] };

/**
 * The positions at which a service answers for a stage: those that the trees of the stage lead to, through the service's own
 * endpoints or through those that call it. Where no tree of the stage has the service, it is the stage's own position.
 */
export function positionsOf(
  state: State,
  service: string,
  stage: string,
  stages: readonly string[],
): readonly number[] {
  const trees = treesWith(state, service).filter((endpoint) => endpoint.stage === stage);
  const led = trees.flatMap((endpoint) => [...(reachedBy(state, endpoint).get(service) ?? [])]);
  return led.length === 0 ? [stages.indexOf(stage)] : [...new Set(led)];
}

/** The versions with which a service answers for a stage, each once, from all its stacks; null where one has nothing there. */
export function answersAt(
  state: State,
  service: string,
  stage: string,
  stages: readonly string[],
): readonly (string | null)[] {
  const positions = positionsOf(state, service, stage, stages);
  const answers = stacksOf(state, service).flatMap(({ name }) =>
    positions.map((position) => containersOf(state, name)[position]?.version ?? null),
  );
  return [...new Set(answers)];
}

/** The wishes that a state does not fulfil. A service without stacks fulfils none. */
export function unmetIn(state: State, { service, wishes }: Goal, stages: readonly string[]): readonly Wish[] {
  return wishes.filter(({ stage, version }) => {
    const answers = answersAt(state, service, stage, stages);
    return answers.length !== 1 || answers[0] !== version;
  });
}
