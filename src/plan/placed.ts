import { stackNamed } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import { specOf, type ContainerSpec } from './spec.ts';

/** A container with its place, and all that a step needs to know of it. */
export type Placed = { readonly host: string; readonly spec: ContainerSpec; readonly container: Container };

export function placedIn(state: State): (container: Container) => Placed {
  return (container) => ({
    host: stackNamed(state, container.stack)?.host ?? '',
    spec: specOf(state, container),
    container,
  });
}
