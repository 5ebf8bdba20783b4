import { describe, expect, it } from '@jest/globals';
import { treeUnambiguous } from '../../src/constraints/treeUnambiguous.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

const [prod, www, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-www', 'webapp-endpoint-qa'];
const services = makeState({
  webapp: { endpoints: { prod: {}, www: {}, qa: {} } },
  training: {},
  mail: {},
  log: {},
});

/** The relations of the two endpoints at position 0, and of the one at position 1. */
function trees(given: { prod?: string[]; www?: string[]; qa?: string[] }): State {
  const state = withTree(withTree(services, prod, ...(given.prod ?? [])), www, ...(given.www ?? []));
  return withTree(state, qa, ...(given.qa ?? []));
}

const between = (at: number, child: string, [a, one]: [number, string], [b, other]: [number, string]) =>
  `its containers at position ${at} would call ${child} at position ${a} for ${one} and at position ${b} for ${other}`;

describe('tree-unambiguous', () => {
  judgeTable(treeUnambiguous, [
    { name: 'no tree', state: services, findings: [] },
    {
      name: 'two trees that agree, by pointer and by position',
      state: trees({ prod: ['webapp > mail'], www: ['webapp > mail @ 0'] }),
      findings: [],
    },
    {
      name: 'two trees that disagree',
      state: trees({ prod: ['webapp > mail'], www: ['webapp > mail @ 2'] }),
      findings: [['webapp', between(0, 'mail', [0, prod], [2, www])]],
    },
    {
      name: 'other positions of the parent may call other ones of the child',
      state: trees({ prod: ['webapp > mail @ 2'], qa: ['webapp > mail @ 1'] }),
      findings: [],
    },
    {
      name: 'other children of one parent',
      state: trees({ prod: ['webapp > mail @ 2'], www: ['webapp > training @ 1'] }),
      findings: [],
    },
    {
      name: 'other parents of one child',
      state: trees({ prod: ['webapp > training', 'webapp > mail @ 1', 'training > mail @ 2'] }),
      findings: [],
    },
    {
      name: 'a disagreement further down',
      state: trees({
        prod: ['webapp > training @ 1', 'training > mail @ 0'],
        qa: ['webapp > training', 'training > mail'],
      }),
      findings: [['training', between(1, 'mail', [0, prod], [1, qa])]],
    },
    {
      name: 'a parent that answers at two positions of a tree',
      state: trees({
        prod: ['webapp > training @ 1', 'webapp > mail', 'mail > training @ 2', 'training > log @ 0'],
        qa: ['webapp > training @ 2', 'training > log'],
      }),
      findings: [['training', between(2, 'log', [0, prod], [1, qa])]],
    },
    {
      name: 'an edge that nothing leads to calls nobody',
      state: trees({
        prod: ['webapp > mail', 'training > mail @ 2'],
        qa: ['webapp > training @ 0', 'training > mail'],
      }),
      findings: [],
    },
    {
      name: 'each that disagrees with the first',
      state: changeRow(
        trees({ prod: ['webapp > mail'], www: ['webapp > mail @ 2'], qa: ['webapp > mail @ 1'] }),
        'endpoints',
        qa,
        { pointer: 0 },
      ),
      findings: [
        ['webapp', between(0, 'mail', [0, prod], [2, www])],
        ['webapp', between(0, 'mail', [0, prod], [1, qa])],
      ],
    },
  ]);

  it('says what to do', () => {
    const state = trees({ prod: ['webapp > mail'], www: ['webapp > mail @ 2'] });
    expect(treeUnambiguous.judge(worldOf(state))).toEqual([
      {
        service: 'webapp',
        object: 'webapp',
        aspect: '0 mail',
        fact: between(0, 'mail', [0, prod], [2, www]),
        remedy:
          "give both the same position by 'cmanage changetree ENDPOINT --child mail --position N', or point the endpoints at different positions",
      },
    ]);
  });
});
