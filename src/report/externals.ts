import { usersOf } from '../model/lookup.ts';
import type { External, State } from '../model/state.ts';

/** External services as `show` tells them to programs. */

export function externalEntry(state: State, external: External): object {
  const { name } = external;
  return { ...external, trees: treesOf(state, name), users: usersOf(state, name).map((user) => user.name) };
}

/** The endpoints in whose trees it is called. */
function treesOf({ edges }: State, name: string): string[] {
  return [...new Set(edges.filter((edge) => edge.child === name).map((edge) => edge.endpoint))];
}

/** The services that call it in some tree, or say they use it. */
export function callersOf(state: State, name: string): string[] {
  const parents = state.edges.filter((edge) => edge.child === name).map((edge) => edge.parent);
  return [...new Set([...parents, ...usersOf(state, name).map((user) => user.name)])].sort();
}
