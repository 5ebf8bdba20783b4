import { describe, expect, it } from '@jest/globals';
import { changeEdge, pointEndpoint } from '../../src/actions/changeTree.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { edge, relationsIn, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const qa = 'webapp-endpoint-qa';
const services = makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, mail: {}, log: {} });
const state = frozen(
  withTree(withTree(services, prod, 'webapp > mail', 'webapp > log @ 0'), qa, 'webapp > mail @ 1'),
);
const noEndpoint = "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'";

describe('pointEndpoint', () => {
  it.each([0, 2, 7])('points it at position %d, and changes nothing else', (position) => {
    const next = accepted(pointEndpoint(state, { endpoint: prod, position }));
    expect(next).toEqual(changeRow(state, 'endpoints', prod, { pointer: position }));
  });

  it('refuses one that is not there', () => {
    expect(refusalsInFull(pointEndpoint(state, { endpoint: 'gone', position: 0 }))).toEqual([noEndpoint]);
  });
});

describe('changeEdge', () => {
  it.each([
    [2, `${prod}: webapp > mail @ 2`],
    [0, `${prod}: webapp > mail @ 0`],
    [null, `${prod}: webapp > mail`],
  ])('points one relation of one tree at %p', (position, expected) => {
    const next = accepted(changeEdge(state, edge(prod, 'webapp > mail @ 9'), { position }));
    expect(relationsIn(next)).toEqual([expected, `${prod}: webapp > log @ 0`, `${qa}: webapp > mail @ 1`]);
    expect({ ...next, edges: state.edges }).toEqual(state);
  });

  it.each([
    ['an endpoint that is not there', edge('gone', 'webapp > mail'), noEndpoint],
    [
      'a relation that is not in its tree',
      edge(qa, 'webapp > log'),
      `tree-shape: ${qa}: webapp is not connected to log there. Remedy: see 'cmanage show tree ${qa}'`,
    ],
  ])('refuses %s', (_case, relation, expected) => {
    expect(refusalsInFull(changeEdge(state, relation, { position: 0 }))).toEqual([expected]);
  });
});
