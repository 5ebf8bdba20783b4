import type { State } from '../../src/model/state.ts';
import { containersAt } from './naiveRoutes.ts';

/**
 * The endpoints of which each has one server, before and after, and which hand these on in a ring: the new server of each is
 * the old one of another. One of them would have to be without a server for a moment, or its server calls where the other's does.
 */
export function tiedEndpoints(before: State, next: State): Set<string> {
  const serverOf = (state: State, name: string): string | null => {
    const endpoint = state.endpoints.find((row) => row.name === name);
    const [server, ...others] = endpoint ? containersAt(state, endpoint.service, endpoint.pointer) : [];
    return others.length === 0 ? (server ?? null) : null;
  };
  const names = before.endpoints.map(({ name }) => name);
  const comesFrom = (name: string): string[] => {
    const server = serverOf(next, name);
    if (server === null || server === serverOf(before, name)) return [];
    return names.filter((other) => serverOf(before, other) === server && serverOf(next, other) !== server);
  };
  const isInRing = (name: string): boolean => {
    const reached = new Set(comesFrom(name));
    // The loop also visits the endpoints that are added while it runs.
    for (const other of reached) comesFrom(other).forEach((one) => reached.add(one));
    return reached.has(name);
  };
  return new Set(names.filter(isInRing));
}
