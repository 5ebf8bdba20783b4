import { describe, expect, it } from '@jest/globals';
import { treeShape } from '../../src/constraints/treeShape.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { edge, external, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const qa = 'webapp-endpoint-qa';
const services = makeState({
  webapp: { endpoints: { prod: {}, qa: {} } },
  training: {},
  mail: { versions: ['v1', 'v2'] },
  empty: { hosts: [] },
});
const tree = (...relations: string[]): State => withTree(services, prod, ...relations);
const circle = (child: string, parent: string) =>
  [prod, `${parent} calls ${child}, which in the end calls ${parent} again`] as const;

describe('tree-shape', () => {
  judgeTable(treeShape, [
    { name: 'no tree', state: services, findings: [] },
    {
      name: 'a tree that two parents of one child are in',
      state: tree('webapp > training', 'webapp > mail @ 1', 'training > mail @ 0'),
      findings: [],
    },
    {
      name: 'an edge that nothing leads to',
      state: tree('training > mail'),
      findings: [[prod, 'training is connected to mail, and nothing leads from webapp to training']],
    },
    {
      name: 'a tree of another endpoint does not lead to it',
      state: withTree(tree('training > mail'), qa, 'webapp > training'),
      findings: [[prod, 'nothing leads from webapp to training']],
    },
    {
      name: 'a service that calls itself',
      state: tree('webapp > webapp'),
      findings: [circle('webapp', 'webapp')],
    },
    {
      name: 'a circle of three, and an edge beside it',
      state: tree('webapp > training', 'training > mail', 'mail > webapp', 'webapp > mail'),
      findings: [
        circle('webapp', 'mail'),
        circle('mail', 'training'),
        circle('mail', 'webapp'),
        circle('training', 'webapp'),
      ],
    },
    {
      name: 'an edge into a circle is not of it',
      state: tree('webapp > training', 'training > mail', 'mail > training'),
      findings: [circle('training', 'mail'), circle('mail', 'training')],
    },
    {
      name: 'a circle in the trees of two endpoints is none',
      state: withTree(tree('webapp > training', 'training > mail'), qa, 'webapp > mail', 'mail > training'),
      findings: [],
    },
  ]);
});

describe('tree-shape: positions', () => {
  const outside = (position: string, child: string, height: number) =>
    [
      [
        prod,
        `webapp is connected to ${child} at position ${position}, and the stacks of ${child} have height ${height}`,
      ],
    ] as const;

  judgeTable(treeShape, [
    { name: 'the first', state: tree('webapp > mail @ 0'), findings: [] },
    { name: 'the last', state: tree('webapp > mail @ 1'), findings: [] },
    { name: 'one above it', state: tree('webapp > mail @ 2'), findings: outside('2', 'mail', 2) },
    { name: 'one below the first', state: tree('webapp > mail @ -1'), findings: outside('-1', 'mail', 2) },
    { name: 'a half', state: tree('webapp > mail @ 0.5'), findings: outside('0.5', 'mail', 2) },
    {
      name: 'a child without a stack',
      state: tree('webapp > empty @ 0'),
      findings: outside('0', 'empty', 0),
    },
    {
      name: "the endpoint's pointer above the child's stacks",
      state: changeRow(tree('webapp > mail'), 'endpoints', prod, { pointer: 2 }),
      findings: outside("2, the endpoint's pointer", 'mail', 2),
    },
    {
      name: 'a fixed position, whatever the pointer',
      state: changeRow(tree('webapp > mail @ 1'), 'endpoints', prod, { pointer: 2 }),
      findings: [],
    },
  ]);
});

describe('tree-shape: what it says', () => {
  const judged = (state: State) => treeShape.judge(worldOf(state));

  it('of a tree without an endpoint', () => {
    expect(judged(withTree(services, 'gone', 'webapp > mail'))).toEqual([
      {
        service: 'webapp',
        object: 'gone',
        aspect: 'webapp mail',
        fact: 'webapp is connected to mail in its tree, and there is no such endpoint',
        remedy: 'restore a backup of the state database',
      },
    ]);
  });

  it('of a service that is not there, as parent and as child', () => {
    expect(judged(tree('webapp > gone', 'gone > mail'))).toEqual([
      {
        service: 'mail',
        object: prod,
        aspect: 'missing gone gone mail',
        fact: 'its tree has gone, and there is no such service',
        remedy: 'restore a backup of the state database',
      },
      {
        service: 'gone',
        object: prod,
        aspect: 'missing gone webapp gone',
        fact: 'its tree has gone, and there is no such service',
        remedy: 'restore a backup of the state database',
      },
    ]);
  });

  it('of an edge that hangs in the air', () => {
    expect(judged(tree('training > mail'))).toEqual([
      {
        service: 'mail',
        object: prod,
        aspect: 'hanging training mail',
        fact: 'training is connected to mail, and nothing leads from webapp to training',
        remedy: `connect training first, or take the branch out too: 'cmanage disconnect training -c mail -e ${prod}', or --cascade`,
      },
    ]);
  });

  it('of a circle', () => {
    expect(judged(tree('webapp > webapp'))).toEqual([
      {
        service: 'webapp',
        object: prod,
        aspect: 'cycle webapp webapp',
        fact: 'webapp calls webapp, which in the end calls webapp again',
        remedy: "take one of these relations out by 'cmanage disconnect'",
      },
    ]);
  });

  it.each([
    ['mail @ 4', 'choose a position from 0 to 1, or release a version on mail first', 3],
    ['mail @ 2', 'choose a position from 0 to 1, or release a version on mail first', 1],
    ['mail @ -3', 'choose a position from 0 to 1, or release a version on mail first', 1],
    ['empty @ 0', 'choose a position from 0 to 0, or release a version on empty first', 1],
  ])('of a position outside the stacks: %s', (child, remedy, deficit) => {
    const service = child.split(' ')[0] ?? '';
    const [finding, ...others] = judged(tree(`webapp > ${child}`));
    expect(finding).toEqual({
      service,
      object: prod,
      aspect: `position webapp ${service}`,
      fact: expect.stringContaining(`webapp is connected to ${service} at position`),
      remedy,
      deficit,
    });
    expect(others).toEqual([]);
  });
});

describe('tree-shape: external services', () => {
  const db = external('db', ['prod=db.prod.example:5432', 'dev=192.0.2.40:5432']);
  const withDb = withExternals(services, db);
  const about = { service: 'db' };
  const judged = (state: State) => treeShape.judge(worldOf(state));

  it('are leaves below any service, with a target at the stage', () => {
    const state = withTree(withDb, prod, 'webapp > training', 'training > db', 'webapp > db');
    expect(judged(state)).toEqual([]);
    const limited = { ...withDb, edges: [{ ...edge(prod, 'webapp > db'), drainLimit: 60 }] };
    expect(judged(limited)).toEqual([]);
  });

  it('need no height of stacks, whatever the pointer', () => {
    const above = changeRow(withTree(withDb, prod, 'webapp > db'), 'endpoints', prod, { pointer: 2 });
    expect(judged(above)).toEqual([]);
  });

  it('without a target at the stage', () => {
    expect(judged(withTree(withDb, qa, 'webapp > db'))).toEqual([
      {
        ...{ ...about, object: qa, aspect: 'target webapp db' },
        fact: 'webapp is connected to db, which has no target at stage qa',
        remedy: `give it one by 'cmanage changeexternal db --target qa=HOST:PORT', or take the relation out by 'cmanage disconnect webapp -c db -e ${qa}'`,
      },
    ]);
  });

  it('at a position', () => {
    expect(judged(withTree(withDb, prod, 'webapp > db @ 0'))).toEqual([
      {
        ...{ ...about, object: prod, aspect: 'position webapp db' },
        fact: 'webapp is connected to db at position 0, and an external service has no positions',
        remedy: `take it away by 'cmanage changetree ${prod} --child db --position pointer'`,
      },
    ]);
  });

  it('that call others, which therefore hang in the air', () => {
    const hanging = {
      ...{ service: 'mail', object: prod, aspect: 'hanging db mail' },
      fact: 'db is connected to mail, and nothing leads from webapp to db',
      remedy: `connect db first, or take the branch out too: 'cmanage disconnect db -c mail -e ${prod}', or --cascade`,
    };
    expect(judged(withTree(withDb, prod, 'webapp > db', 'db > mail'))).toEqual([
      {
        ...{ service: 'mail', object: prod, aspect: 'missing db db mail' },
        fact: 'db is connected to mail, and is an external service, which calls nothing',
        remedy: 'restore a backup of the state database',
      },
      hanging,
    ]);
  });

  it('below a service that nothing leads to', () => {
    expect(judged(withTree(withDb, prod, 'mail > db')).map(({ fact }) => fact)).toEqual([
      'mail is connected to db, and nothing leads from webapp to mail',
    ]);
  });
});

describe('tree-shape: what a service uses', () => {
  const using = (...uses: string[]): State =>
    changeRow(withExternals(services, external('db')), 'services', 'webapp', {
      traffic: { mode: 'http', uses, drainLimit: null },
    });
  const about = { service: 'webapp', object: 'webapp' };

  it.each([
    ['services and external ones, whatever its trees', ['training', 'db', 'mail'], []],
    [
      'what is not there',
      ['gone', 'training', 'webapp-stack1'],
      ['gone', 'webapp-stack1'].map((name) => ({
        ...{ ...about, aspect: `uses ${name}` },
        fact: `it uses ${name}, and there is no such service`,
        remedy: `add it first by 'cmanage addservice ${name}' or 'cmanage addexternal ${name}', or leave it out of --uses`,
      })),
    ],
    [
      'itself',
      ['webapp'],
      [
        {
          ...{ ...about, aspect: 'uses webapp' },
          fact: 'it is said to use itself',
          remedy: 'leave it out of --uses',
        },
      ],
    ],
  ])('%s', (_case, uses, expected) => {
    expect(treeShape.judge(worldOf(using(...uses)))).toEqual(expected);
  });
});
