import { containersAt, endpointsOf, ownersOf, stacksOf } from '../../model/lookup.ts';
import type { Endpoint, State } from '../../model/state.ts';
import { rootsOf, treesOf } from '../../model/trees.ts';
import { groupsOf } from '../groups.ts';

/** What the loss of one host means for one endpoint. */
export type Loss = {
  readonly host: string;
  readonly endpoint: Endpoint;
  /** The containers behind the endpoint, and how many of them stand on the host. */
  readonly servers: number;
  readonly lost: number;
  /** The services of its trees that would have no container left at a position that is called; its own one first. */
  readonly dark: readonly string[];
  /** Those of which others would be left. */
  readonly thinner: readonly string[];
};

/** Every loss that any one host could bring, by hosts and then by endpoints; those that have nothing on a host are left out. */
export function lossesOf(state: State): Loss[] {
  const endpoints = state.services.flatMap(({ name }) => endpointsOf(state, name));
  return endpoints
    .flatMap((endpoint) => lossesOfEndpoint(state, endpoint))
    .sort((a, b) => compare(a.host, b.host) || compare(a.endpoint.name, b.endpoint.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lossesOfEndpoint(state: State, endpoint: Endpoint): Loss[] {
  const places = placesOf(state, endpoint);
  const hosts = new Set(places.flatMap((place) => place.hosts));
  return [...hosts].map((host) => {
    const hit = places.filter((place) => place.hosts.includes(host));
    const dark = namesOf(hit.filter((place) => place.hosts.every((one) => one === host)));
    const front = places.filter((place) => place.isFront).flatMap((place) => place.hosts);
    return {
      ...{ host, endpoint, servers: front.length, lost: front.filter((one) => one === host).length },
      ...{ dark, thinner: namesOf(hit).filter((name) => !dark.includes(name)) },
    };
  });
}

/** A position of a service that is called on an endpoint's behalf, with the host of each of its containers. */
type Place = { readonly service: string; readonly isFront: boolean; readonly hosts: readonly string[] };

function placesOf(state: State, endpoint: Endpoint): Place[] {
  const roots = new Set(rootsOf(endpoint));
  const pairs = treesOf(state, endpoint).flatMap(({ reached }) =>
    [...reached].flatMap(([service, positions]) => [...positions].map((position) => ({ service, position }))),
  );
  const unique = groupsOf(pairs, ({ service, position }) => `${service} ${position}`);
  return [...unique.values()].flatMap(([pair]) => {
    if (!pair) return [];
    const { service, position } = pair;
    const hosts = containersAt(state, service, position).map((row) => ownersOf(state, row).stack.host);
    return [{ service, isFront: service === endpoint.service && roots.has(position), hosts }];
  });
}

function namesOf(places: readonly Place[]): string[] {
  return [...new Set(places.map(({ service }) => service))];
}

/** The services of which all containers stand on one host. */
export function servicesOnOneHost(state: State): { readonly service: string; readonly host: string }[] {
  return state.services.flatMap(({ name }) => {
    const [host, ...others] = new Set(stacksOf(state, name).map((stack) => stack.host));
    return host === undefined || others.length > 0 ? [] : [{ service: name, host }];
  });
}
