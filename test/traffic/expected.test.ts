import { expect, it } from '@jest/globals';
import { treeEntry } from '../../src/report/trees.ts';
import type { State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';
import { chainsOf, fixedIn, sharesOf, type Tree } from './expected.ts';

const versions = ['v1', 'v2', 'v3'];
const below = { training: { versions }, ledger: { versions }, log: { versions } };
const services = makeState({ webapp: { versions, endpoints: { prod: {}, qa: {} } }, ...below });

/** The chains that should answer, by what cmanage itself shows of a state's trees. */
const expected = (...relations: string[]): unknown => expectedOf(services, ...relations);

const endpoints = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];

function expectedOf(sketch: State, ...relations: string[]): unknown {
  return chainsOf(seenIn(treesOf(sketch, ...relations)), endpoints);
}

const treesOf = (sketch: State, ...relations: string[]): State =>
  withTree(withTree(sketch, 'webapp-endpoint-qa', ...relations), 'webapp-endpoint-prod', 'webapp > log');

const seenIn = (state: State): Tree[] =>
  state.endpoints.map((endpoint) => treeEntry(state, endpoint)) as Tree[];

const spreadAtQa = (state: State, ...weights: { position: number; weight: number }[]): State =>
  changeRow(state, 'endpoints', 'webapp-endpoint-qa', { options: endpointOptions({ weights }) });

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
  const spread = spreadAtQa(services, { position: 0, weight: 50 }, { position: 2, weight: 50 });
  expect(expectedOf(spread, 'webapp > training', 'training > ledger @ 1')).toEqual({
    prod: ['webapp v1 > log v1'],
    qa: ['webapp v1 > training v1 > ledger v2', 'webapp v3 > training v3 > ledger v2'],
  });
});

it('where an endpoint spreads, each version has its share', () => {
  const weights = [30, 10].map((weight, position) => ({ position, weight }));
  expect(sharesOf(seenIn(spreadAtQa(services, ...weights)), endpoints)).toEqual({
    qa: { 'webapp v1 …': 0.75, 'webapp v2 …': 0.25 },
  });
});

it('positions of the same version have their shares together, and are not told from all requests', () => {
  const twice = makeState({ webapp: { versions: ['v1', 'v1', 'v2'], endpoints: { qa: {} } } });
  const weights = [30, 10, 10].map((weight, position) => ({ position, weight }));
  expect(sharesOf(seenIn(spreadAtQa(twice, ...weights)), endpoints)).toEqual({
    qa: { 'webapp v1 …': 0.8, 'webapp v2 …': 0.2 },
  });
  expect(sharesOf(seenIn(spreadAtQa(twice, ...weights.slice(0, 2))), endpoints)).toEqual({});
});

it('positions that relations fix are known', () => {
  const state = treesOf(services, 'webapp > training', 'training > ledger @ 0');
  expect(fixedIn(seenIn(state), endpoints)).toEqual([{ endpoint: 'webapp-endpoint-qa', child: 'ledger' }]);
});
