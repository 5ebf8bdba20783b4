import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import { mixedAnswers } from '../../src/plan/mixing.ts';
import { accepted } from '../support/outcome.ts';
import { decode } from './decode.ts';
import { defaultHouse, environmentOf } from './house.ts';
import { judgeNext } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';

const house = { ...defaultHouse, capacity: 14, ports: 20 };
const environment = environmentOf(house);

/**
 * What a rollback of production to before two commands comes to: its pointer goes back, and the stacks shift. The containers
 * at positions 1 and 2 change places, between two endpoints. The random sequences found it where two stacks have them.
 */
function rolledBack(stacks: string): { before: State; next: State } {
  const before = decode(
    `a[${stacks}]{prod>2(a>b@*) qa>1(a>b@*) dev>2(a>b@*)};b[1:2,4,6,8 3:2,4,6,8]{}`,
    house.hosts,
  );
  const popped = accepted(popService(before, { service: 'a', position: 0, single: false }));
  const pointer = { endpoint: 'a-endpoint-e1', child: null, parent: null };
  return { before, next: accepted(changeTree(popped, pointer, { position: 0 })) };
}

describe.each([
  ['one stack', '1:2,4,6,8', ['a-endpoint-e1', 'a-endpoint-e2', 'a-endpoint-e3']],
  ['two stacks', '1:2,4,6,8 2:2,4,6,8', []],
  ['three stacks', '1:2,4,6,8 2:2,4,6,8 3:2,4,6,8', []],
])('containers of %s that change places between two endpoints', (_case, stacks, warned) => {
  it('answer for one of them at a time in every order, unless it is told that they cannot', () => {
    const { before, next } = rolledBack(stacks);
    const court = { house, environment, wrongs: wrongsOf(before, house), random: chance(1), isQuick: false };
    expect(judgeNext(before, next, court, null)).toMatchObject({ by: 'nobody', complaints: [] });
    expect(mixedAnswers(before, next, environment).map(({ object }) => object)).toEqual(warned);
  });
});
