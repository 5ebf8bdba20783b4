import type { State } from '../../src/model/state.ts';
import type { House } from './house.ts';
import { wrongOnHosts } from './naiveHosts.ts';
import { wrongInStacks } from './naiveStacks.ts';
import { countTrees, wrongInTrees } from './naiveTrees.ts';

/**
 * The rules said once more, as the thesis and the design say them, without anything of the core: no look-up, no index,
 * no tree of src/, but loops over the flat rows, each as near to the sentence it stands for as it can be.
 */

/** Something wrong: by the code of its rule, with the service that lacks something, and how much. */
export type Wrong = { readonly code: string; readonly service: string; readonly amount: number };

/** What may be unmet while a service is built up; all other rules hold always. */
export const completeness = ['service-stacks', 'stack-height', 'tree-count', 'host-loss'];

export function wrongsOf(state: State, house: House): Wrong[] {
  return [
    ...wrongInStacks(state, house),
    ...wrongInTrees(state, house),
    ...wrongOnHosts(state, house),
    ...state.services.flatMap(({ name }) => incompleteness(state, house, name)),
  ];
}

/** The rules by which the next state is worse than the one before: what a refusal must name, and all that it may. */
export function newlyWrong(
  before: { readonly state: State; readonly wrongs: readonly Wrong[] },
  nextWrongs: readonly Wrong[],
  house: House,
): Set<string> {
  const codes = new Set<string>();
  for (const { code, service, amount } of nextWrongs) {
    if (house.relaxed.includes(code)) continue;
    const isNew = completeness.includes(code) && !before.state.services.some((row) => row.name === service);
    const was = before.wrongs.filter((wrong) => wrong.code === code && wrong.service === service);
    if (!isNew && amount > was.reduce((most, wrong) => Math.max(most, wrong.amount), 0)) codes.add(code);
  }
  return codes;
}

/** How incomplete a service is: SH >= stages and min_containers, one stack or more, TC >= stages, and no host too many. */
function incompleteness(state: State, house: House, service: string): Wrong[] {
  const stacks = state.stacks.filter((stack) => stack.service === service);
  const wrongs: Wrong[] = [];
  if (stacks.length === 0) wrongs.push({ code: 'service-stacks', service, amount: 1 });
  for (const stack of stacks) {
    const height = state.containers.filter((container) => container.stack === stack.name).length;
    const lacking = Math.max(house.stages.length, house.minContainers) - height;
    if (lacking > 0) wrongs.push({ code: 'stack-height', service, amount: lacking });
  }
  const trees = house.stages.length - countTrees(state, house, service);
  if (trees > 0) wrongs.push({ code: 'tree-count', service, amount: trees });
  return wrongs;
}
