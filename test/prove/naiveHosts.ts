import type { State } from '../../src/model/state.ts';
import { balancerAddress, firstPort, type House } from './house.ts';
import type { Wrong } from './naive.ts';
import { positionsReached } from './naiveTrees.ts';

/** Rules of hosts and ports. */
export function wrongOnHosts(state: State, house: House): Wrong[] {
  return [
    ...places(state, house),
    ...publicPorts(state),
    ...state.services.filter(({ name }) => isLostWithAHost(state, house, name)).map(lost),
  ];
}

function lost({ name }: { name: string }): Wrong {
  return { code: 'host-loss', service: name, amount: 1 };
}

function hostOf(state: State, stack: string): string {
  return state.stacks.find((row) => row.name === stack)?.host ?? '';
}

/** Every stack is on a host there is; no host has too many containers, or two on one port, or one on a port not its own. */
function places(state: State, house: House): Wrong[] {
  const wrongs: Wrong[] = [];
  for (const stack of state.stacks) {
    if (!house.hosts.includes(stack.host))
      wrongs.push({ code: 'host-known', service: stack.service, amount: 1 });
  }
  for (const host of house.hosts) {
    const there = state.containers.filter((container) => hostOf(state, container.stack) === host);
    const kept = state.retained.filter((container) => hostOf(state, container.stack) === host);
    const surplus = there.length + kept.filter(({ warm }) => warm).length - house.capacity;
    if (surplus > 0) wrongs.push({ code: 'host-capacity', service: host, amount: surplus });
    for (const container of [...there, ...kept]) {
      const isShared = [...there, ...kept].some(
        (row) => row.name !== container.name && row.hostPort === container.hostPort,
      );
      const isForeign = container.hostPort < firstPort || container.hostPort >= firstPort + house.ports;
      if (isShared || isForeign) wrongs.push({ code: 'ports', service: host, amount: 1 });
    }
  }
  return wrongs;
}

/** Public address, port and host name tell every two endpoints apart, and the port is one. */
function publicPorts(state: State): Wrong[] {
  const wrongs: Wrong[] = [];
  for (const one of state.endpoints) {
    if (!(one.port >= 1 && one.port <= 65535 && one.port % 1 === 0)) {
      wrongs.push({ code: 'ports', service: one.service, amount: 1 });
    }
    for (const other of state.endpoints) {
      const isSameAddress = (one.address ?? balancerAddress) === (other.address ?? balancerAddress);
      if (one.name !== other.name && one.port === other.port && isSameAddress && one.url === other.url) {
        wrongs.push({ code: 'ports', service: one.service, amount: 1 });
      }
    }
  }
  return wrongs;
}

/** Whether there is a host without which nothing of a service is left, or no longer what answers some tree. */
function isLostWithAHost(state: State, house: House, service: string): boolean {
  const stacks = state.stacks.filter((stack) => stack.service === service);
  if (stacks.length === 0) return false;
  const asked = state.endpoints.flatMap((endpoint) => positionsReached(state, endpoint, service));
  const answers = (position: number, among: readonly State['stacks'][number][]): boolean =>
    among.some(({ name }) => state.containers.some((row) => row.stack === name && row.position === position));
  return house.hosts.some((host) => {
    const left = stacks.filter((stack) => stack.host !== host);
    return (
      left.length === 0 || asked.some((position) => answers(position, stacks) && !answers(position, left))
    );
  });
}
