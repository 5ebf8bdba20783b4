import type { Endpoint, State } from '../../src/model/state.ts';
import type { House } from './house.ts';
import type { Wrong } from './naive.ts';

/** Rules of endpoints and their trees, by writing out every path from the root. */

/** A way from an endpoint's service down its tree. */
type Path = readonly string[];

/** All paths of a tree. One that comes again to a service it has been at is followed no further. */
function pathsOf(state: State, endpoint: Endpoint): Path[] {
  const paths: Path[] = [[endpoint.service]];
  for (const path of paths) {
    if (isRound(path)) continue;
    for (const { parent, child, ...edge } of state.edges) {
      if (edge.endpoint === endpoint.name && parent === path.at(-1)) paths.push([...path, child]);
    }
  }
  return paths;
}

function isRound(path: Path): boolean {
  return new Set(path).size < path.length;
}

type Place = { readonly service: string; readonly position: number };

/** Where the calls of a tree arrive: swept over its relations until nothing is added any more. */
function placesOf(state: State, endpoint: Endpoint): Place[] {
  const places: Place[] = [{ service: endpoint.service, position: endpoint.pointer }];
  for (const { service } of places) {
    for (const edge of state.edges) {
      if (edge.endpoint !== endpoint.name || edge.parent !== service) continue;
      const next = { service: edge.child, position: edge.position ?? endpoint.pointer };
      const isKnown = places.some((row) => row.service === next.service && row.position === next.position);
      if (!isKnown) places.push(next);
    }
  }
  return places;
}

/** The positions of a service at which a tree arrives. */
export function positionsReached(state: State, endpoint: Endpoint, service: string): number[] {
  return placesOf(state, endpoint).flatMap((place) => (place.service === service ? [place.position] : []));
}

/** TC: the trees a service is in, those of one stage counted once unless every endpoint counts. */
export function countTrees(state: State, house: House, service: string): number {
  const trees = state.endpoints.filter((row) => positionsReached(state, row, service).length > 0);
  return house.countEndpoints ? trees.length : new Set(trees.map((row) => row.stage)).size;
}

/** SH: how high the highest stack of a service is. */
export function heightOf(state: State, service: string): number {
  let most = 0;
  for (const stack of state.stacks) {
    if (stack.service !== service) continue;
    most = Math.max(most, state.containers.filter((row) => row.stack === stack.name).length);
  }
  return most;
}

export function wrongInTrees(state: State, house: House): Wrong[] {
  const wrongs: Wrong[] = [];
  const wrong = (code: string, service: string, amount = 1): void =>
    void wrongs.push({ code, service, amount });
  const exists = (service: string): boolean => state.services.some((row) => row.name === service);
  const isInside = (position: number, service: string): boolean =>
    Array.from({ length: heightOf(state, service) }, (_, index) => index).includes(position);

  for (const { service, stage, pointer } of state.endpoints) {
    const isRight = exists(service) && house.stages.includes(stage) && isInside(pointer, service);
    if (!isRight) wrong('endpoint-service', service);
  }
  for (const edge of state.edges) {
    const endpoint = state.endpoints.find((row) => row.name === edge.endpoint);
    const paths = endpoint ? pathsOf(state, endpoint) : [];
    // The edge is the last part of some path from the root, and no path of its tree goes round.
    const isRooted = paths.some((path) => path.at(-1) === edge.child && path.at(-2) === edge.parent);
    const position = edge.position ?? endpoint?.pointer ?? -1;
    const isWhole = exists(edge.parent) && exists(edge.child) && isInside(position, edge.child);
    if (!isRooted || !isWhole || paths.some(isRound)) wrong('tree-shape', edge.child);
  }
  for (const { name } of state.services) {
    const lacking = countTrees(state, house, name) - heightOf(state, name);
    if (lacking > 0) wrong('height-trees', name, lacking);
  }
  const calls = state.endpoints.flatMap((endpoint) => callsOf(state, endpoint));
  for (const one of calls) {
    for (const other of calls) {
      const isSameCall = one.parent === other.parent && one.at === other.at && one.child === other.child;
      if (isSameCall && one.position !== other.position) wrong('tree-unambiguous', one.parent);
    }
  }
  return wrongs;
}

/** What the containers of a tree call: who, standing where, calls whom, and where that one answers. */
function callsOf(
  state: State,
  endpoint: Endpoint,
): { parent: string; at: number; child: string; position: number }[] {
  return placesOf(state, endpoint).flatMap(({ service: parent, position: at }) =>
    state.edges
      .filter((edge) => edge.endpoint === endpoint.name && edge.parent === parent)
      .map(({ child, position }) => ({ parent, at, child, position: position ?? endpoint.pointer })),
  );
}
