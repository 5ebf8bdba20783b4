import { expect, it } from '@jest/globals';
import { treeEntry } from '../../src/report/trees.ts';
import { makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';
import { chainsOf, type Tree } from './expected.ts';

/** The chains that should answer, by what cmanage itself shows of a state's trees. */
const expected = (...relations: string[]): unknown => {
  const versions = ['v1', 'v2', 'v3'];
  const below = { training: { versions }, ledger: { versions }, log: { versions } };
  const sketch = makeState({ webapp: { versions, endpoints: { prod: {}, qa: {} } }, ...below });
  const state = withTree(
    withTree(sketch, 'webapp-endpoint-qa', ...relations),
    'webapp-endpoint-prod',
    'webapp > log',
  );
  const trees = state.endpoints.map((endpoint) => treeEntry(state, endpoint)) as Tree[];
  return chainsOf(trees, ['webapp-endpoint-prod', 'webapp-endpoint-qa']);
};

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
