import type { Container, State } from '../../src/model/state.ts';

/**
 * The canonical form of a state: one text for all states that differ only in what the core cannot tell apart, so that
 * a search visits them once. It is readable: `a[1:2,4,4 2:2,4,4]{prod>0(a>b@*) qa>1}` is a service with two stacks of
 * versions v2, v4, v4 on hosts 1 and 2, and two endpoints, of which the first calls service b at its own position.
 *
 * Why this is sound. Two states with the same text are equal up to a renaming of services and of hosts, up to the
 * numbers of versions, ports, names, digests and the revision, and up to the order of rows. The core asks of these only:
 * - of versions, which of two of the same stack is later: so ranks do, and a search also pushes versions between two
 *   ranks. Ranks are even, so that there is always one between. Versions of two services are never compared;
 * - of digests, whether two are equal within a service and version: a prime marks another one than the first;
 * - of host ports, how many of a host's are free, since the lowest free one is taken and all in the range are alike;
 * - of public ports, which are equal. A search keeps to states in which all differ (see withinBounds), and asks for
 *   taken ones;
 * - of counters and the names made of them, that they are fresh, and which stack of a service is older: stacks stay in
 *   their order;
 * - of host names, one thing more: a tie between two hosts goes to the first by name. The search therefore asks for
 *   every placement with the hosts named in all orders (see placements.ts);
 * - of service and endpoint names, nothing but equality and the order of the lines of haproxy.cfg;
 * - of links, to whom a container has one: to each service that its own one calls, and `~b` to one that it called before.
 *   One to a service that is gone is left out: it would be met again only by another one of the same name, which random
 *   sequences try.
 * canonical.test.ts tries that the text does not change under renamings, and that the state made of it has it again.
 */
export function canonicalText(state: State, hosts: readonly string[]): string {
  const shapes = shapesOf(state);
  let least: string | undefined;
  for (const order of permutations(shapes)) {
    const letters = new Map(order.map(({ name }, index) => [name, letterOf(index)]));
    for (const hostOrder of permutations(hosts)) {
      const numbers = new Map(hostOrder.map((host, index) => [host, index + 1]));
      const text = order.map((shape) => textOf(shape, letters, numbers)).join(';');
      if (least === undefined || text < least) least = text;
    }
  }
  return least ?? '';
}

export function letterOf(index: number): string {
  return 'abcdefgh'.charAt(index);
}

type Shape = {
  readonly name: string;
  readonly stacks: readonly { readonly host: string; readonly cells: readonly Cell[] }[];
  readonly endpoints: readonly { readonly place: string; readonly edges: State['edges'] }[];
};

/** A container: its version, and the services it has a link to although its own one does not call them any more. */
type Cell = { readonly text: string; readonly left: readonly string[] };

function shapesOf(state: State): Shape[] {
  return state.services.map(({ name }) => {
    const stacks = state.stacks.filter((stack) => stack.service === name);
    stacks.sort((a, b) => numberIn(a.name) - numberIn(b.name));
    const columns = stacks.map((stack) => columnOf(state, stack.name));
    const cells = cellsOf(columns);
    const called = state.edges.filter((edge) => edge.parent === name).map((edge) => edge.child);
    const leftOf = ({ links }: Container): string[] =>
      Object.keys(links).filter((child) => !called.includes(child));
    return {
      name,
      stacks: stacks.map(({ host }, index) => ({
        host,
        cells: (columns[index] ?? []).map((row, at) => ({
          text: cells[index]?.[at] ?? '',
          left: leftOf(row),
        })),
      })),
      endpoints: state.endpoints
        .filter((endpoint) => endpoint.service === name)
        .map((endpoint) => ({
          place: `${endpoint.stage}>${endpoint.pointer}`,
          edges: state.edges.filter((edge) => edge.endpoint === endpoint.name),
        })),
    };
  });
}

function columnOf(state: State, stack: string): Container[] {
  return state.containers.filter((row) => row.stack === stack).sort((a, b) => a.position - b.position);
}

/** The versions of a service's stacks as ranks, with a prime for each digest of a version after the first. */
function cellsOf(columns: readonly (readonly Container[])[]): string[][] {
  const all = columns.flat();
  const numbers = [...new Set(all.map(({ version }) => versionNumber(version)).filter((n) => n !== null))];
  numbers.sort((a, b) => a - b);
  const digests = new Map<string, string[]>();
  const cell = ({ version, digest }: Container): string => {
    const known = digests.get(version) ?? [];
    digests.set(version, known);
    if (!known.includes(digest)) known.push(digest);
    const number = versionNumber(version);
    const rank = number === null ? version : String(2 * (numbers.indexOf(number) + 1));
    return rank + "'".repeat(known.indexOf(digest));
  };
  return columns.map((column) => column.map(cell));
}

function textOf(
  shape: Shape,
  letters: ReadonlyMap<string, string>,
  hosts: ReadonlyMap<string, number>,
): string {
  const textOfCell = ({ text, left }: Cell): string => {
    const known = left.flatMap((child) => letters.get(child) ?? []).sort();
    return known.length === 0 ? text : `${text}~${known.join('')}`;
  };
  const stacks = shape.stacks.map(
    ({ host, cells }) => `${hosts.get(host) ?? '?'}:${cells.map(textOfCell).join()}`,
  );
  const endpoints = shape.endpoints.map(({ place, edges }) => {
    if (edges.length === 0) return place;
    const texts = edges.map(
      ({ parent, child, position }) =>
        `${letters.get(parent) ?? '?'}>${letters.get(child) ?? '?'}@${position ?? '*'}`,
    );
    return `${place}(${texts.sort().join(' ')})`;
  });
  return `${letters.get(shape.name) ?? '?'}[${stacks.join(' ')}]{${endpoints.sort().join(' ')}}`;
}

/** The number of a version such as v4; null for a tag without one. */
export function versionNumber(version: string): number | null {
  const match = /^v(\d+)$/.exec(version);
  return match ? Number(match[1]) : null;
}

function numberIn(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

const known = new Map<number, readonly (readonly number[])[]>();

/** All orders of some things. */
export function permutations<T>(things: readonly T[]): T[][] {
  const orders = known.get(things.length) ?? ordersOf(things.length);
  known.set(things.length, orders);
  return orders.map((order) => order.flatMap((index) => things[index] ?? []));
}

function ordersOf(count: number): number[][] {
  if (count === 0) return [[]];
  return ordersOf(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), count - 1, ...order.slice(at)]),
  );
}
