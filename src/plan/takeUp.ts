import { routes, type Routes } from '../haproxy/routes.ts';
import type { Environment } from '../model/environment.ts';
import { containerNamed } from '../model/lookup.ts';
import { retainedNamed } from '../model/retention.ts';
import type { State } from '../model/state.ts';
import { isDone, touchedSteps, type OpenOperation } from './course.ts';
import type { Step } from './step.ts';
import { inverse, waitAfter } from './undo.ts';

/**
 * The steps of a recorded operation that are still to be walked: what it replaced goes. Others may have changed the state
 * since, so that nothing is taken away which the state of now has.
 */
export function stepsToClear(operation: OpenOperation, now: State, environment: Environment): Step[] {
  const served = new Map(
    environment.loadBalancers.map((balancer) => [balancer.name, routes(now, environment, balancer)]),
  );
  return operation.plan.steps.filter(
    (step) =>
      step.kind !== 'commit_state' && !isDone(operation, step) && !isWanted(step, now, served.get(step.host)),
  );
}

/** Whether a step would take away, or wait for the end of, something that a state has. */
function isWanted(step: Step, now: State, served: Routes | undefined): boolean {
  switch (step.kind) {
    case 'stop_container':
      return (
        containerNamed(now, step.spec.name) !== undefined || retainedNamed(now, step.spec.name)?.warm === true
      );
    case 'remove_container':
      return isKnown(now, step.spec.name);
    case 'set_map':
      return isLinked(served, step.port);
    case 'remove_server':
    case 'drain_server':
      return isServed(served, step.backend, step.server.name);
    case 'wait_drained': {
      const { of } = step;
      if (of === null) return false;
      return 'server' in of ? isServed(served, of.backend, of.server) : isLinked(served, of.port);
    }
    default:
      return false;
  }
}

/** Whether a state has a container of a name, in a stack or kept for a rollback. */
function isKnown(state: State, name: string): boolean {
  return containerNamed(state, name) !== undefined || retainedNamed(state, name) !== undefined;
}

function isLinked(served: Routes | undefined, port: number): boolean {
  return served?.links?.entries.has(port) === true;
}

function isServed(served: Routes | undefined, backend: string, server: string): boolean {
  const found = served?.backends.find(({ name }) => name === backend);
  return found?.servers.some(({ name }) => name === server) === true;
}

/** What is undone of an operation. */
export type Undoing = {
  readonly steps: readonly Step[];
  /** Those among them that an engine may still be at (`goesOn`): they are asked for again before they are undone. */
  readonly uncertain: readonly Step[];
  /** The numbers of those whose undoing is recorded, and which are undone once more for what is waited for after that. */
  readonly recorded: ReadonlySet<number>;
};

/**
 * What an operation did and has not undone. Where the state has moved on meanwhile, the containers that the operation made and the
 * state has by now belong to it: the same command, given again, adopts the containers of the first. Those that it only stopped, and
 * that others have taken away since, are not brought back.
 */
export function stepsToUndo(operation: OpenOperation, now: State): Undoing {
  const isMoved = now.revision !== operation.baseRevision;
  const made = new Set(
    operation.plan.steps.flatMap((step) => (step.kind === 'create_container' ? [step.spec.name] : [])),
  );
  const isTaken = (step: Step): boolean =>
    isMoved && 'spec' in step && made.has(step.spec.name) === isKnown(now, step.spec.name);
  const touched = touchedSteps(operation);
  const left = operation.plan.steps.filter((step) => touched.includes(step) || isAwaited(operation, step));
  return {
    steps: left.filter((step) => !isTaken(step)),
    uncertain: touched.filter((step) => goesOn(step) && !isDone(operation, step) && !isTaken(step)),
    recorded: new Set(left.filter((step) => isAwaited(operation, step)).map(({ seq }) => seq)),
  };
}

/**
 * Whether an engine may still be at it when nobody hears of it any more: a creation that waits in a frozen engine, or a container
 * that is given time to end, and would end after it was found to be running.
 */
export function goesOn({ kind }: Step): boolean {
  return kind === 'create_container' || kind === 'stop_container';
}

/**
 * Whether a step is undone, and what is waited for after that (`waitAfter`) stands in no plan, so that nobody knows whether it
 * came: it is undone once more, which changes nothing, and then waited for.
 */
export function isAwaited({ statuses }: OpenOperation, step: Step): boolean {
  const undone = statuses.get(step.seq) === 'compensated' ? inverse(step) : null;
  return undone !== null && waitAfter(undone).length > 0;
}

/** Whether anything of it may be left that an inverse would take away. */
export function leavesAnything({ steps }: Undoing): boolean {
  return steps.some((step) => inverse(step) !== null);
}
