import type { State } from '../../src/model/state.ts';
import type { Command } from './command.ts';
import type { House } from './house.ts';
import { canFit } from './impossiblePlaces.ts';
import { whyNotConnect, whyNotDisconnect } from './impossibleRelations.ts';
import { columnOf } from './naiveStacks.ts';
import { hasImage } from './registry.ts';

type Of<Name extends Command['do']> = Extract<Command, { do: Name }>;

/**
 * Why a request makes no sense in a state, said without anything of the core: something that is not there, no position,
 * no neighbour, no host or port left, dependants. Null where there is a next state for the rules to judge. An action must
 * refuse nothing else by itself, and nothing impossible may be accepted.
 */
export function whyImpossible(command: Command, state: State, house: House): string | null {
  switch (command.do) {
    case 'addservice':
      return whyNotAdd(command, state, house);
    case 'release':
      return whyNotRelease(command, state, house);
    case 'pop':
      return whyNotPop(command, state);
    case 'replace':
      return whyNotReplace(command, state, house);
    case 'scale':
      return whyNotScale(command, state, house);
    case 'addendpoint': {
      const name = `${command.service}-endpoint-${command.name}`;
      return state.endpoints.some((row) => row.name === name) ? 'the name is taken' : null;
    }
    case 'connect':
      return whyNotConnect(command, state, house);
    case 'disconnect':
      return whyNotDisconnect(command, state);
    case 'changetree':
      return whyNotChangeTree(command, state);
    case 'delete endpoint': {
      if (!state.endpoints.some((row) => row.name === command.endpoint)) return 'no such endpoint';
      const isUsed = state.edges.some((edge) => edge.endpoint === command.endpoint);
      return isUsed && !command.cascade ? 'it has a tree' : null;
    }
    case 'delete service':
      return whyNotRemove(command, state);
    case 'delete containers':
      return has(state, command.service) ? null : 'no such service';
    case 'host drain':
      return canFit(state, house, leavingOf(state, command.host), command.host)
        ? null
        : 'no place for a twin';
  }
}

function has(state: State, service: string): boolean {
  return state.services.some((row) => row.name === service);
}

function stacksOf(state: State, service: string): State['stacks'][number][] {
  const number = (name: string): number => Number(name.split('-stack')[1]);
  return state.stacks
    .filter((stack) => stack.service === service)
    .sort((a, b) => number(a.name) - number(b.name));
}

/** How many ports a host has to give. */
export function freePorts(state: State, house: House, host: string): number {
  const there = state.containers.filter(({ stack }) =>
    state.stacks.some((row) => row.name === stack && row.host === host),
  );
  return house.hosts.includes(host) ? house.ports - there.length : 0;
}

function whyNotAdd(
  { service, stacks, versions }: Of<'addservice'>,
  state: State,
  house: House,
): string | null {
  if (has(state, service)) return 'the name is taken';
  if (stacks < 0) return 'fewer than no stacks';
  if (stacks > 0 && !versions.every(hasImage)) return 'no such image';
  const wide = house.hosts.filter((host) => freePorts(state, house, host) >= versions.length);
  return wide.length < stacks ? 'too few hosts with ports' : null;
}

function whyNotRelease({ service, versions }: Of<'release'>, state: State, house: House): string | null {
  if (!has(state, service)) return 'no such service';
  const stacks = stacksOf(state, service);
  if (stacks.length === 0) return 'no stack to push on';
  if (!versions.every(hasImage)) return 'no such image';
  const isFull = stacks.some(({ host }) => freePorts(state, house, host) < versions.length);
  return isFull ? 'no port left' : null;
}

function whyNotPop({ service, position, single }: Of<'pop'>, state: State): string | null {
  const stacks = stacksOf(state, service);
  if (stacks.length === 0) return 'no stack to pop';
  const concerned = single ? stacks.slice(0, 1) : stacks;
  return concerned.every((stack) => columnOf(state, stack.name)[position]) ? null : 'no such position';
}

function whyNotReplace(
  { service, position, direction }: Of<'replace'>,
  state: State,
  house: House,
): string | null {
  const stacks = stacksOf(state, service);
  if (stacks.length === 0) return 'no stack to replace on';
  const neighbour = direction === 'up' ? position + 1 : position - 1;
  for (const { name, host } of stacks) {
    const column = columnOf(state, name);
    if (!column[position] || !column[neighbour]) return 'no such position, or none beside it';
    if (freePorts(state, house, host) < 1) return 'no port left';
  }
  return null;
}

function whyNotScale({ service, stacks: wanted }: Of<'scale'>, state: State, house: House): string | null {
  const stacks = stacksOf(state, service);
  if (stacks.length === 0) return 'no stack to make twins of';
  if (wanted < 0) return 'fewer than no stacks';
  const height = columnOf(state, stacks[0]?.name ?? '').length;
  const free = house.hosts.filter(
    (host) => !stacks.some((stack) => stack.host === host) && freePorts(state, house, host) >= height,
  );
  return wanted - stacks.length > free.length ? 'too few hosts with ports' : null;
}

function whyNotChangeTree(
  { endpoint, child, parent, position }: Of<'changetree'>,
  state: State,
): string | null {
  if (!state.endpoints.some((row) => row.name === endpoint)) return 'no such endpoint';
  if (child === null) return position === null ? 'an endpoint follows nothing' : null;
  const leads = state.edges.some(
    (edge) => edge.endpoint === endpoint && edge.child === child && (parent ?? edge.parent) === edge.parent,
  );
  return leads ? null : 'no such relation';
}

function whyNotRemove({ service, cascade }: Of<'delete service'>, state: State): string | null {
  if (!has(state, service)) return 'no such service';
  const isUsed =
    state.stacks.some((row) => row.service === service) ||
    state.endpoints.some((row) => row.service === service) ||
    state.edges.some((row) => row.parent === service || row.child === service);
  return isUsed && !cascade ? 'something depends on it' : null;
}

function leavingOf(state: State, host: string): State['stacks'][number][] {
  return state.stacks.filter((stack) => stack.host === host);
}
