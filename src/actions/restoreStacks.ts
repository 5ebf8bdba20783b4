import type { Environment } from '../model/environment.ts';
import { childrenOf } from '../model/links.ts';
import { containersOf, ownersOf } from '../model/lookup.ts';
import { asContainer, retainedOf } from '../model/retention.ts';
import type { Container, Retained, State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { pushBeside } from './replace.ts';
import { sequence } from './sequence.ts';

/** What a stack is to hold, from position 0 up: containers as they were, of which some may still stand. */
export type Arrangement = { readonly stack: string; readonly containers: readonly Container[] };

/** A position of a stack, and what is to be there: a container that there is, or null for one that must be made again. */
type Place = { readonly wanted: Container; readonly kept: Container | Retained | null };

/**
 * Gives stacks the containers they once had. One that still stands keeps its name and only its position changes; one
 * that is retained comes back as it is; one that is gone is made again from the same bits under the next name; what came
 * later goes. All new ones are there before the first old one goes, so that none is given the port of another that
 * still stands: those retained that are `lost` go last, too.
 */
export function restoreStacks(
  state: State,
  arrangements: readonly Arrangement[],
  environment: Environment,
  lost: ReadonlySet<string>,
): Outcome {
  const places = arrangements.map(({ stack, containers }) => ({
    stack,
    places: placesFor(containers, containersOf(state, stack), usableOf(state, stack, lost)),
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
      if ('since' in container) return [asContainer(container, position)];
      return [container.position === position ? container : { ...container, position }];
    }),
  );
  const back = new Set(placed.map(({ name }) => name));
  const retained = state.retained.filter(
    ({ name, stack }) => !back.has(name) && !(restored.has(stack) && lost.has(name)),
  );
  return proposed({ ...pushed.value, containers: [...others, ...placed], retained });
}

/** What is retained of a stack and can be used as it is, newest first: links cannot be given to it any more. */
function usableOf(state: State, stack: string, lost: ReadonlySet<string>): Retained[] {
  return retainedOf(state, stack)
    .filter((row) => !lost.has(row.name))
    .filter((row) =>
      childrenOf(state, ownersOf(state, row).service.name).every((child) => Object.hasOwn(row.links, child)),
    )
    .reverse();
}

/**
 * Finds for each position a container that there is: the very one of then, or else one of the same bits; one that stands,
 * or else one that is retained.
 */
function placesFor(
  wanted: readonly Container[],
  standing: readonly Container[],
  retained: readonly Retained[],
): Place[] {
  const isNamed = (a: Container, b: Container): boolean => a.name === b.name && isSame(a, b);
  const none = wanted.map((row): Place => ({ wanted: row, kept: null }));
  return [standing, retained].reduce((places, free) => fill(fill(places, free, isNamed), free, isSame), none);
}

type Fits = (candidate: Container, wanted: Container) => boolean;

/** Gives the places that are still empty the first candidate that fits, each once. */
function fill(places: readonly Place[], candidates: readonly Place['kept'][], fits: Fits): Place[] {
  const free = new Set(candidates);
  for (const { kept } of places) free.delete(kept);
  return places.map((place) => {
    if (place.kept) return place;
    const kept = [...free].find((one) => one !== null && fits(one, place.wanted)) ?? null;
    free.delete(kept);
    return { ...place, kept };
  });
}

/** Whether two containers run the same bits under the same version. */
function isSame(a: Container, b: Container): boolean {
  return a.version === b.version && a.digest === b.digest;
}
