import type { Endpoint, State } from '../../src/model/state.ts';
import type { House } from './house.ts';
import { positionsReached } from './naiveTrees.ts';

/** What load balancers are to serve in a state, said once more in plain loops over its rows. */

/** The containers at a position of a service, one of each stack, in order of name. */
export function containersAt(state: State, service: string, position: number): string[] {
  const stacks = state.stacks.filter((stack) => stack.service === service).map(({ name }) => name);
  const there = state.containers.filter((row) => stacks.includes(row.stack) && row.position === position);
  return there.map(({ name }) => name).sort();
}

/** The services that some other one calls, in whatever tree. */
function calledIn(state: State): string[] {
  return [...new Set(state.edges.map(({ child }) => child))].filter((child) =>
    state.services.some(({ name }) => name === child),
  );
}

/** The containers behind each endpoint, and behind each position of a service that is called, where there are any. */
export function backendsOf(state: State, { stages }: House): Map<string, string[]> {
  const backends = new Map<string, string[]>();
  for (const { name, service, pointer } of state.endpoints) {
    backends.set(name, containersAt(state, service, pointer));
  }
  for (const child of calledIn(state)) {
    for (let position = 0; position < positionsOf(state, stages, child); position++) {
      backends.set(linkBackend(child, position), containersAt(state, child, position));
    }
  }
  return new Map([...backends].filter(([, containers]) => containers.length > 0));
}

/** How many positions of a service may be called: one for each stage, and up to the last that an endpoint or relation has. */
function positionsOf({ edges, endpoints }: State, stages: readonly string[], child: string): number {
  const pointers = endpoints.map(({ pointer }) => pointer + 1);
  const fixed = edges.filter((edge) => edge.child === child).map((edge) => (edge.position ?? -1) + 1);
  return Math.max(stages.length, ...pointers, ...fixed);
}

export function linkBackend(child: string, position: number): string {
  return `link.${child}.${position}`;
}

/** Where each port leads: the child's place in a tree the container is in; or else in that of the last stage. */
export function linksOf(state: State, { stages }: House): Map<number, string> {
  const links = new Map<number, string>();
  for (const { stack, position, links: own } of state.containers) {
    const service = state.stacks.find((row) => row.name === stack)?.service ?? '';
    const reaching = state.endpoints.filter((row) =>
      positionsReached(state, row, service).includes(position),
    );
    const last = state.endpoints
      .filter((row) => positionsReached(state, row, service).length > 0)
      .sort((a, b) => stages.indexOf(b.stage) - stages.indexOf(a.stage));
    for (const [child, { port }] of Object.entries(own)) {
      const places = (reaching.length > 0 ? reaching : last).flatMap((endpoint) =>
        placesOfCall(state, endpoint, service, child),
      );
      if (places[0] !== undefined) links.set(port, linkBackend(child, places[0]));
    }
  }
  return links;
}

/** At which position a service's calls of another are answered in an endpoint's tree; none where it does not call it. */
export function placesOfCall(state: State, endpoint: Endpoint, parent: string, child: string): number[] {
  return state.edges
    .filter((edge) => edge.endpoint === endpoint.name && edge.parent === parent && edge.child === child)
    .map((edge) => edge.position ?? endpoint.pointer);
}
