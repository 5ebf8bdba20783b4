import type { State } from '../../src/model/state.ts';
import type { House } from './house.ts';
import { freePorts } from './impossible.ts';

/** Whether there is a way to give every leaving stack a host that has none of its service and enough ports: all are tried. */
export function canFit(
  state: State,
  house: House,
  leaving: readonly State['stacks'][number][],
  from: string,
): boolean {
  const [first, ...others] = leaving;
  if (!first) return true;
  const height = state.containers.filter((row) => row.stack === first.name).length;
  return house.hosts.some((host) => {
    const isTaken = state.stacks.some((row) => row.service === first.service && row.host === host);
    if (host === from || isTaken || freePorts(state, house, host) < height) return false;
    return canFit(movedTo(state, first.name, host), house, others, from);
  });
}

function movedTo(state: State, stack: string, host: string): State {
  return { ...state, stacks: state.stacks.map((row) => (row.name === stack ? { ...row, host } : row)) };
}
