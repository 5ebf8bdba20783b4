import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentsOf, linkMapIn, readGeneration, render } from '../../src/haproxy/render.ts';
import { routes, type Backend, type LinkRoutes, type Routes } from '../../src/haproxy/routes.ts';
import type { LoadBalancer } from '../../src/model/environment.ts';
import { defaultHealth, defaultSettings } from '../../src/model/settings.ts';
import type { Endpoint, State } from '../../src/model/state.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import { correctState } from '../support/arbitraryState.ts';
import { makeCertificate } from '../support/certificates.ts';
import { faultsOf } from '../support/haproxy.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const hosts = ['docker01', 'docker02'];
const stages = { prod: { port: 80 }, qa: { port: 8081 }, dev: { port: 8082 } };
const shared = {
  prod: { port: 80 },
  www: { port: 80, url: 'www.example.com' },
  beta: { port: 80, url: 'beta.example.com', pointer: 1 },
};

const path = (name: string): string => `/etc/haproxy/certs/${name}.pem`;

/** An endpoint with TLS. */
function secure(
  name: string,
  { port = 443, url, redirect }: { port?: number; url?: string; redirect?: number },
): Partial<Endpoint> {
  return {
    port,
    url: url ?? null,
    options: endpointOptions({ certificate: path(name), redirectFrom: redirect ?? null }),
  };
}

const tcp = { mode: 'tcp', balance: 'source', timeoutClient: 30, timeoutTunnel: 86400 } as const;
const everyOption: EndpointOptions = {
  ...{ mode: 'http', certificate: path('www'), redirectFrom: 8080, forwarded: true, weights: [] },
  ...{ balance: 'leastconn', sticky: true },
  ...{ timeoutConnect: 1, timeoutClient: 90, timeoutServer: 120, timeoutTunnel: 600 },
};

/** Two stages of a service that calls another one; what its top container calls is what the last stage calls. */
const linkedState = withLinks(
  withTree(
    withTree(
      makeState({ webapp: { endpoints: { prod: { port: 80 }, qa: { port: 81 } } }, mail: { hosts } }),
      'webapp-endpoint-prod',
      'webapp > mail',
    ),
    'webapp-endpoint-qa',
    'webapp > mail @ 2',
  ),
);

/** A service reached by connections, which calls one that is, too, and an external database of two stages. */
const withDatabase: State = {
  ...withTree(
    makeState({
      webapp: {
        versions: ['v1'],
        endpoints: { prod: { port: 80 } },
        traffic: { uses: ['db'] },
      },
      queue: { versions: ['v1'], traffic: { mode: 'tcp' } },
    }),
    'webapp-endpoint-prod',
    'webapp > db',
    'webapp > queue',
  ),
  externals: [
    {
      name: 'db',
      mode: 'tcp',
      healthPath: null,
      targets: [
        { stage: 'prod', host: 'localhost', port: 5432 },
        { stage: 'qa', host: '192.0.2.77', port: 5432 },
      ],
    },
  ],
};

const golden: Record<string, { state: State; balancer?: Partial<LoadBalancer> }> = {
  empty: { state: makeState() },
  'three-stages': { state: makeState({ webapp: { hosts, endpoints: stages } }) },
  'shared-port': { state: makeState({ webapp: { hosts, endpoints: shared } }) },
  'explicit-address': {
    state: makeState({
      webapp: { endpoints: { prod: { port: 80 }, intern: { port: 80, address: '192.0.2.99' } } },
    }),
    balancer: { address: null },
  },
  'health-path': {
    state: makeState({
      shop: { settings: { health: { ...defaultHealth, path: '/health?deep=1' } }, endpoints: { prod: {} } },
    }),
  },
  'host-names': {
    state: makeState({
      webapp: {
        endpoints: { www: { port: 80, url: 'www.example.com' }, b: { port: 80, url: 'b.example.com' } },
      },
    }),
  },
  tls: {
    state: makeState({
      webapp: { hosts, endpoints: { prod: secure('www', { url: 'www.example.com', redirect: 80 }) } },
      shop: {
        hosts,
        endpoints: { prod: secure('shop', { redirect: 80 }), qa: secure('shop', { port: 8443 }) },
      },
    }),
  },
  tcp: {
    state: makeState({
      postgres: { hosts, endpoints: { prod: { port: 5432, options: endpointOptions({ mode: 'tcp' }) } } },
      queue: {
        hosts,
        settings: { health: { ...defaultHealth, path: '/health' } },
        endpoints: { prod: { port: 5671, options: endpointOptions({ ...tcp, certificate: path('queue') }) } },
      },
    }),
  },
  'every-option': {
    state: makeState({
      webapp: { hosts, endpoints: { prod: { ...secure('www', { redirect: 8080 }), options: everyOption } } },
      plain: { endpoints: { prod: { port: 81, options: endpointOptions({ forwarded: false }) } } },
    }),
  },
  'nothing-behind': {
    state: makeState({ webapp: { versions: [], endpoints: { prod: { port: 80 } } } }),
  },
  links: { state: linkedState },
  'links-tcp': { state: withLinks(withDatabase), balancer: { address: null } },
};

function rendered(state: State, given: Partial<LoadBalancer> = {}): string {
  const balancer = makeBalancer(given);
  return render(routes(state, makeEnvironment(), balancer), balancer);
}

describe('contentsOf', () => {
  const server = (name: string) => `    server ${name} 192.0.2.11:20000 weight 7`;
  const read = (name: string) => ({ name, address: '192.0.2.11', port: 20000, weight: 7 });

  it('has the servers of every backend, in their order', () => {
    const state = makeState({ webapp: { hosts, endpoints: stages } });
    const { backends } = routes(state, makeEnvironment(), makeBalancer());
    const { servers, links } = contentsOf(rendered(state));
    expect([...servers]).toEqual(backends.map((backend) => [backend.name, backend.servers]));
    expect([...servers.keys()]).toEqual(['dev', 'prod', 'qa'].map((name) => `webapp-endpoint-${name}`));
    expect(links).toEqual(new Map());
  });

  it('has what was rendered: weights, host names, and where each link leads', () => {
    const servers = [
      { name: 's', address: 'db.example.com', port: 5432, weight: 0 },
      { name: 't', address: '192.0.2.11', port: 1, weight: 256 },
    ];
    const given = { ...good, backends: good.backends.map((row) => ({ ...row, servers })), links: linked };
    const contents = contentsOf(render(given, makeBalancer()));
    expect([...contents.servers]).toEqual([['b', servers]]);
    expect([...contents.links]).toEqual([
      [10000, 'link.mail.0'],
      [10500, 'link.db.prod'],
    ]);
  });

  it.each<[string, string, [string, string[]][]]>([
    ['no backend', rendered(makeState()), []],
    ['no configuration', '', []],
    ['a backend without a server', 'backend x\n    balance roundrobin\n', [['x', []]]],
    [
      'a server of two endpoints',
      `backend x\n${server('a')}\n${server('b')}\nbackend y\n${server('a')}`,
      [
        ['x', ['a', 'b']],
        ['y', ['a']],
      ],
    ],
    [
      'other lines',
      `backend x\n    server-state ${server('a')}\n# ${server('b')}\n     server d e\n    # backend z\n#10 x\n`,
      [['x', []]],
    ],
  ])('reads %s', (_case, config, expected) => {
    const { servers, links } = contentsOf(config);
    expect([...servers]).toEqual(expected.map(([name, list]) => [name, list.map(read)]));
    expect(links).toEqual(new Map());
  });
});

describe('linkMapIn', () => {
  it('is what HAProxy reads when it starts: a line for each link', () => {
    const config = render({ ...good, links: linked }, makeBalancer());
    expect(linkMapIn(config)).toBe('10000 link.mail.0\n10500 link.db.prod\n');
  });

  it('is empty where there is no link', () => {
    expect(linkMapIn(rendered(makeState()))).toBe('');
    expect(linkMapIn('')).toBe('');
  });
});

describe('render: golden files', () => {
  const certificates = mkdtempSync(join(tmpdir(), 'cmanage-unit-'));
  beforeAll(() => {
    for (const name of ['www', 'shop', 'queue']) {
      makeCertificate(join(certificates, `${name}.pem`), [`${name}.example.com`]);
    }
  });
  afterAll(() => {
    rmSync(certificates, { recursive: true });
  });

  it.each(Object.entries(golden))('%s.cfg', (name, { state, balancer }) => {
    const expected = readFileSync(new URL(`../golden/${name}.cfg`, import.meta.url), 'utf8');
    expect(rendered(state, balancer)).toBe(expected);
  });

  it.each(Object.keys(golden))("%s.cfg passes HAProxy's own check", (name) => {
    const file = readFileSync(new URL(`../golden/${name}.cfg`, import.meta.url), 'utf8');
    expect(faultsOf(file.replaceAll('/etc/haproxy/certs', certificates))).toBe('');
  });

  it('are really checked: a wrong one is found', () => {
    expect(faultsOf('frontend broken\n    bind nowhere\n')).not.toBe('');
  });
});

describe('render', () => {
  it('gives the same bytes for the same state, whatever the order of its rows', () => {
    fc.assert(
      fc.property(correctState, (state) => {
        const reversed = Object.fromEntries(
          Object.entries(state).map(([key, rows]) => [key, Array.isArray(rows) ? rows.toReversed() : rows]),
        ) as unknown as State;
        expect(rendered(reversed)).toBe(rendered(state));
      }),
      { numRuns: 25 },
    );
  });

  const state = makeState({ webapp: { hosts, endpoints: stages } });
  const tcpService = makeState({
    webapp: {
      hosts,
      endpoints: { ...stages, qa: { ...stages.qa, options: endpointOptions({ mode: 'tcp' }) } },
    },
  });
  const container = 'webapp-stack1-app1';

  it.each([
    ['another public port', changeRow(state, 'endpoints', 'webapp-endpoint-qa', { port: 81 }), {}],
    ['another URL', changeRow(state, 'endpoints', 'webapp-endpoint-qa', { url: 'qa.example' }), {}],
    [
      'another way of checking',
      changeRow(state, 'services', 'webapp', {
        settings: { ...defaultSettings, health: { ...defaultHealth, path: '/health' } },
      }),
      {},
    ],
    ['another endpoint', makeState({ webapp: { hosts, endpoints: { ...stages, x: { port: 99 } } } }), {}],
    ['connections instead of requests', tcpService, {}],
    ['the first link', linkedState, {}],
    ['another drain limit', state, { drainLimit: 31 }],
    ['another socket', state, { statsSocket: '/run/other.sock' }],
    ['another address', state, { address: '192.0.2.11' }],
  ])('is of another generation for %s', (_case, next, balancer) => {
    expect(readGeneration(rendered(next, balancer))).not.toBe(readGeneration(rendered(state)));
  });

  it('is of another generation for another file of links', () => {
    const [one, other] = ['/a', '/b'].map((linkMap) => rendered(linkedState, { linkMap }));
    expect(readGeneration(one ?? '')).not.toBe(readGeneration(other ?? ''));
  });

  // What the running HAProxy is told without a reload: it is no reason for another generation, and another text.
  it.each([
    ['a container on another port', state, changeRow(state, 'containers', container, { hostPort: 20777 })],
    ['another server', state, makeState({ webapp: { hosts: ['docker01'], endpoints: stages } })],
    ['no server', state, { ...state, containers: [] }],
    ['a pointer', state, changeRow(state, 'endpoints', 'webapp-endpoint-qa', { pointer: 0 })],
    [
      'a link that leads elsewhere',
      linkedState,
      { ...linkedState, edges: linkedState.edges.map((edge) => ({ ...edge, position: 1 })) },
    ],
    [
      'one link less',
      linkedState,
      { ...linkedState, containers: linkedState.containers.map((row) => ({ ...row, links: {} })) },
    ],
  ])('is of the same generation for %s', (_case, before, next) => {
    expect(rendered(next)).not.toBe(rendered(before));
    expect(readGeneration(rendered(next))).toBe(readGeneration(rendered(before)));
  });

  it('is of the same generation for another weight', () => {
    const weigh = (weight: number) => {
      const backends = good.backends.map((row) => ({
        ...row,
        servers: row.servers.map((server) => ({ ...server, weight })),
      }));
      return render({ ...good, backends }, makeBalancer());
    };
    expect(weigh(9)).toContain('    server s 192.0.2.11:1 weight 9\n');
    expect(readGeneration(weigh(9))).toBe(readGeneration(weigh(1)));
  });

  it('is the same while the text is the same', () => {
    const next = { ...changeRow(state, 'containers', container, { version: 'v0.0' }), revision: 9 };
    expect(rendered(next)).toBe(rendered(state));
  });

  it('tells the generation it sets, and none of a foreign file', () => {
    expect(readGeneration(rendered(state))).toMatch(/^[0-9a-f]{12}$/);
    expect(readGeneration('global\n    setenv OTHER 1\n')).toBeNull();
    expect(readGeneration('')).toBeNull();
  });
});

function serverAt(address: string, name = 's') {
  return { name, address, port: 1, weight: 1 };
}

const good: Routes = {
  drainLimit: 30,
  notes: [],
  frontends: [
    {
      name: 'front',
      address: '192.0.2.10',
      port: 80,
      mode: 'http',
      certificates: ['/a.pem'],
      timeoutClient: 60,
      redirectTo: null,
      byHost: [{ url: 'a.example', backend: 'b' }],
      fallback: 'b',
    },
  ],
  backends: [backend([serverAt('192.0.2.11')])],
  links: null,
};

const linked: LinkRoutes = {
  address: null,
  http: { from: 10000, to: 10499 },
  tcp: { from: 10500, to: 10999 },
  map: '/etc/haproxy/links.map',
  entries: new Map([
    [10000, { backend: 'link.mail.0', drainLimit: 30 }],
    [10500, { backend: 'link.db.prod', drainLimit: 5 }],
  ]),
};

function backend(servers: Backend['servers']): Backend {
  return { name: 'b', options: endpointOptions({ sticky: true }), healthPath: '/', servers };
}

/** Every place where text from outside goes into the configuration. */
const places: Record<string, (word: string) => [Routes, Partial<LoadBalancer>]> = {
  'a frontend': (name) => [{ ...good, frontends: good.frontends.map((row) => ({ ...row, name })) }, {}],
  'an address': (address) => [{ ...good, frontends: good.frontends.map((row) => ({ ...row, address })) }, {}],
  'a fallback': (fallback) => [
    { ...good, frontends: good.frontends.map((row) => ({ ...row, fallback })) },
    {},
  ],
  'a URL': (url) => [
    { ...good, frontends: good.frontends.map((row) => ({ ...row, byHost: [{ url, backend: 'b' }] })) },
    {},
  ],
  'the backend of a URL': (backend) => [
    {
      ...good,
      frontends: good.frontends.map((row) => ({ ...row, byHost: [{ url: 'a.example', backend }] })),
    },
    {},
  ],
  'a backend': (name) => [{ ...good, backends: good.backends.map((row) => ({ ...row, name })) }, {}],
  'a health path': (healthPath) => [
    { ...good, backends: good.backends.map((row) => ({ ...row, healthPath })) },
    {},
  ],
  'a server': (name) => [{ ...good, backends: [backend([serverAt('192.0.2.11', name)])] }, {}],
  'the address of a server': (address) => [{ ...good, backends: [backend([serverAt(address)])] }, {}],
  'a certificate': (path) => [
    { ...good, frontends: good.frontends.map((row) => ({ ...row, certificates: [path] })) },
    {},
  ],
  'the address of links': (address) => [{ ...good, links: { ...linked, address } }, {}],
  'the file of links': (map) => [{ ...good, links: { ...linked, map } }, {}],
  'the backend of a link': (backend) => [
    { ...good, links: { ...linked, entries: new Map([[10000, { backend, drainLimit: 30 }]]) } },
    {},
  ],
  'the stats socket': (statsSocket) => [good, { statsSocket }],
};

const hostile = [
  '',
  ' ',
  'a b',
  'a\nb',
  'a\r',
  'a\tb',
  'a\u0000',
  'a"',
  "a'",
  'a#b',
  'a\\',
  '$(id)',
  '\u007f',
  'a\u00a0b',
  'a\u2028b',
];

describe('render: hostile words', () => {
  it('renders the words of this test while they are harmless', () => {
    for (const place of Object.values(places)) {
      const [given, balancer] = place('192.0.2.7');
      expect(render(given, makeBalancer(balancer))).toContain('192.0.2.7');
    }
  });

  it.each(Object.entries(places))('in the place of %s are never rendered', (_name, place) => {
    for (const word of hostile) {
      const [given, balancer] = place(word);
      expect(() => render(given, makeBalancer(balancer))).toThrow("not fit for HAProxy's configuration");
    }
  });
});
