import { describe, expect, it } from '@jest/globals';
import { haveSameRoutes, routes } from '../../src/haproxy/routes.ts';
import type { State } from '../../src/model/state.ts';
import { defaultEndpointOptions, endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeBalancer, makeEnvironment, makeHost, makeState } from '../support/makeState.ts';

const hosts = ['docker01', 'docker02'];

/** A frontend without any options. */
const plain = { mode: 'http', certificates: [], timeoutClient: 60, redirectTo: null };

function routesOf(state: State, balancer = makeBalancer(), environment = makeEnvironment()) {
  return routes(state, environment, balancer);
}

describe('routes', () => {
  it('of the empty state are none', () => {
    expect(routesOf(makeState())).toEqual({ frontends: [], backends: [] });
  });

  it('lead an endpoint to the containers at its pointer, one of every stack', () => {
    const state = makeState({ webapp: { hosts, endpoints: { qa: { port: 81 } } } });
    expect(routesOf(state)).toEqual({
      frontends: [
        {
          name: 'front-192-0-2-10-81',
          ...plain,
          address: '192.0.2.10',
          port: 81,
          byHost: [],
          fallback: 'webapp-endpoint-qa',
        },
      ],
      backends: [
        {
          name: 'webapp-endpoint-qa',
          options: defaultEndpointOptions,
          healthPath: null,
          servers: [
            { name: 'webapp-stack1-app2', address: '192.0.2.11', port: 20001 },
            { name: 'webapp-stack2-app2', address: '192.0.2.12', port: 20001 },
          ],
        },
      ],
    });
  });

  it('share a frontend where endpoints share a port, also of different services', () => {
    const state = makeState({
      webapp: { endpoints: { prod: { port: 80 } } },
      shop: { endpoints: { prod: { port: 80, url: 'shop.example' } } },
    });
    expect(routesOf(state).frontends).toEqual([
      {
        name: 'front-192-0-2-10-80',
        ...plain,
        address: '192.0.2.10',
        port: 80,
        byHost: [{ url: 'shop.example', backend: 'shop-endpoint-prod' }],
        fallback: 'webapp-endpoint-prod',
      },
    ]);
  });

  it("share it too where one endpoint names the load balancer's own address", () => {
    const endpoints = { prod: { port: 80 }, a: { port: 80, url: 'a.example', address: '192.0.2.10' } };
    expect(routesOf(makeState({ webapp: { endpoints } })).frontends).toHaveLength(1);
  });

  it('answer nobody else where every endpoint of a port has a URL', () => {
    const endpoints = { a: { port: 80, url: 'a.example' }, b: { port: 80, url: 'b.example' } };
    const [frontend] = routesOf(makeState({ webapp: { endpoints } })).frontends;
    expect(frontend?.fallback).toBeNull();
    expect(frontend?.byHost.map(({ url }) => url)).toEqual(['a.example', 'b.example']);
  });

  it('bind all addresses where the load balancer has none of its own', () => {
    const endpoints = { prod: { port: 80 }, x: { port: 80, address: '192.0.2.99' } };
    const { frontends } = routesOf(makeState({ webapp: { endpoints } }), makeBalancer({ address: null }));
    expect(frontends.map(({ name, address }) => [name, address])).toEqual([
      ['front-192-0-2-99-80', '192.0.2.99'],
      ['front-any-80', null],
    ]);
  });

  it('are sorted by port and name', () => {
    const endpoints = { a: { port: 9000 }, b: { port: 80 }, c: { port: 443 } };
    const { frontends, backends } = routesOf(makeState({ webapp: { endpoints } }));
    expect(frontends.map(({ port }) => port)).toEqual([80, 443, 9000]);
    expect(backends.map(({ name }) => name.slice(-1))).toEqual(['a', 'b', 'c']);
  });

  it('leave out a stack that is too low, and a host that has left hosts.yml', () => {
    const state = makeState({
      webapp: { hosts: ['docker01', 'docker02', 'docker03'], endpoints: { dev: {} } },
    });
    const low = { ...state, containers: state.containers.filter((row) => row.name !== 'webapp-stack2-app3') };
    const environment = makeEnvironment({ hosts: [makeHost('docker01'), makeHost('docker02')] });
    const [backend] = routesOf(low, makeBalancer(), environment).backends;
    expect(backend?.servers.map(({ name }) => name)).toEqual(['webapp-stack1-app3']);
  });

  it('have no backend for an endpoint whose service is gone', () => {
    const state = makeState({ webapp: { endpoints: { prod: {} } } });
    const gone = changeRow(state, 'endpoints', 'webapp-endpoint-prod', { service: 'gone' });
    expect(routesOf(gone).backends).toEqual([]);
  });
});

describe('haveSameRoutes', () => {
  const state = makeState({ webapp: { hosts, endpoints: { prod: {} } }, mail: {} });
  const prod = 'webapp-endpoint-prod';
  const same = (next: State, environment = makeEnvironment()) => haveSameRoutes(state, next, environment);

  it.each([
    ['the same state', state],
    [
      'rows that no endpoint points at',
      changeRow(state, 'containers', 'webapp-stack1-app2', { hostPort: 29999 }),
    ],
    [
      'another version at the same place',
      changeRow(state, 'containers', 'webapp-stack1-app1', { version: 'v9' }),
    ],
    ['another order of the endpoints', { ...state, endpoints: [...state.endpoints].reverse() }],
    ['a service without an endpoint', makeState({ webapp: { hosts, endpoints: { prod: {} } } })],
  ])('is true for %s', (_case, next) => {
    expect(same(next)).toBe(true);
  });

  it.each([
    ['pointer', changeRow(state, 'endpoints', prod, { pointer: 1 })],
    ['port', changeRow(state, 'endpoints', prod, { port: 9 })],
    ['URL', changeRow(state, 'endpoints', prod, { url: 'a.example' })],
    ['option', changeRow(state, 'endpoints', prod, { options: endpointOptions({ sticky: true }) })],
    ['container', changeRow(state, 'containers', 'webapp-stack2-app1', { hostPort: 29999 })],
    ['endpoint', { ...state, endpoints: [] }],
  ])('is false for another %s', (_case, next) => {
    expect(same(next)).toBe(false);
    expect(haveSameRoutes(next, state, makeEnvironment())).toBe(false);
  });

  it('asks every load balancer, and is true where there is none', () => {
    const [own, other] = [makeBalancer(), makeBalancer({ name: 'lb02', address: '192.0.2.99' })];
    // An endpoint that names the address of one of them is the same there, and moves on the other.
    const named = changeRow(state, 'endpoints', prod, { address: '192.0.2.99' });
    expect(same(named, makeEnvironment({ loadBalancers: [other] }))).toBe(true);
    expect(same(named, makeEnvironment({ loadBalancers: [other, own] }))).toBe(false);
    expect(same(named, makeEnvironment({ loadBalancers: [own, other] }))).toBe(false);
    expect(same(named, makeEnvironment({ loadBalancers: [] }))).toBe(true);
  });
});
