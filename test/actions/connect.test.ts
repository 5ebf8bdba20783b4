import { describe, expect, it } from '@jest/globals';
import {
  connect,
  disconnect,
  findEdge,
  noPositions,
  noSuchRelation,
  prune,
} from '../../src/actions/connect.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { edge, external, relationsIn, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const qa = 'webapp-endpoint-qa';
const services = makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, training: {}, mail: {}, log: {} });
const state = frozen(
  withTree(
    withTree(services, prod, 'webapp > training', 'training > mail', 'mail > log @ 2'),
    qa,
    'webapp > training',
  ),
);

describe('connect', () => {
  it.each(['webapp > mail', 'webapp > mail @ 2', 'log > log'])(
    'adds %s at the end, as it is given',
    (relation) => {
      expect(accepted(connect(state, edge(prod, relation)))).toEqual(withTree(state, prod, relation));
    },
  );

  it('does not mind the same relation in another tree', () => {
    const next = accepted(connect(state, edge(qa, 'training > mail')));
    expect(relationsIn(next).at(-1)).toBe(`${qa}: training > mail`);
  });

  it.each([
    [
      'an endpoint that is not there',
      edge('gone', 'nobody > mail'),
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ],
    [
      'a parent that is not there',
      edge(prod, 'nobody > noone'),
      "stack-service: nobody: there is no such service. Remedy: see 'cmanage show services'",
    ],
    [
      'a child that is not there',
      edge(prod, 'webapp > noone'),
      "stack-service: noone: there is no such service. Remedy: see 'cmanage show services' and 'cmanage show externals'",
    ],
    [
      'a relation that is there, at whatever position',
      edge(prod, 'webapp > training @ 2'),
      `tree-shape: ${prod}: webapp is connected to training there already. Remedy: move it by 'cmanage changetree ${prod} --child training --position N'`,
    ],
  ])('refuses %s', (_case, relation, expected) => {
    expect(refusalsInFull(connect(state, relation))).toEqual([expected]);
  });
});

describe('connect with an external service', () => {
  const withDb = frozen(withExternals(state, external('db')));
  const db = edge(prod, 'webapp > db');

  it('adds the relation as it is given, and disconnect takes it out', () => {
    const next = accepted(connect(withDb, { ...db, drainLimit: 300 }));
    expect(next).toEqual({ ...withDb, edges: [...withDb.edges, { ...db, drainLimit: 300 }] });
    expect(accepted(disconnect(next, db))).toEqual(withDb);
  });

  it.each([
    [
      'a position of it',
      withDb,
      edge(prod, 'webapp > db @ 0'),
      "tree-shape: db: it is an external service, which has no positions. Remedy: leave the position out; 'cmanage changeexternal db --target STAGE=HOST:PORT' says where it answers at a stage",
    ],
    [
      'it as parent',
      withDb,
      edge(prod, 'db > mail'),
      "tree-shape: db: it is an external service, which calls nothing. Remedy: connect it below a service by 'cmanage connect SERVICE -c db'",
    ],
    [
      'the same again',
      withTree(withDb, prod, 'webapp > db'),
      db,
      `tree-shape: ${prod}: webapp is connected to db there already. Remedy: change it by 'cmanage changetree ${prod} --child db --drain-limit SECONDS'`,
    ],
  ])('refuses %s', (_case, given, relation, expected) => {
    expect(refusalsInFull(connect(given, relation))).toEqual([expected]);
  });

  it('says why there are no positions', () => {
    expect(refusalsInFull(noPositions('db'))).toEqual(
      refusalsInFull(connect(withDb, edge(prod, 'webapp > db @ 1'))),
    );
  });
});

describe('disconnect', () => {
  it('takes one relation out, and leaves what hangs on it', () => {
    const next = accepted(disconnect(state, edge(prod, 'webapp > training')));
    expect(relationsIn(next)).toEqual([
      `${prod}: training > mail`,
      `${prod}: mail > log @ 2`,
      `${qa}: webapp > training`,
    ]);
    expect({ ...next, edges: state.edges }).toEqual(state);
  });

  it.each([
    [
      'an endpoint that is not there',
      edge('gone', 'webapp > training'),
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ],
    [
      'a relation that is in another tree alone',
      edge(qa, 'training > mail'),
      `tree-shape: ${qa}: training is not connected to mail there. Remedy: see 'cmanage show tree ${qa}'`,
    ],
    [
      'a relation the other way round',
      edge(prod, 'training > webapp'),
      `tree-shape: ${prod}: training is not connected to webapp there. Remedy: see 'cmanage show tree ${prod}'`,
    ],
  ])('refuses %s', (_case, relation, expected) => {
    expect(refusalsInFull(disconnect(state, relation))).toEqual([expected]);
  });
});

describe('prune', () => {
  it('takes out what hangs in the air in one tree, and nothing else', () => {
    const hanging = withTree(withTree(services, prod, 'training > mail', 'webapp > log'), qa, 'mail > log');
    expect(relationsIn(prune(hanging, prod))).toEqual([`${prod}: webapp > log`, `${qa}: mail > log`]);
  });

  it('leaves an external service below what the tree reaches, and takes it out below what it does not', () => {
    const withDb = withExternals(withTree(services, prod, 'webapp > db', 'mail > db'), external('db'));
    expect(relationsIn(prune(withDb, prod))).toEqual([`${prod}: webapp > db`]);
  });

  it('gives the same state where nothing hangs, and where there is no such endpoint', () => {
    expect(prune(state, prod)).toBe(state);
    const orphan = withTree(services, 'gone', 'webapp > mail');
    expect(prune(orphan, 'gone')).toBe(orphan);
  });
});

describe('findEdge', () => {
  it.each([
    [prod, 'mail > log', edge(prod, 'mail > log @ 2')],
    [prod, 'mail > mail', undefined],
    [prod, 'log > log', undefined],
    [qa, 'mail > log', undefined],
  ])('in the tree of %s, %s is %p', (endpoint, relation, expected) => {
    expect(findEdge(state, edge(endpoint, relation))).toEqual(expected);
  });
});

describe('noSuchRelation', () => {
  it('says where to look', () => {
    expect(refusalsInFull(noSuchRelation(edge(prod, 'a > b')))).toEqual([
      `tree-shape: ${prod}: a is not connected to b there. Remedy: see 'cmanage show tree ${prod}'`,
    ]);
  });
});
