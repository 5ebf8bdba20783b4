import { describe, expect, it } from '@jest/globals';
import { deleteEndpoint, deleteService, deleteStack } from '../../src/actions/deletions.ts';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { frozen, makeState, withEdge } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const place = { service: 'webapp', stage: 'prod', pointer: 0, port: 80, address: null, url: null };

describe('makeEndpoint', () => {
  it('adds the front door under its full name', () => {
    const state = frozen(makeState({ webapp: {} }));
    const next = accepted(makeEndpoint(state, { shortName: 'prod', ...place }));
    expect(next).toEqual(makeState({ webapp: { endpoints: { prod: { port: 80 } } } }));
  });

  it('refuses a name that is taken', () => {
    const state = makeState({ webapp: { endpoints: { prod: {} } } });
    expect(refusals(makeEndpoint(state, { shortName: 'prod', ...place }))).toEqual([
      'names: webapp-endpoint-prod: there is an endpoint of this name already',
    ]);
  });
});

const tree = { endpoint: 'webapp-endpoint-prod', parent: 'webapp', child: 'training', position: null };
const state = frozen(
  withEdge(
    makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, training: { hosts: ['docker02'] } }),
    tree,
  ),
);

describe('deleteEndpoint', () => {
  it('removes the endpoint and its service tree, and no other', () => {
    const other = { ...tree, endpoint: 'webapp-endpoint-qa' };
    const next = accepted(deleteEndpoint(frozen(withEdge(state, other)), 'webapp-endpoint-prod'));
    expect(next.endpoints.map((endpoint) => endpoint.name)).toEqual(['webapp-endpoint-qa']);
    expect(next.edges).toEqual([other]);
    expect(next.containers).toEqual(state.containers);
  });

  it('refuses one that does not exist', () => {
    expect(refusals(deleteEndpoint(state, 'webapp-endpoint-dev'))).toEqual([
      'endpoint-service: webapp-endpoint-dev: there is no such endpoint',
    ]);
  });
});

describe('deleteStack', () => {
  it('removes the stack with all its containers', () => {
    const next = accepted(deleteStack(state, 'webapp-stack1'));
    expect(next.stacks.map((stack) => stack.name)).toEqual(['training-stack1']);
    expect(new Set(next.containers.map((container) => container.stack))).toEqual(
      new Set(['training-stack1']),
    );
  });

  it('refuses one that does not exist', () => {
    expect(refusals(deleteStack(state, 'webapp-stack2'))).toEqual([
      'stack-service: webapp-stack2: there is no such stack',
    ]);
  });
});

describe('deleteService', () => {
  it('removes a service that nothing depends on', () => {
    const bare = makeState({ webapp: { hosts: [] }, training: {} });
    expect(accepted(deleteService(frozen(bare), 'webapp'))).toEqual(makeState({ training: {} }));
  });

  it('names everything that still depends on it', () => {
    expect(refusals(deleteService(state, 'webapp'))).toEqual([
      'endpoint-service: webapp: it is still used by endpoint webapp-endpoint-prod, endpoint webapp-endpoint-qa, stack webapp-stack1',
    ]);
    const child = { ...state, stacks: [], containers: [] };
    expect(refusals(deleteService(child, 'training'))).toEqual([
      'endpoint-service: training: it is still used by the service tree of webapp-endpoint-prod',
    ]);
  });

  it('refuses one that does not exist', () => {
    expect(refusals(deleteService(state, 'nobody'))).toEqual([
      'stack-service: nobody: there is no such service',
    ]);
  });
});
