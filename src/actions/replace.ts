import type { Environment } from '../model/environment.ts';
import { containersOf, stackNamed } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { hostOfStack } from './hostOfStack.ts';
import { noSuchStack } from './missing.ts';
import { noSuchPosition } from './pop.ts';
import { sequence } from './sequence.ts';
import { addContainer, type Bits } from './pushOnStack.ts';

/** `up`: the version of the position above is taken; `down`: that of the position below. */
export type Direction = 'up' | 'down';

export type Replace = { readonly stack: string; readonly position: number; readonly direction: Direction };

/**
 * Replaces the container at a position by a new one with the version and digest of its neighbour (thesis, figure
 * 4.15). The old one keeps its port until it is gone, so that the new one can run beside it.
 */
export function replace(
  state: State,
  { stack, position, direction }: Replace,
  environment: Environment,
): Outcome {
  if (!stackNamed(state, stack)) return noSuchStack(state, stack);
  const containers = containersOf(state, stack);
  const old = containers[position];
  if (!old) return noSuchPosition(stack, position, containers.length);
  const neighbour = containers[position + (direction === 'up' ? 1 : -1)];
  if (!neighbour) {
    const end = direction === 'up' ? 'above' : 'below';
    const other = direction === 'up' ? 'down' : 'up';
    return refused(
      refusal(
        'stack-height',
        stack,
        `nothing stands ${end} position ${position}`,
        `choose --direction ${other}`,
      ),
    );
  }
  return putInPlaceOf(state, [{ old, bits: neighbour }], environment);
}

/** Replaces containers by new ones of the same bits at the same positions, for what only a new container can have. */
export function renew(state: State, containers: readonly Container[], environment: Environment): Outcome {
  return putInPlaceOf(
    state,
    containers.map((old) => ({ old, bits: old })),
    environment,
  );
}

type Replacement = { readonly old: Container; readonly bits: Bits };

/** All new ones are there before the first old one goes, so that none is given the port of another that still runs. */
function putInPlaceOf(state: State, replacements: readonly Replacement[], environment: Environment): Outcome {
  const pushed = sequence(
    proposed(state),
    replacements.map(
      ({ old, bits }) =>
        (next: State) =>
          pushBeside(next, old.stack, bits, environment),
    ),
  );
  if (!pushed.ok) return pushed;
  const made = pushed.value.containers.slice(state.containers.length);
  const successors = new Map(replacements.map(({ old }, index) => [old.name, made[index]]));
  const containers = state.containers.flatMap((old) => {
    if (!successors.has(old.name)) return [old];
    const successor = successors.get(old.name);
    return successor ? [{ ...successor, position: old.position }] : [];
  });
  return proposed({ ...pushed.value, containers });
}

/** Puts a container of known bits on top of a stack, wherever it is to stand in the end. */
export function pushBeside(state: State, stack: string, bits: Bits, environment: Environment): Outcome {
  const row = stackNamed(state, stack);
  if (!row) return noSuchStack(state, stack);
  const host = hostOfStack(row, environment);
  return host.ok ? addContainer(state, { stack, host: host.value, bits }) : host;
}
