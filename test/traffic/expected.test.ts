import { expect, it } from '@jest/globals';
import { treeEntry } from '../../src/report/trees.ts';
import type { State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';
import { chainsOf, type Tree } from './expected.ts';

const versions = ['v1', 'v2', 'v3'];
const below = { training: { versions }, ledger: { versions }, log: { versions } };
const services = makeState({ webapp: { versions, endpoints: { prod: {}, qa: {} } }, ...below });

/** The chains that should answer, by what cmanage itself shows of a state's trees. */
const expected = (...relations: string[]): unknown => expectedOf(services, ...relations);

function expectedOf(sketch: State, ...relations: string[]): unknown {
  const state = withTree(
    withTree(sketch, 'webapp-endpoint-qa', ...relations),
    'webapp-endpoint-prod',
    'webapp > log',
  );
  const trees = state.endpoints.map((endpoint) => treeEntry(state, endpoint)) as Tree[];
  return chainsOf(trees, ['webapp-endpoint-prod', 'webapp-endpoint-qa']);
}

it('a relation follows the endpoint, or stays where it is fixed', () => {
  expect(expected('webapp > training', 'training > ledger @ 0')).toEqual({
    prod: ['webapp v1 > log v1'],
    qa: ['webapp v2 > training v2 > ledger v1'],
  });
});

it('what two parents call has its children below both', () => {
  const shared = ['webapp > ledger', 'webapp > training', 'training > ledger', 'ledger > log @ 2'];
  expect(expected(...shared)).toMatchObject({
    qa: ['webapp v2 > (ledger v2 > log v3, training v2 > ledger v2 > log v3)'],
  });
});

it('where an endpoint spreads, a chain of each position', () => {
  const weights = [0, 2].map((position) => ({ position, weight: 50 }));
  const spread = changeRow(services, 'endpoints', 'webapp-endpoint-qa', {
    options: endpointOptions({ weights }),
  });
  expect(expectedOf(spread, 'webapp > training', 'training > ledger @ 1')).toEqual({
    prod: ['webapp v1 > log v1'],
    qa: ['webapp v1 > training v1 > ledger v2', 'webapp v3 > training v3 > ledger v2'],
  });
});
