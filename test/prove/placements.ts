import type { State } from '../../src/model/state.ts';
import type { Outcome } from '../../src/model/violation.ts';
import { permutations } from './canonical.ts';
import type { Command } from './command.ts';

/** A command in a state, and what came of it. */
export type Trial = { readonly before: State; readonly command: Command; readonly outcome: Outcome };

/**
 * A command that places stacks, tried with the hosts named in every order: where two hosts are equally good the first by
 * name is taken, so that one canonical state stands for several answers. Returns one trial for each different answer.
 */
export function everyPlacement(
  state: State,
  command: Command,
  hosts: readonly string[],
  run: (before: State, command: Command) => Outcome,
): Trial[] {
  if (!['addservice', 'scale', 'host drain'].includes(command.do)) {
    return [{ before: state, command, outcome: run(state, command) }];
  }
  const trials = new Map<string, Trial>();
  for (const order of permutations(hosts)) {
    const to = new Map(hosts.map((host, index) => [host, order[index] ?? host]));
    const back = new Map([...to].map(([host, name]) => [name, host]));
    const before = isIdentity(to) ? state : renameHosts(state, to);
    const renamed =
      command.do === 'host drain' ? { ...command, host: to.get(command.host) ?? command.host } : command;
    const outcome = run(before, renamed);
    const answer = outcome.ok ? outcome.value.stacks.map(({ host }) => back.get(host) ?? host).join() : '';
    if (!trials.has(answer)) trials.set(answer, { before, command: renamed, outcome });
  }
  return [...trials.values()];
}

function isIdentity(names: ReadonlyMap<string, string>): boolean {
  return [...names].every(([host, name]) => host === name);
}

function renameHosts(state: State, names: ReadonlyMap<string, string>): State {
  return {
    ...state,
    stacks: state.stacks.map((stack) => ({ ...stack, host: names.get(stack.host) ?? stack.host })),
  };
}
