import { describe, expect, it } from '@jest/globals';
import {
  deleteEndpoint,
  deleteExternal,
  deleteService,
  deleteStack,
  removeEndpoint,
  removeExternal,
  removeService,
} from '../../src/actions/deletions.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';
import { edge, external, relationsIn, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const qa = 'webapp-endpoint-qa';
const services = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {} } },
  training: { hosts: ['docker02'] },
  mail: { hosts: ['docker03'] },
});
const state = frozen(
  withTree(withTree(services, prod, 'webapp > training', 'training > mail'), qa, 'webapp > mail'),
);
const noService = "stack-service: nobody: there is no such service. Remedy: see 'cmanage show services'";
const noEndpoint = "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'";

/** The state without these rows of webapp. */
function without(given: State, ...tables: ('stacks' | 'endpoints' | 'edges')[]): State {
  const stacks = given.stacks.filter((row) => row.service !== 'webapp');
  const containers = given.containers.filter((row) => !row.stack.startsWith('webapp-'));
  const endpoints = given.endpoints.filter((row) => row.service !== 'webapp');
  return {
    ...given,
    ...(tables.includes('stacks') ? { stacks, containers } : {}),
    ...(tables.includes('endpoints') ? { endpoints } : {}),
    ...(tables.includes('edges') ? { edges: [] } : {}),
  };
}

/** The state with what a service is said to use. */
const using = (given: State, service: string, ...uses: string[]): State =>
  changeRow(given, 'services', service, { traffic: { mode: 'tcp', uses, drainLimit: 9 } });

describe('deleteService', () => {
  it('removes a service that nothing depends on', () => {
    const bare = without(state, 'stacks', 'endpoints', 'edges');
    expect(accepted(deleteService(frozen(bare), 'webapp'))).toEqual({
      ...bare,
      services: state.services.filter((row) => row.name !== 'webapp'),
    });
  });

  it.each<[string, State, string, string]>([
    [
      'everything that still depends on it, each tree once',
      withTree(state, prod, 'webapp > mail'),
      'webapp',
      `endpoint ${prod}, endpoint ${qa}, stack webapp-stack1, stack webapp-stack2, the tree of ${prod}, the tree of ${qa}`,
    ],
    ['a parent that calls it', { ...state, stacks: [] }, 'mail', `the tree of ${prod}, the tree of ${qa}`],
    [
      'a child that it calls',
      { ...withTree(services, prod, 'training > mail'), stacks: [] },
      'training',
      `the tree of ${prod}`,
    ],
  ])('names %s', (_case, given, service, expected) => {
    expect(refusalsInFull(deleteService(given, service))).toEqual([
      `endpoint-service: ${service}: it is still used by ${expected}. Remedy: give --cascade, which takes these away first`,
    ]);
  });

  it('names the services that use it, but for itself', () => {
    const bare = { ...state, stacks: [], edges: [] };
    const given = using(using(using(bare, 'mail', 'mail'), 'webapp', 'training', 'mail'), 'training', 'mail');
    expect(refusalsInFull(deleteService(given, 'mail'))).toEqual([
      'endpoint-service: mail: it is still used by service webapp, service training. Remedy: give --cascade, which takes these away first',
    ]);
  });

  it('refuses one that is not there', () => {
    expect(refusalsInFull(deleteService(state, 'nobody'))).toEqual([noService]);
  });
});

describe('deleteExternal', () => {
  const withDb = frozen(withExternals(state, external('mq'), external('db')));

  it('removes one that nothing names, and no other', () => {
    expect(accepted(deleteExternal(withDb, 'db'))).toEqual(withExternals(state, external('mq')));
  });

  it('names the trees it is in, each once, and the services that use it', () => {
    const given = withTree(withTree(withDb, qa, 'webapp > db', 'mail > db'), prod, 'training > db');
    expect(refusalsInFull(deleteExternal(using(given, 'training', 'mail', 'db'), 'db'))).toEqual([
      `tree-shape: db: it is still used by the tree of ${qa}, the tree of ${prod}, service training. Remedy: give --cascade, which takes these away first`,
    ]);
  });

  it('refuses one that is not there, and a service', () => {
    const expected = (name: string) =>
      `names: ${name}: there is no such external service. Remedy: see 'cmanage show externals'`;
    for (const name of ['gone', 'mail'])
      expect(refusalsInFull(deleteExternal(withDb, name))).toEqual([expected(name)]);
  });
});

describe('removeExternal', () => {
  const withDb = withExternals(state, external('mq'), external('db'));
  const given = frozen(
    using(withTree(withDb, qa, 'webapp > db', 'webapp > mq'), 'training', 'mq', 'db', 'mail'),
  );

  it('with cascade, takes it out of trees and of what services use first', () => {
    const next = accepted(removeExternal(given, { external: 'db', cascade: true }));
    expect(next).toEqual({
      ...using(withTree(state, qa, 'webapp > mq'), 'training', 'mq', 'mail'),
      externals: [external('mq')],
    });
  });

  it('without it, refuses one that is called', () => {
    expect(refusals(removeExternal(given, { external: 'db', cascade: false }))).toEqual([
      `tree-shape: db: it is still used by the tree of ${qa}, service training`,
    ]);
  });

  it.each([true, false])('refuses one that is not there, cascade %p', (cascade) => {
    expect(refusals(removeExternal(given, { external: 'gone', cascade }))).toEqual([
      'names: gone: there is no such external service',
    ]);
  });
});

describe('deleteStack', () => {
  it('removes the stack with all its containers, and no other', () => {
    const next = accepted(deleteStack(state, 'webapp-stack1'));
    expect(next).toEqual({
      ...state,
      stacks: state.stacks.slice(1),
      containers: state.containers.slice(3),
    });
  });

  it('refuses one that is not there', () => {
    expect(refusalsInFull(deleteStack(state, 'webapp-stack9'))).toEqual([
      "stack-service: webapp-stack9: there is no such stack. Remedy: did you mean webapp-stack1 or webapp-stack2? See 'cmanage show stacks'",
    ]);
  });
});

describe('deleteEndpoint', () => {
  it('removes an endpoint without a tree', () => {
    const bare = { ...state, edges: [edge(qa, 'webapp > mail')] };
    const next = accepted(deleteEndpoint(frozen(bare), prod));
    expect(next).toEqual({ ...bare, endpoints: state.endpoints.slice(1) });
  });

  it('names the relations of its tree, by parent', () => {
    expect(refusalsInFull(deleteEndpoint(state, prod))).toEqual([
      `endpoint-service: ${prod}: its tree still connects training to mail, webapp to training. Remedy: give --cascade, which takes these away first`,
    ]);
  });

  it('refuses one that is not there', () => {
    expect(refusalsInFull(deleteEndpoint(state, 'gone'))).toEqual([noEndpoint]);
  });
});

describe('removeEndpoint', () => {
  it('with cascade, removes it with its tree, and no other', () => {
    const next = accepted(removeEndpoint(state, { endpoint: prod, cascade: true }));
    expect(next).toEqual({
      ...state,
      endpoints: state.endpoints.slice(1),
      edges: [edge(qa, 'webapp > mail')],
    });
  });

  it('without it, refuses one that has a tree', () => {
    expect(refusals(removeEndpoint(state, { endpoint: prod, cascade: false }))).toEqual([
      `endpoint-service: ${prod}: its tree still connects training to mail, webapp to training`,
    ]);
  });

  it.each([true, false])('refuses one that is not there, cascade %p', (cascade) => {
    expect(refusalsInFull(removeEndpoint(state, { endpoint: 'gone', cascade }))).toEqual([noEndpoint]);
  });
});

describe('removeService', () => {
  const removed = (service: string, given: State = state) =>
    accepted(removeService(frozen(given), { service, cascade: true }));

  it('with cascade, leaves nothing of the service and everything of the others', () => {
    const services = state.services.filter((row) => row.name !== 'webapp');
    expect(removed('webapp')).toEqual({ ...without(state, 'stacks', 'endpoints', 'edges'), services });
  });

  it('with cascade, takes a sub-service out of the trees of others with the branch below it', () => {
    const next = removed('training');
    expect(relationsIn(next)).toEqual([`${qa}: webapp > mail`]);
    expect(next.endpoints).toEqual(state.endpoints);
    expect(next.stacks.map((row) => row.service)).toEqual(['webapp', 'webapp', 'mail']);
  });

  it('with cascade, leaves a branch to which something else leads', () => {
    const twice = withTree(state, prod, 'webapp > mail @ 1');
    expect(relationsIn(removed('training', twice))).toEqual([
      `${qa}: webapp > mail`,
      `${prod}: webapp > mail @ 1`,
    ]);
  });

  it('with cascade, takes out the whole branch below it, and what it hung in the air itself', () => {
    const more = { ...services, services: [...services.services, ...makeState({ log: {} }).services] };
    const deep = withTree(more, prod, 'webapp > training', 'training > mail', 'mail > log');
    expect(relationsIn(removed('training', deep))).toEqual([]);
    expect(relationsIn(removed('training', withTree(more, qa, 'training > mail')))).toEqual([]);
  });

  it('with cascade, leaves what hung in the air in a tree without it', () => {
    const hanging = withTree(services, qa, 'mail > mail');
    expect(relationsIn(removed('training', withTree(hanging, prod, 'webapp > training')))).toEqual([
      `${qa}: mail > mail`,
    ]);
  });

  it('with cascade, takes it out of what others use, and leaves what is external', () => {
    const withDb = withExternals(using(state, 'mail', 'training', 'db'), external('db'));
    const next = removed('training', withTree(withDb, prod, 'training > db', 'webapp > db'));
    expect(next.services.find((row) => row.name === 'mail')?.traffic).toEqual({
      ...{ mode: 'tcp', uses: ['db'], drainLimit: 9 },
    });
    expect(relationsIn(next)).toEqual([`${qa}: webapp > mail`, `${prod}: webapp > db`]);
    expect(next.externals).toEqual([external('db')]);
  });

  it('without it, refuses a service in use, and removes one that is not', () => {
    expect(refusals(removeService(state, { service: 'mail', cascade: false }))).toEqual([
      `endpoint-service: mail: it is still used by stack mail-stack1, the tree of ${prod}, the tree of ${qa}`,
    ]);
    const unused = makeState({ webapp: { hosts: [] } });
    expect(accepted(removeService(unused, { service: 'webapp', cascade: false }))).toEqual(makeState());
  });

  it.each([true, false])('refuses one that is not there, cascade %p', (cascade) => {
    expect(refusalsInFull(removeService(state, { service: 'nobody', cascade }))).toEqual([noService]);
  });
});
