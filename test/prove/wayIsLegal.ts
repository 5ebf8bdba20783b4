import type { Goal } from '../../src/goal/goal.ts';
import { argumentsOf, type Move } from '../../src/goal/moves.ts';
import type { Way } from '../../src/goal/search.ts';
import type { State } from '../../src/model/state.ts';
import { perform, type Command } from './command.ts';
import { environmentOf, type House } from './house.ts';
import { judgeCase } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { isFulfilled } from './naiveGoals.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';

/** What is wrong with a way: a command that is refused by the core or by the naive judge, or an end that is not the goal. */
export function whatIsWrongWith(
  way: Way | null,
  start: State,
  { service, wishes }: Goal,
  house: House,
): string[] {
  if (way === null) return [];
  const environment = environmentOf(house);
  let before = start;
  for (const { move } of way) {
    const command = commandOf(move, service);
    const outcome = perform(before, command, environment, factsAfter(0));
    const court = { house, environment, wrongs: wrongsOf(before, house), random: chance(1), isQuick: true };
    const { next, by, codes, complaints } = judgeCase({ before, command, outcome }, court);
    const why = `${by}: ${[...codes, ...complaints].join(', ')}`;
    if (!next || complaints.length > 0)
      return [`${argumentsOf(move, service).join(' ')} is refused by ${why}`];
    before = next;
  }
  return isFulfilled(before, service, wishes, house) ? [] : ['the way does not lead to the goal'];
}

function commandOf(move: Move, service: string): Command {
  switch (move.do) {
    case 'promote':
    case 'abort':
      throw new Error(`${move.do} is for endpoints with weights, and here are none`);
    case 'changetree':
      return move;
    default:
      return { ...move, service };
  }
}
