import { describe, expect, it } from '@jest/globals';
import type { Endpoint, State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import {
  containersBehind,
  edgesOf,
  isMainService,
  positionOf,
  positionsInUse,
  reachedBy,
  rootsOf,
  treesOf,
  treesWith,
} from '../../src/model/trees.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { edge, external, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const qa = 'webapp-endpoint-qa';
const services = makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, training: {}, mail: {}, log: {} });
const deep = frozen(
  withTree(
    withTree(services, prod, 'webapp > training', 'training > mail', 'mail > log @ 2'),
    qa,
    'webapp > mail @ 0',
  ),
);

function endpointIn(state: State, name: string): Endpoint {
  const endpoint = state.endpoints.find((row) => row.name === name);
  if (!endpoint) throw new Error(`the sketch has no ${name}`);
  return endpoint;
}

/** What a tree reaches, as a list that shows the order too. */
function reached(state: State, name: string): [string, number[]][] {
  return [...reachedBy(state, endpointIn(state, name))].map(([service, at]) => [service, [...at]]);
}

describe('edgesOf', () => {
  it('are those of one endpoint, by parent and then by child', () => {
    const state = withTree(services, prod, 'webapp > mail', 'training > log', 'webapp > log');
    const both = withTree(state, qa, 'webapp > mail');
    expect(edgesOf(both, prod)).toEqual([
      edge(prod, 'training > log'),
      edge(prod, 'webapp > log'),
      edge(prod, 'webapp > mail'),
    ]);
  });

  it('are none of an endpoint without a tree, or that is not there', () => {
    expect(edgesOf(services, prod)).toEqual([]);
    expect(edgesOf(deep, 'nobody-endpoint-prod')).toEqual([]);
  });
});

describe('positionOf', () => {
  it.each([
    ['follows the position at which the tree begins', 'webapp > mail', 1],
    ['is what the edge says', 'webapp > mail @ 2', 2],
    ['is what the edge says, also where that is 0', 'webapp > mail @ 0', 0],
  ])('%s', (_case, relation, position) => {
    expect(positionOf(edge(qa, relation), 1)).toBe(position);
  });
});

describe('reachedBy', () => {
  it.each<[string, State, string, [string, number[]][]]>([
    ['the root alone, at its pointer', services, qa, [['webapp', [1]]]],
    [
      'every service below, at the position of its edge',
      deep,
      prod,
      [
        ['webapp', [0]],
        ['training', [0]],
        ['mail', [0]],
        ['log', [2]],
      ],
    ],
    [
      'no service of the tree of another endpoint',
      deep,
      qa,
      [
        ['webapp', [1]],
        ['mail', [0]],
      ],
    ],
    [
      'a service that two parents call, at both positions',
      withTree(services, prod, 'webapp > training', 'webapp > mail @ 1', 'training > mail @ 2'),
      prod,
      [
        ['webapp', [0]],
        ['mail', [1, 2]],
        ['training', [0]],
      ],
    ],
    [
      'nothing below an edge that hangs in the air',
      withTree(services, prod, 'training > mail'),
      prod,
      [['webapp', [0]]],
    ],
    [
      'each service of a circle once',
      withTree(services, prod, 'webapp > training', 'training > webapp @ 2', 'training > training @ 1'),
      prod,
      [
        ['webapp', [0, 2]],
        ['training', [0, 1]],
      ],
    ],
  ])('is %s', (_case, state, name, expected) => {
    expect(reached(state, name)).toEqual(expected);
  });
});

describe('treesWith', () => {
  it.each([
    ['webapp', [prod, qa]],
    ['mail', [prod, qa]],
    ['log', [prod]],
    ['nobody', []],
  ])('of %s are %p', (service, expected) => {
    expect(treesWith(deep, service).map((endpoint) => endpoint.name)).toEqual(expected);
  });

  it('are in the order of the state', () => {
    const reversed = { ...deep, endpoints: [...deep.endpoints].reverse() };
    expect(treesWith(reversed, 'mail').map((endpoint) => endpoint.name)).toEqual([qa, prod]);
  });

  it('are collected once for a state', () => {
    expect(treesWith(deep, 'mail')).toBe(treesWith(deep, 'mail'));
  });
});

describe('a tree with external services', () => {
  const withDb = withExternals(
    withTree(services, qa, 'webapp > training', 'training > db', 'webapp > db @ 2', 'db > mail'),
    external('db'),
  );

  it('reaches none of them, and nothing below them', () => {
    expect(reached(withDb, qa)).toEqual([
      ['webapp', [1]],
      ['training', [1]],
    ]);
  });

  it('has its edges to them, and is no tree with a position of theirs', () => {
    expect(edgesOf(withDb, qa)).toHaveLength(4);
    expect(treesWith(withDb, 'db')).toEqual([]);
    expect(positionsInUse(withDb, 'db')).toEqual([]);
  });
});

describe('positionsInUse', () => {
  it.each<[string, State, string, number[]]>([
    ['those of the endpoints of a main service', services, 'webapp', [0, 1]],
    ['those of the edges of a sub-service, each once', deep, 'mail', [0]],
    [
      'ascending as numbers',
      withTree(
        withTree(services, qa, 'webapp > mail @ 10', 'webapp > log @ 2', 'log > mail @ 9'),
        prod,
        'webapp > mail @ 2',
      ),
      'mail',
      [2, 9, 10],
    ],
    ['none of a service in no tree', services, 'mail', []],
  ])('are %s', (_case, state, service, expected) => {
    expect(positionsInUse(state, service)).toEqual(expected);
  });
});

describe('isMainService', () => {
  it('has a front door of its own', () => {
    expect(isMainService(deep, 'webapp')).toBe(true);
    expect(isMainService(deep, 'mail')).toBe(false);
  });
});

describe('an endpoint that spreads by weight', () => {
  const spreadOver = (...weights: readonly [position: number, weight: number][]): State => {
    const shares = weights.map(([position, weight]) => ({ position, weight }));
    return changeRow(deep, 'endpoints', prod, { options: endpointOptions({ weights: shares }) });
  };
  const canary = spreadOver([0, 90], [1, 10]);

  it.each([
    ['its pointer where it has no weights', deep, [0]],
    ['every position with a share', canary, [0, 1]],
    ['no position whose share is nothing', spreadOver([0, 0], [1, 100]), [1]],
    ['other positions than its pointer', spreadOver([1, 1], [2, 1]), [1, 2]],
  ])('begins at %s', (_case, state, roots) => {
    const endpoint = endpointIn(state, prod);
    expect(rootsOf(endpoint)).toEqual(roots);
    expect(treesOf(state, endpoint).map(({ root }) => root)).toEqual(roots);
    expect(containersBehind(state, endpoint).map(({ name }) => name)).toEqual(
      roots.map((root) => `webapp-stack1-app${root + 1}`),
    );
  });

  it('has a tree for each position, which shares with the others only what is fixed', () => {
    const trees = treesOf(canary, endpointIn(canary, prod)).map(({ root, reached: at }) => [
      root,
      [...at].map(([service, positions]) => `${service} ${[...positions].join(' ')}`),
    ]);
    expect(trees).toEqual([
      [0, ['webapp 0', 'training 0', 'mail 0', 'log 2']],
      [1, ['webapp 1', 'training 1', 'mail 1', 'log 2']],
    ]);
  });

  it('reaches what all of them reach', () => {
    expect(reached(canary, prod)).toEqual([
      ['webapp', [0, 1]],
      ['training', [0, 1]],
      ['mail', [0, 1]],
      ['log', [2]],
    ]);
    expect(positionsInUse(canary, 'training')).toEqual([0, 1]);
    expect(positionsInUse(deep, 'training')).toEqual([0]);
  });
});
