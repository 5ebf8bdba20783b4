import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGeneration, render, serversIn } from '../../src/haproxy/render.ts';
import { routes, type Backend, type Routes } from '../../src/haproxy/routes.ts';
import type { LoadBalancer } from '../../src/model/environment.ts';
import { defaultHealth } from '../../src/model/settings.ts';
import type { Endpoint, State } from '../../src/model/state.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import { correctState } from '../support/arbitraryState.ts';
import { makeCertificate } from '../support/certificates.ts';
import { faultsOf } from '../support/haproxy.ts';
import { changeRow, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';

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
  ...{ mode: 'http', certificate: path('www'), redirectFrom: 8080, forwarded: true },
  ...{ balance: 'leastconn', sticky: true },
  ...{ timeoutConnect: 1, timeoutClient: 90, timeoutServer: 120, timeoutTunnel: 600 },
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
};

function rendered(state: State, given: Partial<LoadBalancer> = {}): string {
  const balancer = makeBalancer(given);
  return render(routes(state, makeEnvironment(), balancer), balancer);
}

describe('serversIn', () => {
  const server = (name: string) => `    server ${name} 192.0.2.11:20000`;

  it('are the servers of every backend, in their order', () => {
    const state = makeState({ webapp: { hosts, endpoints: stages } });
    expect(serversIn(rendered(state))).toEqual(
      [3, 1, 2].flatMap((number) => [1, 2].map((stack) => `webapp-stack${stack}-app${number}`)),
    );
  });

  it.each([
    ['none of a configuration without a backend', rendered(makeState()), []],
    ['none of no configuration', '', []],
    ['one twice that two endpoints have', `${server('a')}\n${server('b')}\n${server('a')}`, ['a', 'b', 'a']],
    [
      'no other line',
      `    server-state ${server('a')}\n# ${server('b')}\n    server c\n     server d e\n`,
      [],
    ],
  ])('are %s', (_case, config, expected) => {
    expect(serversIn(config)).toEqual(expected);
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
  const container = 'webapp-stack1-app1';

  it.each([
    ['a container on another port', changeRow(state, 'containers', container, { hostPort: 20777 }), {}],
    ['another public port', changeRow(state, 'endpoints', 'webapp-endpoint-qa', { port: 81 }), {}],
    ['another drain limit', state, { drainLimit: 31 }],
    ['another socket', state, { statsSocket: '/run/other.sock' }],
    ['another address', state, { address: '192.0.2.11' }],
  ])('is of another generation for %s', (_case, next, balancer) => {
    expect(readGeneration(rendered(next, balancer))).not.toBe(readGeneration(rendered(state)));
  });

  it('is of the same generation while the text is the same', () => {
    const next = { ...changeRow(state, 'containers', container, { version: 'v0.0' }), revision: 9 };
    expect(rendered(next)).toBe(rendered(state));
  });

  it('tells the generation it sets, and none of a foreign file', () => {
    expect(readGeneration(rendered(state))).toMatch(/^[0-9a-f]{12}$/);
    expect(readGeneration('global\n    setenv OTHER 1\n')).toBeNull();
    expect(readGeneration('')).toBeNull();
  });
});

const good: Routes = {
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
  backends: [backend([{ name: 's', address: '192.0.2.11', port: 1 }])],
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
  'a server': (name) => [{ ...good, backends: [backend([{ name, address: '192.0.2.11', port: 1 }])] }, {}],
  'the address of a server': (address) => [
    { ...good, backends: [backend([{ name: 's', address, port: 1 }])] },
    {},
  ],
  'a certificate': (path) => [
    { ...good, frontends: good.frontends.map((row) => ({ ...row, certificates: [path] })) },
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
