import { describe, expect, it } from '@jest/globals';
import { treeUnambiguous } from '../../src/constraints/treeUnambiguous.ts';
import type { State } from '../../src/model/state.ts';
import { defaultEndpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

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

describe('tree-unambiguous: external services', () => {
  const calling = (...targets: string[]): State =>
    withExternals(
      trees({
        prod: ['webapp > training', 'training > db'],
        qa: ['webapp > training @ 0', 'training > db'],
      }),
      external('db', targets),
    );

  it('are called at one target by each position of a parent', () => {
    expect(treeUnambiguous.judge(worldOf(calling('prod=a.example:1', 'qa=a.example:2')))).toEqual([
      {
        ...{ service: 'training', object: 'training', aspect: '0 db' },
        fact: `its containers at position 0 would call db at a.example:1 for ${prod} and at a.example:2 for ${qa}`,
        remedy:
          "give both stages the same target by 'cmanage changeexternal db --target STAGE=HOST:PORT', or point the endpoints at different positions",
      },
    ]);
  });

  it('are called at one target also by a position that two stages share by weight', () => {
    const state = withExternals(trees({ prod: ['webapp > db'], qa: ['webapp > db'] }), external('db'));
    const weights = [0, 1].map((position) => ({ position, weight: 50 }));
    const spread = changeRow(state, 'endpoints', prod, { options: { ...defaultEndpointOptions, weights } });
    expect(treeUnambiguous.judge(worldOf(spread)).map(({ fact }) => fact)).toEqual([
      `its containers at position 1 would call db at db.prod.example:5432 for ${prod} and at db.qa.example:5432 for ${qa}`,
    ]);
  });

  it.each([
    ['the same target at both stages', calling('prod=a:1', 'qa=a:1')],
    ['no target at one of them, of which another rule tells', calling('prod=a:1')],
    [
      'two endpoints of a stage, whatever their pointers',
      withExternals(trees({ prod: ['webapp > db'], www: ['webapp > db'] }), external('db')),
    ],
    [
      'other targets for other positions',
      withExternals(trees({ prod: ['webapp > db'], qa: ['webapp > db'] }), external('db')),
    ],
  ])('may be called by %s', (_case, state) => {
    expect(treeUnambiguous.judge(worldOf(state))).toEqual([]);
  });
});
