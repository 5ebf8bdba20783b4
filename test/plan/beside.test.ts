import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import { changeBetween } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import type { Outcome } from '../../src/model/violation.ts';
import {
  changesOf,
  conflictsBeside,
  crowded,
  extentOf,
  extentOfDeployment,
  locksFor,
} from '../../src/plan/beside.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { openOperation } from '../support/openOperation.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment({});
const versions = ['v0.1', 'v0.2', 'v0.3'];
const edge = (endpoint: string, parent: string, child: string) => ({
  ...{ endpoint: `${endpoint}-endpoint-prod`, parent, child, position: null, drainLimit: null },
});
const endpoints = (port: number) => ({ prod: { stage: 'prod', pointer: 0, port } });

/** webapp calls training, shop calls it too; mail stands alone. */
const state: State = {
  ...makeState({
    webapp: { versions, endpoints: endpoints(80) },
    shop: { versions, endpoints: endpoints(81) },
    training: { versions },
    mail: { versions },
  }),
  edges: [edge('webapp', 'webapp', 'training'), edge('shop', 'shop', 'training')],
};

function next(outcome: Outcome): State {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.violations));
  return outcome.value;
}

const released = (service: string, from = state): State =>
  next(
    release(
      from,
      { service, versions: ['v0.4'] },
      environment,
      makeFacts(`registry.example/${service}`, ['v0.4']),
    ),
  );

describe('extentOf', () => {
  it('is the service alone, where containers only come', () => {
    expect(extentOf(state, released('training'), [])).toEqual({
      services: ['training'],
      locks: ['service:training'],
    });
  });

  it('is all of its trees, where something else changes', () => {
    const popped = next(popService(state, { service: 'training', position: 0, single: false }));
    expect(extentOf(state, popped, []).locks).toEqual(['service:shop', 'service:training', 'service:webapp']);
    expect(extentOf(state, popped, ['lb01']).locks[0]).toBe('balancer:lb01');
  });

  it('of two endpoints that call one service meets, so that their pointers do not move at once', () => {
    const moved = (name: string): State => ({
      ...state,
      endpoints: state.endpoints.map((row) => (row.service === name ? { ...row, pointer: 1 } : row)),
    });
    expect(extentOf(state, moved('webapp'), []).locks).toEqual(['service:training', 'service:webapp']);
    expect(extentOf(state, moved('shop'), []).locks).toEqual(['service:shop', 'service:training']);
  });

  it('has the trees that come with the change', () => {
    const connected = { ...state, edges: [...state.edges, edge('shop', 'training', 'mail')] };
    expect(extentOf(state, connected, []).locks).toEqual(
      locksFor(['mail', 'shop', 'training', 'webapp'], []),
    );
  });

  it('has what a new service says it uses', () => {
    const fresh = makeState({ cart: { traffic: { uses: ['mail'] } } });
    const added = { ...state, services: [...state.services, ...fresh.services] };
    expect(extentOf(state, added, []).locks).toEqual(['service:cart', 'service:mail']);
  });

  it('of a deployment of all is everything', () => {
    expect(extentOfDeployment(state, null, ['lb01']).locks).toEqual(['everything']);
    expect(extentOfDeployment(state, 'mail', ['lb01']).locks).toEqual(['balancer:lb01', 'service:mail']);
  });
});

describe('conflictsBeside', () => {
  const own = changeBetween(state, released('mail'));

  it('finds a port that both would take', () => {
    const other = changeBetween(state, released('training'));
    const [conflict] = conflictsBeside(state, [other], own, environment);
    expect(conflict).toMatchObject({ code: 'ports' });
    expect(conflict?.fact).toContain('is taken by');
  });

  it('finds none where the second has chosen beside the first', () => {
    const other = changeBetween(state, released('training'));
    const crowd = crowded(state, [other]);
    const chosen = changeBetween(crowd, released('mail', crowd));
    expect(conflictsBeside(state, [other], chosen, environment)).toEqual([]);
    expect(chosen.containers.added[0]?.hostPort).toBe((other.containers.added[0]?.hostPort ?? 0) + 1);
  });

  it('counts the containers of both', () => {
    const { hosts } = environment;
    const full = { ...environment, hosts: hosts.map((host) => ({ ...host, maxContainers: 13 })) };
    const grown = changeBetween(state, released('training'));
    const crowd = crowded(state, [grown]);
    const chosen = changeBetween(crowd, released('mail', crowd));
    expect(conflictsBeside(state, [grown], chosen, full).map(({ code }) => code)).toEqual(['host-capacity']);
  });
});

describe('crowded', () => {
  it('is the state itself where nobody is under way', () => {
    expect(crowded(state, [])).toBe(state);
  });

  it('has a container once that is kept for a rollback', () => {
    const [first] = state.containers;
    if (!first) throw new Error('there is no container');
    const kept = { ...first, since: 1, retainedAt: 0, warm: false };
    const containers = state.containers.filter((row) => row !== first);
    const crowd = crowded(state, [changeBetween(state, { ...state, containers, retained: [kept] })]);
    expect(crowd.containers.some(({ name }) => name === first.name)).toBe(false);
    expect(crowd.retained).toEqual([kept]);
  });
});

describe('changesOf', () => {
  it('leaves out what is recorded already', () => {
    const plan = planOf(state, released('mail'), environment);
    const open = openOperation(plan, {});
    expect(changesOf([open])).toEqual([changeBetween(state, released('mail'))]);
    expect(changesOf([{ ...open, revision: 4 }])).toEqual([]);
  });
});
