import { containersOf, stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';
import { noSuchStack } from './missing.ts';

export type Pop = { readonly stack: string; readonly position: number };

/**
 * Removes the container at a position of a stack; those above it move down by one. Stack pointers stay, so what
 * stood above position 0 is promoted: the same container on the same host becomes production.
 */
export function pop(state: State, { stack, position }: Pop): Outcome {
  if (!stackNamed(state, stack)) return noSuchStack(state, stack);
  const height = containersOf(state, stack).length;
  if (!Number.isInteger(position) || position < 0 || position >= height) {
    return noSuchPosition(stack, position, height);
  }
  const containers = state.containers
    .filter((row) => row.stack !== stack || row.position !== position)
    .map((row) =>
      row.stack === stack && row.position > position ? { ...row, position: row.position - 1 } : row,
    );
  return proposed({ ...state, containers });
}

export function noSuchPosition(stack: string, position: number, height: number): ReturnType<typeof refused> {
  const fact = `it has no position ${position}: its height is ${height}`;
  const remedy = `choose a position from 0 to ${Math.max(0, height - 1)}`;
  return refused(refusal('stack-height', stack, fact, remedy));
}
