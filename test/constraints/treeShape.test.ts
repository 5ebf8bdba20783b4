import { describe, expect, it } from '@jest/globals';
import { treeShape } from '../../src/constraints/treeShape.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

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
