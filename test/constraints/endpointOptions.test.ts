import { describe, expect, it } from '@jest/globals';
import { endpointOptionsRule } from '../../src/constraints/endpointOptions.ts';
import { endpointOptions, type Balance, type EndpointOptions, type Mode } from '../../src/model/traffic.ts';
import type { Endpoint, State } from '../../src/model/state.ts';
import { makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

type Sketch = Partial<Omit<Endpoint, 'options'>> & Partial<EndpointOptions>;

function endpoints(...sketches: Sketch[]): State {
  const given = sketches.map(({ port, address, url, pointer, ...options }, index): Partial<Endpoint> => ({
    port: port ?? 8000 + index,
    address: address ?? null,
    url: url ?? null,
    pointer: pointer ?? 0,
    options: endpointOptions(options),
  }));
  return makeState({
    webapp: { endpoints: Object.fromEntries(given.map((one, index) => [`e${index}`, one])) },
  });
}

const certificate = '/etc/haproxy/certs/www.pem';
const tls = { certificate, port: 443 };
const wrong = (...facts: string[]) => facts.map((fact) => ['webapp-endpoint-e0', fact] as const);
const second = (...facts: string[]) => facts.map((fact) => ['webapp-endpoint-e1', fact] as const);

describe('endpoint-options: of one endpoint', () => {
  judgeTable(endpointOptionsRule, [
    { name: 'the usual ones', state: endpoints({}), findings: [] },
    {
      name: 'every option of HTTP',
      state: endpoints({
        ...tls,
        ...{ redirectFrom: 80, balance: 'source', sticky: true, forwarded: false, url: 'www.example.com' },
        ...{ timeoutConnect: 1, timeoutClient: 1, timeoutServer: 604_800, timeoutTunnel: 604_800 },
      }),
      findings: [],
    },
    {
      name: 'every option of TCP',
      state: endpoints({ mode: 'tcp', certificate, balance: 'leastconn', timeoutTunnel: 86_400 }),
      findings: [],
    },
    {
      name: 'a mode there is not',
      state: endpoints({ mode: 'udp' as Mode }),
      findings: wrong('"udp" is no mode'),
    },
    {
      name: 'a way to balance that takes no servers at run time',
      state: endpoints({ balance: 'static-rr' as Balance }),
      findings: wrong('there is no balance "static-rr"'),
    },
    ...['www.pem', '../www.pem', '', '/', '/a//b', '/a b.pem', '/a\nb', '/$(id)', '/a#b'].map((path) => ({
      name: `the certificate ${JSON.stringify(path)}`,
      state: endpoints({ certificate: path }),
      findings: wrong(`its certificate ${JSON.stringify(path)} is no absolute path`),
    })),
    ...[0, -1, 1.5, 604_801, NaN].map((seconds) => ({
      name: `a timeout of ${seconds} s`,
      state: endpoints({ timeoutClient: seconds, timeoutTunnel: seconds }),
      findings: wrong(`its client timeout of ${seconds} s`, `its tunnel timeout of ${seconds} s`),
    })),
    ...[0, 65_536, 80.5].map((port) => ({
      name: `a redirect from port ${port}`,
      state: endpoints({ ...tls, redirectFrom: port }),
      findings: wrong(`${port} is no TCP port to redirect from`),
    })),
    {
      name: 'TCP with everything that is part of HTTP',
      state: endpoints({
        ...tls,
        ...{ mode: 'tcp', url: 'www.example.com', forwarded: true, sticky: true, redirectFrom: 80 },
      }),
      findings: wrong(
        'requests for www.example.com can be told from others only in HTTP',
        'X-Forwarded headers are part of HTTP',
        'the cookie that keeps a client at a container is part of HTTP',
        'a redirect is part of HTTP',
      ),
    },
    {
      name: 'a redirect to an endpoint without TLS',
      state: endpoints({ redirectFrom: 80 }),
      findings: wrong('it redirects port 80 to https, and has no certificate'),
    },
    {
      name: 'a redirect to itself',
      state: endpoints({ ...tls, redirectFrom: 443 }),
      findings: wrong('it redirects from port 443 to itself'),
    },
  ]);
});

describe('endpoint-options: of the service behind it', () => {
  const ofMode = (mode: Mode, own: Mode): State =>
    makeState({
      db: { traffic: { mode }, endpoints: { prod: { options: endpointOptions({ mode: own }) } } },
    });
  judgeTable(endpointOptionsRule, [
    {
      name: 'HTTP in front of TCP',
      state: ofMode('tcp', 'http'),
      findings: [['db-endpoint-prod', 'it speaks HTTP, and its service db is called by TCP']],
    },
    { name: 'TCP in front of TCP', state: ofMode('tcp', 'tcp'), findings: [] },
    { name: 'TCP in front of HTTP', state: ofMode('http', 'tcp'), findings: [] },
    {
      name: 'a service that is gone',
      state: { ...ofMode('tcp', 'http'), services: [] },
      findings: [],
    },
  ]);
});

const a = { url: 'a.example', port: 80 };
const b = { url: 'b.example', port: 80 };

describe('endpoint-options: of endpoints that share a port', () => {
  judgeTable(endpointOptionsRule, [
    {
      name: 'what each may have for itself',
      state: endpoints(
        { ...a, certificate: '/a.pem', sticky: true, timeoutServer: 5 },
        { ...b, certificate: '/b.pem', balance: 'random', forwarded: false, redirectFrom: 81 },
      ),
      findings: [],
    },
    {
      name: 'another mode, TLS and client timeout',
      state: endpoints(a, { port: 80, mode: 'tcp', certificate, timeoutClient: 90 }),
      findings: second(
        'on port 80 of the load balancer it passes on TCP connections, and webapp-endpoint-e0 answers HTTP',
        'it is with TLS, and webapp-endpoint-e0 is without TLS',
        'it waits 90 s for clients, and webapp-endpoint-e0 waits 60 s for clients',
      ),
    },
    {
      name: "the load balancer's own address, said and not said",
      state: endpoints({ ...a, certificate }, { ...b, address: '192.0.2.10' }),
      findings: second('on port 80 of the load balancer it is without TLS'),
    },
    {
      name: 'one port of another address',
      state: endpoints({ ...a, certificate }, { ...b, address: '192.0.2.99' }),
      findings: [],
    },
  ]);
});

describe('what endpoint-options says can be done', () => {
  const remedies = (state: State) => endpointOptionsRule.judge(worldOf(state)).map(({ remedy }) => remedy);

  it('is typed with the options it is about', () => {
    expect(remedies(endpoints(a, { port: 80, mode: 'tcp', certificate, timeoutClient: 90 }))).toEqual([
      "give both the same --mode, in one 'cmanage changeendpoint', or choose another port",
      "give both a --certificate or none, in one 'cmanage changeendpoint', or choose another port",
      "give both the same --timeout-client, in one 'cmanage changeendpoint', or choose another port",
    ]);
    expect(remedies(endpoints({ mode: 'tcp', forwarded: true, sticky: true, timeoutClient: 0 }))).toEqual([
      'give it --timeout-client in seconds',
      'give --no-forwarded',
      "give --no-sticky; --balance source keeps a client's address at one container",
    ]);
  });
});

describe('endpoint-options: of ports that redirect', () => {
  judgeTable(endpointOptionsRule, [
    {
      name: 'two endpoints of one port',
      state: endpoints({ ...tls, url: 'a.example', redirectFrom: 80 }, { ...tls, redirectFrom: 80 }),
      findings: [],
    },
    {
      name: 'one that redirects and one that does not',
      state: endpoints({ ...tls, url: 'a.example', redirectFrom: 80 }, tls),
      findings: [],
    },
    {
      name: 'one port to two ports',
      state: endpoints({ ...tls, redirectFrom: 80 }, { ...tls, port: 8443, redirectFrom: 80 }),
      findings: second(
        'port 80 of the load balancer redirects to port 443 for webapp-endpoint-e0, and to 8443 for it',
      ),
    },
    {
      name: 'a port that another endpoint answers at',
      state: endpoints({ ...tls, redirectFrom: 80 }, { port: 80 }),
      findings: wrong(
        'port 80 of the load balancer, from which it redirects, is taken by webapp-endpoint-e1',
      ),
    },
    {
      name: 'a port of the links',
      state: endpoints({ ...tls, redirectFrom: 10_080 }),
      findings: wrong('from which it redirects, is one of those at which containers reach'),
    },
    {
      name: 'such a port of another address',
      state: endpoints({ ...tls, redirectFrom: 80 }, { port: 80, address: '192.0.2.99' }),
      findings: [],
    },
  ]);
});
