import type { Environment } from '../model/environment.ts';
import { containersOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { pushBeside } from './replace.ts';
import { sequence } from './sequence.ts';

/** What a stack is to hold, from position 0 up: containers as they were, of which some may still stand. */
export type Arrangement = { readonly stack: string; readonly containers: readonly Container[] };

/** A position of a stack, and what is to be there: a container that stands, or null for one that must be made again. */
type Place = { readonly wanted: Container; readonly kept: Container | null };

/**
 * Gives stacks the containers they once had. One that still stands keeps its name and only its position changes; one
 * that is gone is made again from the same bits under the next name; what came later goes. All new ones are there
 * before the first old one goes, so that none is given the port of another that still runs.
 */
export function restoreStacks(
  state: State,
  arrangements: readonly Arrangement[],
  environment: Environment,
): Outcome {
  const places = arrangements.map(({ stack, containers }) => ({
    stack,
    places: placesFor(containers, containersOf(state, stack)),
  }));
  const pushed = sequence(
    proposed(state),
    places.flatMap(({ stack, places }) =>
      places
        .filter(({ kept }) => kept === null)
        .map(
          ({ wanted }) =>
            (next: State) =>
              pushBeside(next, stack, wanted, environment),
        ),
    ),
  );
  if (!pushed.ok) return pushed;
  const made = pushed.value.containers.slice(state.containers.length);
  const restored = new Set(arrangements.map(({ stack }) => stack));
  const others = state.containers.filter(({ stack }) => !restored.has(stack));
  const placed = places.flatMap(({ places }) =>
    places.flatMap(({ kept }, position) => {
      const container = kept ?? made.shift();
      if (!container) return [];
      return [container.position === position ? container : { ...container, position }];
    }),
  );
  return proposed({ ...pushed.value, containers: [...others, ...placed] });
}

/** Finds for each position a container that stands: the very one of then, or else one of the same bits. */
function placesFor(wanted: readonly Container[], standing: readonly Container[]): Place[] {
  const free = new Set(standing);
  const take = (fits: (container: Container) => boolean): Container | null => {
    const found = [...free].find(fits) ?? null;
    if (found) free.delete(found);
    return found;
  };
  const named = wanted.map((row) => take((other) => other.name === row.name && isSame(other, row)));
  return wanted.map((row, position) => ({
    wanted: row,
    kept: named[position] ?? take((other) => isSame(other, row)),
  }));
}

/** Whether two containers run the same bits under the same version. */
function isSame(a: Container, b: Container): boolean {
  return a.version === b.version && a.digest === b.digest;
}
