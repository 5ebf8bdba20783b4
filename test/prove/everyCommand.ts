import type { State } from '../../src/model/state.ts';
import { letterOf } from './canonical.ts';
import type { Command } from './command.ts';
import { firstPublicPort } from './decode.ts';
import { missingVersion } from './registry.ts';
import type { Scope } from './scope.ts';
import { everyRelation } from './everyRelation.ts';

/** A service, endpoint, stage and host that are in no state. */
export const nobody = 'nobody';

/**
 * Every command with every argument that a scope allows in a state, sensible or not: also services that are missing,
 * positions below and above the stacks, more stacks than hosts, names and ports that are taken, tags without an image.
 */
export function everyCommand(state: State, scope: Scope): Command[] {
  const services = [...state.services.map(({ name }) => name), nobody];
  return [
    ...additions(state, scope),
    ...services.flatMap((service) => ofService(state, service, scope)),
    ...everyEndpoint(state, scope),
    ...everyRelation(state, scope),
    ...[...scope.house.hosts, nobody].map((host): Command => ({ do: 'host drain', host })),
  ];
}

/** The positions a command may be given: every one in the bounds, one below, one above, and no whole number. */
export function positionsIn({ bounds }: Scope): number[] {
  return [-1, 0.5, ...Array.from({ length: bounds.height + 1 }, (_, position) => position)];
}

/** A new service with every sequence of versions up to the height, and of an existing name. */
function additions(state: State, scope: Scope): Command[] {
  const { services } = state;
  const add = (service: string, stacks: number, versions: string[]): Command => ({
    do: 'addservice',
    ...{ service, stacks, versions },
  });
  const taken = services.map(({ name }) => add(name, 1, ['v2']));
  if (services.length >= scope.bounds.services)
    return [...taken, add('z', 1, Array<string>(scope.bounds.height).fill('v2'))];
  const fresh = letterOf(services.length);
  const lists = [
    ...sequences(scope.bounds.height, scope.bounds.versions),
    ['v4', 'v2'],
    ['v2', missingVersion],
    ['latest'],
    ['v2', 'no tag'],
  ];
  const counts = [0, 1, 2, 3, 4].filter((count) => count <= scope.house.hosts.length + 1);
  return [...taken, ...counts.flatMap((stacks) => lists.map((versions) => add(fresh, stacks, versions)))];
}

/** All sequences of versions that do not decrease, up to a height, with no version left out: v2 v2 v4, and so on. */
export function sequences(height: number, versions: number): string[][] {
  const ranks: number[][] = [[]];
  for (const list of ranks) {
    if (list.length >= height) continue;
    const top = list.at(-1) ?? 0;
    const nexts = top === 0 ? [2] : [top, ...(top < 2 * versions ? [top + 2] : [])];
    for (const next of nexts) ranks.push([...list, next]);
  }
  return ranks.map((list) => list.map((rank) => `v${rank}`));
}

function ofService(state: State, service: string, scope: Scope): Command[] {
  const owned = new Set(state.stacks.filter((row) => row.service === service).map(({ name }) => name));
  const versions = new Set(state.containers.filter((row) => owned.has(row.stack)).map((row) => row.version));
  const pushes = Array.from({ length: 2 * versions.size + 1 }, (_, index) => `v${index + 1}`);
  const top = `v${2 * versions.size + 1}`;
  const releases = [
    ...pushes.map((version) => [version]),
    [],
    [top, top],
    [top, 'v1'],
    ...[...scope.tags, missingVersion].map((tag) => [tag]),
  ];
  const counts = [-1, 0, 1, 2, 3, 4].filter((count) => count <= scope.house.hosts.length + 1);
  const both = [true, false];
  return [
    ...releases.map((list): Command => ({ do: 'release', service, versions: list })),
    ...positionsIn(scope).flatMap((position): Command[] => [
      ...both.map((single): Command => ({ do: 'pop', service, position, single })),
      { do: 'replace', service, position, direction: 'up' },
      { do: 'replace', service, position, direction: 'down' },
    ]),
    ...counts.map((stacks): Command => ({ do: 'scale', service, stacks })),
    ...both.map((cascade): Command => ({ do: 'delete service', service, cascade })),
    { do: 'delete containers', service },
  ];
}

function everyEndpoint(state: State, scope: Scope): Command[] {
  const services = [...state.services.map(({ name }) => name), nobody];
  const { stages } = scope.house;
  const free = firstPublicPort + state.endpoints.length;
  const [taken] = state.endpoints;
  const both = [true, false];
  const add = (given: Partial<Extract<Command, { do: 'addendpoint' }>>): Command => ({
    do: 'addendpoint',
    ...{ service: nobody, name: 'new', stage: 'prod', pointer: 0, port: free, url: null },
    ...given,
  });
  const [first = nobody] = services;
  return [
    ...services.flatMap((service) =>
      stages.flatMap((stage) => positionsIn(scope).map((pointer) => add({ service, stage, pointer }))),
    ),
    add({ service: first, stage: nobody }),
    add({ service: first, port: 0 }),
    add({ service: first, port: 65536 }),
    ...(taken
      ? [
          add({ service: first, port: taken.port }),
          add({ service: first, port: taken.port, url: 'u.example' }),
          add({ service: taken.service, name: 'e1' }),
        ]
      : []),
    ...[...state.endpoints.map(({ name }) => name), nobody].flatMap((endpoint): Command[] => [
      ...both.map((cascade): Command => ({ do: 'delete endpoint', endpoint, cascade })),
      ...[null, ...positionsIn(scope)].map((position): Command => ({
        do: 'changetree',
        ...{ endpoint, child: null, parent: null, position },
      })),
    ]),
  ];
}
