import { targetAt, usersOf } from '../model/lookup.ts';
import type { External, State } from '../model/state.ts';
import { targetText } from '../model/traffic.ts';
import type { Sheet } from './table.ts';

/** External services as `show` tells them, for programs and for people. */

export function externalEntry(state: State, external: External): object {
  const { name } = external;
  return { ...external, trees: treesOf(state, name), users: usersOf(state, name).map((user) => user.name) };
}

export function externalsSheet(
  state: State,
  externals: readonly External[],
  stages: readonly string[],
): Sheet {
  return {
    head: ['External', 'Mode', ...stages, 'Health', 'Called by'],
    rows: externals.map((external) => [
      ...[external.name, external.mode],
      ...stages.map((stage) => {
        const target = targetAt(external, stage);
        return target ? targetText(target) : '-';
      }),
      ...[external.healthPath ?? 'connection', callersOf(state, external.name).join(' ') || '-'],
    ]),
  };
}

/** The endpoints in whose trees it is called. */
function treesOf({ edges }: State, name: string): string[] {
  return [...new Set(edges.filter((edge) => edge.child === name).map((edge) => edge.endpoint))];
}

/** The services that call it in some tree, or say they use it. */
function callersOf(state: State, name: string): string[] {
  const parents = state.edges.filter((edge) => edge.child === name).map((edge) => edge.parent);
  return [...new Set([...parents, ...usersOf(state, name).map((user) => user.name)])].sort();
}
