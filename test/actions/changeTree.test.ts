import { describe, expect, it } from '@jest/globals';
import { changeEdge, pointEndpoint } from '../../src/actions/changeTree.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { edge, external, relationsIn, withExternals, withTree } from '../support/trees.ts';

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

  it('gives one relation another drain limit, or that of the load balancer again, and leaves its position', () => {
    const relation = edge(prod, 'webapp > log');
    const limited = accepted(changeEdge(state, relation, { drainLimit: 0 }));
    expect(limited.edges[1]).toEqual({ ...edge(prod, 'webapp > log @ 0'), drainLimit: 0 });
    expect(accepted(changeEdge(limited, relation, { drainLimit: null }))).toEqual(state);
    const both = accepted(changeEdge(limited, relation, { position: 2, drainLimit: 60 }));
    expect(both.edges[1]).toEqual({ ...edge(prod, 'webapp > log @ 2'), drainLimit: 60 });
  });

  it('gives a relation to an external service a drain limit, and no position', () => {
    const withDb = withExternals(withTree(state, prod, 'webapp > db'), external('db'));
    const relation = edge(prod, 'webapp > db');
    const next = accepted(changeEdge(withDb, relation, { position: null, drainLimit: 9 }));
    expect(next.edges.at(-1)).toEqual({ ...relation, drainLimit: 9 });
    expect(refusalsInFull(changeEdge(withDb, relation, { position: 0 }))).toEqual([
      "tree-shape: db: it is an external service, which has no positions. Remedy: leave the position out; 'cmanage changeexternal db --target STAGE=HOST:PORT' says where it answers at a stage",
    ]);
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
