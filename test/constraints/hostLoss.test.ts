import { describe, expect, it } from '@jest/globals';
import { hostLoss } from '../../src/constraints/hostLoss.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

const two = makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {} } } });

/** The second stack of webapp has nothing at these positions and above. */
function lower(state: State, height: number): State {
  const containers = state.containers.filter((row) => row.stack !== 'webapp-stack2' || row.position < height);
  return { ...state, containers };
}

describe('host-loss', () => {
  judgeTable(hostLoss, [
    { name: 'a stack on each of two hosts', state: two, findings: [] },
    { name: 'no stack', state: makeState({ webapp: { hosts: [] } }), findings: [] },
    {
      name: 'one stack',
      state: makeState({ webapp: {} }),
      findings: [['webapp', 'all its containers are on docker01, and are lost with it']],
    },
    {
      name: 'two stacks on one host',
      state: changeRow(two, 'stacks', 'webapp-stack2', { host: 'docker01' }),
      findings: [['webapp', 'all its containers are on docker01, and are lost with it']],
    },
    {
      name: 'a position in use on one host alone',
      state: lower(two, 1),
      findings: [['webapp', 'position 1 would be lost with one host']],
    },
    {
      name: 'two of them',
      state: lower(two, 0),
      findings: [['webapp', 'positions 0 and 1 would be lost with one host']],
    },
    { name: 'a position that nobody uses', state: lower(two, 2), findings: [] },
    {
      name: 'a position in use on two of three stacks, which share a host',
      state: changeRow(
        lower(
          makeState({
            webapp: { hosts: ['docker01', 'docker02', 'docker03'], endpoints: { prod: {} } },
          }),
          0,
        ),
        'stacks',
        'webapp-stack3',
        { host: 'docker01' },
      ),
      findings: [['webapp', 'position 0 would be lost with one host']],
    },
    {
      name: 'a sub-service by the positions that are called',
      state: lower(
        withTree(
          makeState({
            shop: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } },
            webapp: { hosts: ['docker02', 'docker03'] },
          }),
          'shop-endpoint-prod',
          'shop > webapp @ 2',
        ),
        2,
      ),
      findings: [['webapp', 'position 2 would be lost with one host']],
    },
  ]);

  it('says what to do', () => {
    expect(hostLoss.judge(worldOf(lower(two, 1)))).toEqual([
      {
        service: 'webapp',
        object: 'webapp',
        fact: 'position 1 would be lost with one host',
        remedy: "give it another stack by 'cmanage scale webapp --stacks 3'",
      },
    ]);
  });
});
