import type { Container, State } from '../../src/model/state.ts';
import { floatingTags, type House } from './house.ts';
import type { Wrong } from './naive.ts';
import { positionsReached } from './naiveTrees.ts';

/** Rules of services, stacks, containers and their names. */
export function wrongInStacks(state: State, house: House): Wrong[] {
  return [
    ...orphans(state),
    ...state.services.flatMap(({ name }) => twinsOf(state, name)),
    ...state.stacks.flatMap((stack) => versionsOf(state, house, stack.name, stack.service)),
    ...containers(state, house),
    ...links(state),
    ...names(state),
  ];
}

function wrong(code: string, service: string): Wrong {
  return { code, service, amount: 1 };
}

/** A stack belongs to exactly one service, and a container to exactly one stack. */
function orphans(state: State): Wrong[] {
  const stacks = state.stacks.filter(
    (stack) => state.services.filter((service) => service.name === stack.service).length !== 1,
  );
  const others = state.containers.filter(
    (container) => state.stacks.filter((stack) => stack.name === container.stack).length !== 1,
  );
  return [...stacks, ...others].map(() => wrong('stack-service', ''));
}

/** The containers of a stack by position; a hole or a doubled position makes no stack at all. */
export function columnOf(state: State, stack: string): Container[] {
  const rows = state.containers.filter((container) => container.stack === stack);
  return rows.map((_, position) => {
    const [row, ...more] = rows.filter((candidate) => candidate.position === position);
    if (!row || more.length > 0) throw new Error(`${stack} has not one container at position ${position}`);
    return row;
  });
}

/** All stacks of a service have the same height, versions, order and digests, and no two share a host. */
function twinsOf(state: State, service: string): Wrong[] {
  const stacks = state.stacks.filter((stack) => stack.service === service);
  const wrongs: Wrong[] = [];
  for (const one of stacks) {
    for (const other of stacks) {
      if (one.name === other.name) continue;
      if (one.host === other.host) wrongs.push(wrong('stack-hosts', service));
      const [left, right] = [columnOf(state, one.name), columnOf(state, other.name)];
      const bits = (column: Container[]): string =>
        column.map(({ version, digest }) => `${version} ${digest}`).join();
      if (bits(left) !== bits(right)) wrongs.push(wrong('stack-twins', service));
    }
  }
  return wrongs;
}

/** The place of a version in the order of the proofs' versions v1, v2, …, v10; null for a tag that has none. */
function rankOf(version: string): number | null {
  return version.startsWith('v') ? Number(version.slice(1)) : null;
}

/** No version stands above a later one, however far above; and neighbours are later or equal as the rules allow. */
function versionsOf(state: State, house: House, stack: string, service: string): Wrong[] {
  const versions = columnOf(state, stack).map(({ version }) => version);
  return versions.flatMap((upper, position): Wrong[] => {
    const below = versions.slice(0, position);
    const isDecrease = below.some((lower) => (rankOf(lower) ?? 0) > (rankOf(upper) ?? Infinity));
    const lower = below.at(-1);
    const isRight = lower === undefined || mayStandOn(lower, upper, house);
    return isDecrease || !isRight ? [wrong('stack-versions', service)] : [];
  });
}

/** The same tag again is equal, also one that has no order. */
function mayStandOn(lower: string, upper: string, house: House): boolean {
  if (lower === upper) return house.equal;
  return rankOf(lower) === null || rankOf(upper) === null ? house.unordered : house.incremental;
}

/** Every container has a tag and a digest, and no floating tag stands in production or is reached by it. */
function containers(state: State, house: House): Wrong[] {
  const wrongs: Wrong[] = [];
  for (const { stack, position, version, digest } of state.containers) {
    const service = state.stacks.find((row) => row.name === stack)?.service ?? '';
    const isTag = /^\w[\w.-]*$/.test(version) && version.length <= 128;
    if (!isTag || digest.length !== 71) wrongs.push(wrong('container-version', service));
    if (!floatingTags.includes(version)) continue;
    const isProduction = (row: State['endpoints'][number]): boolean =>
      row.stage === 'prod' && positionsReached(state, row, service).includes(position);
    if (house.stages[position] === 'prod' || state.endpoints.some(isProduction)) {
      wrongs.push(wrong('version-pinned', service));
    }
  }
  return wrongs;
}

/** A container has a link to each service that its own one calls, and no two links have one port. */
function links(state: State): Wrong[] {
  const ports = state.containers.flatMap((row) => Object.values(row.links).map(({ port }) => port));
  return state.containers.flatMap(({ stack, links: own }): Wrong[] => {
    const service = state.stacks.find((row) => row.name === stack)?.service ?? '';
    const isLacking = state.edges.some(
      ({ parent, child }) => parent === service && !Object.keys(own).includes(child),
    );
    const isShared = Object.values(own).some(
      ({ port }) => ports.filter((other) => other === port).length > 1,
    );
    return isLacking || isShared ? [wrong('links', service)] : [];
  });
}

/** Names are unique and well formed. */
function names(state: State): Wrong[] {
  const all = [...state.services, ...state.stacks, ...state.containers, ...state.endpoints];
  const isRepeated = all.some((row) => all.filter((other) => other.name === row.name).length > 1);
  const isMalformed =
    all.some(({ name }) => !/^[a-z0-9]+[a-z0-9-]*$/.test(name) || name.length > 100) ||
    state.services.some(({ name }) => name.length > 40) ||
    state.endpoints.some(({ url }) => url !== null && !/^[a-z0-9]+(\.[a-z0-9]+)*$/.test(url));
  return isRepeated || isMalformed ? [wrong('names', '')] : [];
}
