import { containersOf, ownersOf, stacksOf } from '../../model/lookup.ts';
import { matchesPattern } from '../../model/rules.ts';
import type { Container, Service, State } from '../../model/state.ts';
import { reachedBy } from '../../model/trees.ts';
import { missingStage } from '../session.ts';

/** A container whose log is read, and what is told of it beside each line. */
export type LogTarget = Pick<Container, 'name' | 'version'> & {
  readonly service: string;
  readonly host: string;
  /** The stage of its position; null above the last one. */
  readonly stage: string | null;
};

/**
 * The containers of the services of a name or pattern; with a stage, those that answer there: at the positions that the trees of its endpoints
 * lead to, or where there is no such endpoint, at the position of the stage. Throws a UserError where there is no such stage.
 */
export function logTargets(
  state: State,
  stages: readonly string[],
  { service: pattern, stage }: { readonly service: string; readonly stage: string | null },
): LogTarget[] {
  if (stage !== null && !stages.includes(stage)) missingStage(stage, stages);
  const services = state.services.filter(({ name }) => matchesPattern(pattern, name));
  return services.flatMap((service) => {
    const positions = stage === null ? null : positionsAt(state, service, stage, stages);
    return stacksOf(state, service.name)
      .flatMap(({ name }) => containersOf(state, name))
      .filter(({ position }) => positions === null || positions.has(position))
      .map((container) => targetOf(state, container, stages));
  });
}

function positionsAt(
  state: State,
  { name }: Service,
  stage: string,
  stages: readonly string[],
): ReadonlySet<number> {
  const reached = state.endpoints
    .filter((endpoint) => endpoint.stage === stage)
    .flatMap((endpoint) => [...(reachedBy(state, endpoint).get(name) ?? [])]);
  return new Set(reached.length > 0 ? reached : [stages.indexOf(stage)]);
}

function targetOf(state: State, container: Container, stages: readonly string[]): LogTarget {
  const { service, stack } = ownersOf(state, container);
  const { name, version, position } = container;
  return { name, version, service: service.name, host: stack.host, stage: stages[position] ?? null };
}
