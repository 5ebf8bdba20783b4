import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { haveSameRoutes, routes, type Routes } from '../../src/haproxy/routes.ts';
import { defaultHealth, defaultSettings } from '../../src/model/settings.ts';
import type { State } from '../../src/model/state.ts';
import { defaultEndpointOptions, endpointOptions } from '../../src/model/traffic.ts';
import { correctState } from '../support/arbitraryState.ts';
import { withLinks } from '../support/links.ts';
import {
  changeRow,
  makeBalancer,
  makeEnvironment,
  makeHost,
  makeState,
  ruleSet,
} from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const hosts = ['docker01', 'docker02'];

/** A frontend without any options. */
const plain = { mode: 'http', certificates: [], timeoutClient: 60, redirectTo: null };

function routesOf(state: State, balancer = makeBalancer(), environment = makeEnvironment()) {
  return routes(state, environment, balancer);
}

describe('routes', () => {
  it('of the empty state are none', () => {
    const none = { frontends: [], backends: [], links: null, drainLimit: 30, notes: [] };
    expect(routesOf(makeState())).toEqual(none);
  });

  it('lead an endpoint to the containers at its pointer, one of every stack', () => {
    const state = makeState({ webapp: { hosts, endpoints: { qa: { port: 81 } } } });
    expect(routesOf(state)).toEqual({
      drainLimit: 30,
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
            { name: 'webapp-stack1-app2', address: '192.0.2.11', port: 20001, weight: 100 },
            { name: 'webapp-stack2-app2', address: '192.0.2.12', port: 20001, weight: 100 },
          ],
        },
      ],
      links: null,
      notes: [expect.stringContaining('# endpoint {"name":"webapp-endpoint-qa",')],
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

describe('routes of links', () => {
  const stages = { prod: { port: 80 }, qa: { port: 81 } };
  const services = makeState({ webapp: { endpoints: stages }, mail: { hosts }, log: {} });
  const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];
  const trees = withTree(withTree(services, prod, 'webapp > mail'), qa, 'webapp > mail @ 2');
  const state = withLinks(trees);
  const namesIn = (given: State, environment = makeEnvironment()) =>
    routesOf(given, makeBalancer(), environment).backends.map(({ name, servers }) =>
      `${name}: ${servers.map((server) => server.name).join(' ')}`.trimEnd(),
    );
  const entriesIn = (given: State, environment = makeEnvironment()) =>
    [...(routesOf(given, makeBalancer(), environment).links?.entries ?? [])].map(
      ([port, { backend, drainLimit }]) => `${port} ${backend} ${drainLimit}`,
    );

  it('are a backend for every position of a service that is called, behind those of the endpoints', () => {
    expect(namesIn(state)).toEqual([
      'webapp-endpoint-prod: webapp-stack1-app1',
      'webapp-endpoint-qa: webapp-stack1-app2',
      'link.mail.0: mail-stack1-app1 mail-stack2-app1',
      'link.mail.1: mail-stack1-app2 mail-stack2-app2',
      'link.mail.2: mail-stack1-app3 mail-stack2-app3',
    ]);
  });

  it('have a backend for each stage, for each position an edge names, and for each pointer, also without a container', () => {
    const link = (position: number) => `link.mail.${position}`;
    const positions = (given: State, environment = makeEnvironment()) =>
      namesIn(given, environment).flatMap((line) => /^link\.mail\.\d+/.exec(line) ?? []);
    const low = { ...state, containers: state.containers.filter((row) => row.position === 0) };
    expect(positions(low)).toEqual([0, 1, 2].map(link));
    const far = { ...state, edges: state.edges.map((edge) => ({ ...edge, position: 5 })) };
    expect(positions(far)).toEqual([0, 1, 2, 3, 4, 5].map(link));
    expect(positions(changeRow(state, 'endpoints', qa, { pointer: 3 }))).toEqual([0, 1, 2, 3].map(link));
    const rules = { ...makeEnvironment().rules, stages: ['prod'] };
    expect(positions(withTree(services, prod, 'webapp > mail'), makeEnvironment({ rules }))).toEqual(
      [0, 1].map(link),
    );
  });

  it('lead each link of a container where the endpoint that it serves calls', () => {
    expect(entriesIn(state)).toEqual([
      '10000 link.mail.0 30',
      '10001 link.mail.2 30',
      // It serves no endpoint: as the last stage calls.
      '10002 link.mail.2 30',
    ]);
    const { links } = routesOf(state);
    expect({ ...links, entries: null }).toEqual({
      address: '192.0.2.10',
      http: { from: 10000, to: 10499 },
      tcp: { from: 10500, to: 10999 },
      map: '/etc/haproxy/haproxy.cfg.links.map',
      entries: null,
    });
    expect(routesOf(state, makeBalancer({ address: null })).links?.address).toBeNull();
  });

  it('are in the order of their ports', () => {
    expect(entriesIn({ ...state, containers: state.containers.toReversed() })).toEqual(entriesIn(state));
  });

  it('lead nowhere where the rules say so of what serves no endpoint, and where a tree does not have the child', () => {
    const rules = ruleSet('links', { unassigned: 'none' });
    expect(entriesIn(state, makeEnvironment({ rules }))).toEqual([
      '10000 link.mail.0 30',
      '10001 link.mail.2 30',
    ]);
    const only = { ...state, edges: state.edges.filter(({ endpoint }) => endpoint === qa) };
    expect(entriesIn(only)).toEqual(['10001 link.mail.2 30', '10002 link.mail.2 30']);
  });

  it('may stay as long as the relation says, or else as the load balancer does', () => {
    const edges = state.edges.map((row) => (row.endpoint === prod ? { ...row, drainLimit: 7 } : row));
    expect(entriesIn({ ...state, edges })[0]).toBe('10000 link.mail.0 7');
    const balancer = makeBalancer({ drainLimit: 3 });
    expect(
      [...(routesOf(state, balancer).links?.entries.values() ?? [])].map((row) => row.drainLimit),
    ).toEqual([3, 3, 3]);
  });

  it('have the way of the service that is called: its mode and its health path', () => {
    const mail = { mode: 'tcp', uses: [], drainLimit: null } as const;
    const settings = { ...defaultSettings, health: { ...defaultHealth, path: '/up' } };
    const given = changeRow(changeRow(state, 'services', 'mail', { traffic: mail }), 'services', 'mail', {
      settings,
    });
    const [, , backend] = routesOf(given).backends;
    expect(backend).toMatchObject({ name: 'link.mail.0', options: { mode: 'tcp' }, healthPath: '/up' });
  });

  it('are there from the beginning for a service that says it calls another one', () => {
    const uses = { mode: 'http', uses: ['log'], drainLimit: null } as const;
    const given = changeRow(services, 'services', 'webapp', { traffic: uses });
    expect(namesIn(given).filter((line) => line.startsWith('link'))).toEqual([
      'link.log.0: log-stack1-app1',
      'link.log.1: log-stack1-app2',
      'link.log.2: log-stack1-app3',
    ]);
    expect(entriesIn(withLinks(given))).toEqual([]);
    expect(routesOf(given).links?.entries).toEqual(new Map());
  });

  it('lead to the targets of an external service by its stages, by its host name or address', () => {
    const target = (stage: string, host: string) => ({ stage, host, port: 5432 });
    const external = {
      name: 'db',
      mode: 'tcp',
      healthPath: null,
      targets: [target('prod', 'db.example.com'), target('qa', '192.0.2.77')],
    } as const;
    const given = withLinks({
      ...withTree(withTree(services, prod, 'webapp > db'), qa, 'webapp > db'),
      externals: [external],
    });
    expect(routesOf(given).backends.slice(2)).toMatchObject([
      {
        ...{ name: 'link.db.prod', options: { mode: 'tcp' }, healthPath: null },
        servers: [{ name: 'db.prod', address: 'db.example.com', port: 5432, weight: 100 }],
      },
      {
        ...{ name: 'link.db.qa', options: { mode: 'tcp' }, healthPath: null },
        servers: [{ name: 'db.qa', address: '192.0.2.77', port: 5432, weight: 100 }],
      },
    ]);
    expect(entriesIn(given)).toEqual(['10500 link.db.prod 30', '10501 link.db.qa 30', '10502 link.db.qa 30']);
  });

  it('to a service that is gone have no backend', () => {
    expect(namesIn({ ...state, services: state.services.filter(({ name }) => name !== 'mail') })).toEqual([
      'webapp-endpoint-prod: webapp-stack1-app1',
      'webapp-endpoint-qa: webapp-stack1-app2',
    ]);
  });

  it('of a container whose stack is gone are none', () => {
    expect(entriesIn({ ...state, stacks: state.stacks.slice(1) })).toEqual([]);
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
    ['relation', withTree(state, prod, 'webapp > mail')],
    ['mode', changeRow(state, 'endpoints', prod, { options: endpointOptions({ mode: 'tcp' }) })],
  ])('is false for another %s', (_case, next) => {
    expect(same(next)).toBe(false);
    expect(haveSameRoutes(next, state, makeEnvironment())).toBe(false);
  });

  it('is false for a link that leads elsewhere, and for one that says the same in other words, as the file says the words', () => {
    const linked = withLinks(withTree(state, prod, 'webapp > mail'));
    const changed = (change: object) => ({
      ...linked,
      edges: linked.edges.map((edge) => ({ ...edge, ...change })),
    });
    const same = changed({ position: 0 });
    expect(haveSameRoutes(linked, same, makeEnvironment())).toBe(false);
    const served = (found: Routes): object => ({ ...found, notes: [] });
    expect(served(routesOf(same))).toEqual(served(routesOf(linked)));
    expect(haveSameRoutes(linked, changed({ position: 1 }), makeEnvironment())).toBe(false);
  });

  it('asks every load balancer, and is true where there is none', () => {
    const [own, other] = [makeBalancer(), makeBalancer({ name: 'lb02', address: '192.0.2.99' })];
    // The same rows in another order serve the same.
    const turned = { ...state, endpoints: [...state.endpoints].reverse() };
    expect(same(turned, makeEnvironment({ loadBalancers: [own, other] }))).toBe(true);
    const named = changeRow(state, 'endpoints', prod, { address: '192.0.2.99' });
    expect(same(named, makeEnvironment({ loadBalancers: [other, own] }))).toBe(false);
    expect(same(named, makeEnvironment({ loadBalancers: [own, other] }))).toBe(false);
    expect(same(named, makeEnvironment({ loadBalancers: [] }))).toBe(true);
  });
});

it('every link leads to a backend there is, wherever endpoints point and however they spread', () => {
  const placed = fc
    .tuple(
      correctState,
      fc.array(fc.tuple(fc.nat(7), fc.array(fc.nat(7), { maxLength: 3 })), { minLength: 9 }),
    )
    .map(([state, places]) => ({
      ...state,
      endpoints: state.endpoints.map((row, index) => {
        const [pointer = 0, positions = []] = places[index % places.length] ?? [];
        const weights = [...new Set(positions)].map((position) => ({ position, weight: position * 10 }));
        return { ...row, pointer, options: { ...row.options, weights } };
      }),
    }));
  fc.assert(
    fc.property(placed, (state) => {
      const { backends, links } = routesOf(state);
      const names = new Set(backends.map(({ name }) => name));
      const astray = [...(links?.entries.values() ?? [])].filter(({ backend }) => !names.has(backend));
      expect(astray).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
