import type { Edge, State } from '../../src/model/state.ts';
import type { Command } from './command.ts';
import type { House } from './house.ts';
import { freePorts } from './impossible.ts';
import { positionsReached } from './naiveTrees.ts';

type Relation = Pick<Edge, 'endpoint' | 'parent' | 'child'>;
type Pair = Pick<Edge, 'parent' | 'child'>;
type Relatives = {
  readonly service: string;
  readonly children: readonly string[];
  readonly parents: readonly string[];
};

function pairsOf({ service, children, parents }: Relatives): Pair[] {
  return [
    ...parents.map((parent) => ({ parent, child: service })),
    ...children.map((child) => ({ parent: service, child })),
  ];
}

function isSame(one: Relation, other: Relation): boolean {
  return one.endpoint === other.endpoint && one.parent === other.parent && one.child === other.child;
}

function whyMissing(state: State, endpoints: readonly string[], { parent, child }: Pair): string | null {
  const names = new Set([...state.services, ...state.endpoints].map(({ name }) => name));
  return [parent, child, ...endpoints].every((name) => names.has(name))
    ? null
    : 'no such service or endpoint';
}

/** A relation that is there already, in no tree, or of something that is not there; one asked for after the other. */
export function whyNotConnect(
  command: Extract<Command, { do: 'connect' }>,
  before: State,
  house: House,
): string | null {
  let state = before;
  for (const pair of pairsOf(command)) {
    const missing = whyMissing(state, command.endpoints, pair);
    if (missing !== null) return missing;
    const fitting = state.endpoints.filter((row) => positionsReached(state, row, pair.parent).length > 0);
    if (command.endpoints.length === 0 && fitting.length === 0) return 'in no tree';
    const lacking = fitting.filter(
      ({ name }) => !state.edges.some((row) => isSame(row, { endpoint: name, ...pair })),
    );
    if (command.endpoints.length === 0 && lacking.length === 0) return 'connected already';
    const trees = command.endpoints.length > 0 ? command.endpoints : lacking.map(({ name }) => name);
    for (const endpoint of trees) {
      const edge = { endpoint, ...pair, position: command.position, drainLimit: null };
      if (state.edges.some((row) => isSame(row, edge))) return 'connected already';
      state = { ...state, edges: [...state.edges, edge] };
    }
  }
  return whyNotRenew(before, state, house);
}

/**
 * Containers that were made before their service called somebody are replaced, all of them before the first old one goes:
 * as many ports must be free on their hosts.
 */
function whyNotRenew(before: State, next: State, house: House): string | null {
  const called = (state: State, service: string): string[] =>
    state.edges.filter((edge) => edge.parent === service).map((edge) => edge.child);
  const wanted = new Map<string, number>();
  for (const { name: stack, service, host } of next.stacks) {
    const known = called(before, service);
    const fresh = called(next, service).filter((child) => !known.includes(child));
    const lacking = next.containers.filter(
      (row) => row.stack === stack && fresh.some((child) => !Object.keys(row.links).includes(child)),
    );
    wanted.set(host, (wanted.get(host) ?? 0) + lacking.length);
  }
  const isFull = [...wanted].some(([host, count]) => count > freePorts(before, house, host));
  return isFull ? 'no port left' : null;
}

/** A relation that is not there. One that goes with the branch of another asked for is no reason. */
export function whyNotDisconnect(
  command: Extract<Command, { do: 'disconnect' }>,
  state: State,
): string | null {
  for (const pair of pairsOf(command)) {
    const missing = whyMissing(state, command.endpoints, pair);
    if (missing !== null) return missing;
    const having = state.edges.filter((edge) => edge.parent === pair.parent && edge.child === pair.child);
    const named = command.endpoints;
    const isThere = named.every((endpoint) => having.some((edge) => edge.endpoint === endpoint));
    if (having.length === 0 || !isThere) return 'not connected';
  }
  return null;
}
