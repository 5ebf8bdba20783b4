import type { Container, State } from '../../src/model/state.ts';
import { balancerAddress, firstPort, type House } from './house.ts';
import { columnOf } from './naiveStacks.ts';
import { digestOf } from './registry.ts';

/** The part of a state that ways of one service change, in plain numbers and words. */
export type OwnPart = {
  /** The containers of each stack from position 0 up: a version, with a prime for each time that its tag had moved. */
  readonly columns: readonly (readonly string[])[];
  /** The pointers of the service's endpoints, and where the relations that lead to it lead; null follows the pointer. */
  readonly pointers: readonly number[];
  readonly positions: readonly (number | null)[];
};

export function ownPartOf(state: State, service: string): OwnPart {
  return {
    columns: stacksIn(state, service).map(({ name }) => columnOf(state, name).map(cellOf)),
    pointers: endpointsIn(state, service).map(({ pointer }) => pointer),
    positions: relationsTo(state, service).map(({ position }) => position),
  };
}

export function stacksIn({ stacks }: State, service: string): State['stacks'] {
  return stacks.filter((stack) => stack.service === service);
}

export function endpointsIn({ endpoints }: State, service: string): State['endpoints'] {
  return endpoints.filter((row) => row.service === service);
}

export function relationsTo({ edges }: State, service: string): State['edges'] {
  return edges.filter((edge) => edge.child === service);
}

function cellOf({ version, digest }: Container): string {
  return digest === digestOf(version, 0) ? version : `${version}'`;
}

/** Puts such a part into the place of a state's own one, with fresh containers for all of the service's. */
export function withOwnPart(state: State, service: string, own: OwnPart, { hosts }: House): State {
  const stacks = stacksIn(state, service);
  const names = new Set(stacks.map(({ name }) => name));
  const containers = state.containers.filter((row) => !names.has(row.stack));
  const called = new Set(state.edges.filter((edge) => edge.parent === service).map(({ child }) => child));
  const usedOn = (host: string): number[] => {
    const there = state.stacks.filter((stack) => stack.host === host).map(({ name }) => name);
    return containers.filter((row) => there.includes(row.stack)).map(({ hostPort }) => hostPort);
  };
  const used = new Map(hosts.map((host) => [host, usedOn(host)]));
  let linkPort =
    1 + Math.max(0, ...containers.flatMap(({ links }) => Object.values(links).map(({ port }) => port)));
  for (const [index, { name, host }] of stacks.entries()) {
    for (const [position, cell] of (own.columns[index] ?? []).entries()) {
      const version = cell.replace("'", '');
      const taken = used.get(host) ?? [];
      let hostPort = firstPort;
      while (taken.includes(hostPort)) hostPort++;
      taken.push(hostPort);
      const links = [...called].map((child) => [
        child,
        { host: balancerAddress, port: linkPort++, mode: 'http' as const },
      ]);
      containers.push({
        ...{ name: `${name}-app${position + 1}`, stack: name, position, version, created: null, hostPort },
        ...{
          digest: digestOf(version, cell.length - version.length),
          links: Object.fromEntries(links) as Container['links'],
        },
      });
    }
  }
  let [endpoint, relation] = [0, 0];
  return {
    ...state,
    containers,
    endpoints: state.endpoints.map((row) =>
      row.service === service ? { ...row, pointer: own.pointers[endpoint++] ?? 0 } : row,
    ),
    edges: state.edges.map((row) =>
      row.child === service ? { ...row, position: own.positions[relation++] ?? null } : row,
    ),
  };
}

export function textOfPart({ columns, pointers, positions }: OwnPart): string {
  return [columns.map(String).join('|'), String(pointers), positions.map((at) => at ?? '*').join()].join(';');
}

/** Everything of a state but such a part: states that have this in common are ways of one another. */
export function textOfRest(state: State, service: string): string {
  const own = new Set(stacksIn(state, service).map(({ name }) => name));
  return JSON.stringify([
    state.stacks.map(({ name, host }) => [name, host]),
    state.containers
      .filter(({ stack }) => !own.has(stack))
      .map(({ stack, version, digest, position, links }) => [
        stack,
        version,
        digest,
        position,
        Object.keys(links),
      ]),
    state.endpoints.map((row) => [row.name, row.stage, row.service === service ? null : row.pointer]),
    state.edges.map((row) => [
      row.endpoint,
      row.parent,
      row.child,
      row.child === service ? null : row.position,
    ]),
  ]);
}
