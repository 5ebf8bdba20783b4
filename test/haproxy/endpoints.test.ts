import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { Endpoint, State } from '../../src/model/state.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import { makeCertificate } from '../support/certificates.ts';
import { ownAddress, startHaproxy, statsSocketIn, type LiveHaproxy } from '../support/liveHaproxy.ts';
import { makeBalancer, makeEnvironment, makeHost, makeState } from '../support/makeState.ts';

/** What endpoints' options do in a real HAProxy. Servers in this process stand for containers. */

const certificates = mkdtempSync(join(tmpdir(), 'cmanage-unit-'));
const pem = (name: string): string => join(certificates, `${name}.pem`);

function at(port: number, url: string | null, options: Partial<EndpointOptions> = {}): Partial<Endpoint> {
  return { port, url, options: endpointOptions(options), pointer: 0 };
}

const oneVersion = { versions: ['v0.1'] };
const sketch = makeState({
  webapp: {
    ...oneVersion,
    hosts: ['docker01', 'docker02'],
    endpoints: {
      www: at(8080, 'www.example.com'),
      named: at(8081, 'www.example.com'),
      secure: at(8443, 'a.example', { certificate: pem('a'), redirectFrom: 8082 }),
      sticky: at(8083, null, { sticky: true }),
      stickytls: at(8444, null, { sticky: true, certificate: pem('a') }),
      passed: at(8086, null, { forwarded: false }),
      source: at(8087, null, { balance: 'source' }),
      random: at(8088, null, { balance: 'random' }),
      leastconn: at(8089, null, { balance: 'leastconn', timeoutServer: 1 }),
    },
  },
  shop: {
    ...oneVersion,
    endpoints: { rest: at(8080, null), secure: at(8443, 'b.example', { certificate: pem('b') }) },
  },
  empty: { versions: [], endpoints: { prod: at(8084, null) } },
  gone: { ...oneVersion, endpoints: { prod: at(8085, null) } },
  echo: {
    ...oneVersion,
    endpoints: {
      tcp: at(8090, null, { mode: 'tcp' }),
      tls: at(8445, null, { mode: 'tcp', certificate: pem('a') }),
    },
  },
});

/** Milliseconds until some paths are answered. */
const delays: Readonly<Record<string, number>> = { '/slow': 400, '/slower': 1300 };

/** A server that tells who it is and what it was asked. */
function telling(who: string): http.Server {
  return http.createServer(({ headers, method, url }, response) => {
    const answer = (): unknown => response.end(JSON.stringify({ who, headers, method, url }));
    setTimeout(answer, delays[url ?? ''] ?? 0);
  });
}

const containers: Readonly<Record<string, net.Server>> = {
  'webapp-stack1-app1': telling('webapp-stack1-app1'),
  'webapp-stack2-app1': telling('webapp-stack2-app1'),
  'webapp-stack3-app1': telling('webapp-stack3-app1'),
  'shop-stack1-app1': telling('shop-stack1-app1'),
  'echo-stack1-app1': net.createServer((socket) => socket.pipe(socket).on('error', () => undefined)),
};

function portOf(container: string): number {
  return (containers[container]?.address() as AddressInfo | null)?.port ?? 1;
}

let haproxy: LiveHaproxy;

beforeAll(async () => {
  makeCertificate(pem('a'), ['a.example']);
  makeCertificate(pem('b'), ['b.example']);
  for (const server of Object.values(containers))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rows = sketch.containers.map((row) => ({ ...row, hostPort: portOf(row.name) }));
  const state: State = { ...sketch, containers: rows };
  const hosts = ['docker01', 'docker02'].map((name) => makeHost(name, { address: '127.0.0.1' }));
  haproxy = await startHaproxy((directory) => {
    const balancer = makeBalancer({ address: ownAddress, statsSocket: statsSocketIn(directory) });
    return render(routes(state, makeEnvironment({ hosts, loadBalancers: [balancer] }), balancer), balancer);
  });
});

afterAll(async () => {
  for (const server of Object.values(containers)) server.close();
  rmSync(certificates, { recursive: true });
  await haproxy.end();
});

type Told = { who: string; headers: Record<string, string>; method: string; url: string };
type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string; told: Told };

/** One request, on a connection of its own. */
function ask(port: number, given: https.RequestOptions = {}): Promise<Answer> {
  const options = {
    host: ownAddress,
    port,
    agent: false,
    rejectUnauthorized: false,
    timeout: 8000,
    ...given,
  };
  const isSecure = port >= 8443;
  return new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        const told = (body.startsWith('{') ? JSON.parse(body) : { who: '' }) as Told;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, told });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 8 s')));
    request.on('error', reject).end();
  });
}

async function serviceAt(port: number, host: string): Promise<string> {
  const { status, told } = await ask(port, { headers: { host } });
  return status === 200 ? (told.who.split('-')[0] ?? '') : String(status);
}

/** What comes back for bytes as they are, until the other side closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(port, ownAddress, () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject).on('close', () => {
      resolve(answer);
    });
  });
}

describe('host names', () => {
  it.each([
    'www.example.com',
    'WWW.Example.COM',
    'www.example.com:8080',
    'www.example.com:1',
    'www.example.com.',
  ])('%s is the one', async (host) => {
    expect(await serviceAt(8080, host)).toBe('webapp');
    expect(await serviceAt(8081, host)).toBe('webapp');
  });

  it.each([
    ...['example.com', 'xwww.example.com', 'www.example.com.evil', 'evil,www.example.com'],
    ...['www.example.com,evil', 'www.example.com evil', '192.0.2.1', '[::1]:80'],
  ])('%s is none of its', async (host) => {
    expect(await serviceAt(8080, host)).toBe('shop');
    expect(await serviceAt(8081, host)).toBe('404');
  });

  it('may be missing in HTTP/1.0, and must be one', async () => {
    expect(await exchange(8080, 'GET / HTTP/1.0\r\n\r\n')).toContain('shop-stack1-app1');
    const two = 'GET / HTTP/1.1\r\nHost: www.example.com\r\nHost: evil\r\n\r\n';
    expect(await exchange(8080, two)).toMatch(/^HTTP\/1.1 400 /);
    const other = 'GET http://www.example.com/ HTTP/1.1\r\nHost: evil\r\n\r\n';
    expect(await exchange(8080, other)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('that nobody has are told so in a few words', async () => {
    const { headers, body } = await ask(8081);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body).toBe('No service answers to this host name here.\n');
  });
});

/** How TLS comes about with a client of such options. */
function handshake(
  given: tls.ConnectionOptions,
): Promise<{ names: string; protocol: string; alpn: unknown }> {
  return new Promise((resolve, reject) => {
    const options = { host: ownAddress, port: 8443, rejectUnauthorized: false, ...given };
    const socket = tls.connect(options, () => {
      const names = socket.getPeerCertificate().subjectaltname ?? '';
      resolve({ names, protocol: socket.getProtocol() ?? '', alpn: socket.alpnProtocol });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('TLS', () => {
  it.each([
    ['a.example', 'DNS:a.example'],
    ['b.example', 'DNS:b.example'],
    ['c.example', 'DNS:b.example'],
  ])('shows a client that asks for %s the certificate of %s', async (servername, names) => {
    expect((await handshake({ servername })).names).toBe(names);
  });

  it('is of version 1.2 or later, with HTTP/2 where the client can', async () => {
    expect(await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({
      ...{ protocol: 'TLSv1.3', alpn: 'h2' },
    });
    expect(await handshake({ maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2', alpn: false });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    await expect(handshake(old)).rejects.toThrow(/alert protocol version/);
    const weak = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' } as const;
    await expect(handshake(weak)).rejects.toThrow(/alert handshake failure/);
  });

  it('leads each host name to its service', async () => {
    const secure = (name: string) => ask(8443, { servername: name, headers: { host: `${name}:8443` } });
    expect((await secure('a.example')).told.who).toMatch(/^webapp-/);
    expect((await secure('b.example')).told.who).toMatch(/^shop-/);
  });

  it('is what plain HTTP is redirected to, with path and query', async () => {
    for (const method of ['GET', 'POST']) {
      const { status, headers } = await ask(8082, {
        ...{ method, path: '/a/b?c=d&e=%20', headers: { host: 'A.example:8082' } },
      });
      expect([status, headers.location]).toEqual([308, 'https://a.example:8443/a/b?c=d&e=%20']);
    }
    expect(await exchange(8082, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.[01] 400 /);
  });
});

const claims = {
  ...{ 'X-Forwarded-For': '6.6.6.6', 'X-Forwarded-Proto': 'gopher', 'X-Forwarded-Host': 'evil' },
  ...{ 'X-Forwarded-Port': '6', 'X-Forwarded-Prefix': '/evil', 'X-Real-IP': '6.6.6.6' },
  ...{ Forwarded: 'for=6.6.6.6', X_Forwarded_For: '6.6.6.6' },
};

describe('X-Forwarded headers', () => {
  const told = async (port: number, host: string): Promise<Record<string, string>> => {
    const headers = { ...claims, host, 'X-Other': 'kept' };
    const entries = Object.entries((await ask(port, { headers, localAddress: '127.0.0.9' })).told.headers);
    return Object.fromEntries(entries.filter(([name]) => /^(x[-_]|forwarded)/.test(name)));
  };

  it.each([
    [8080, 'www.example.com', 'http'],
    [8443, 'a.example:8443', 'https'],
  ])(
    'at port %d say what the load balancer saw, and nothing that the client said',
    async (port, host, scheme) => {
      expect(await told(port, host)).toEqual({
        ...{ 'x-forwarded-for': '127.0.0.9', 'x-forwarded-proto': scheme },
        ...{ 'x-forwarded-host': host, 'x-forwarded-port': String(port), 'x-other': 'kept' },
      });
    },
  );

  it('pass as they are where another proxy sets them', async () => {
    const lower = Object.entries(claims).map(([name, value]) => [name.toLowerCase(), value]);
    expect(await told(8086, 'a')).toEqual({ ...Object.fromEntries(lower), 'x-other': 'kept' });
  });
});

describe('an endpoint with nothing behind it', () => {
  it.each([
    ['because there is no container', 8084],
    ['because its container does not answer', 8085],
  ])('says so, and when to come again: %s', async (_case, port) => {
    const { status, headers, body } = await ask(port);
    expect([status, headers['retry-after'], body]).toEqual([
      ...[503, '5', 'This service is not available at the moment. Please try again.\n'],
    ]);
  });
});

describe('timeouts', () => {
  it('of an endpoint end its own requests, and no other ones', async () => {
    const slower = { path: '/slower' };
    const [hasty, patient] = await Promise.all([ask(8089, slower), ask(8088, slower)]);
    expect([hasty.status, patient.status]).toEqual([504, 200]);
  });
});

describe('ways to balance', () => {
  const answering = async (port: number, times = 8): Promise<string[]> => {
    const names: string[] = [];
    for (let count = 0; count < times; count++) names.push((await ask(port)).told.who);
    return [...new Set(names)];
  };

  it('roundrobin and leastconn reach every container, source always the same', async () => {
    expect(await answering(8083)).toHaveLength(2);
    expect(await answering(8089)).toHaveLength(2);
    expect(await answering(8087)).toHaveLength(1);
  });

  it.each(['sticky', 'source', 'random', 'leastconn'])('%s takes a server at run time', async (name) => {
    const server = `webapp-endpoint-${name}/more`;
    expect(await haproxy.tell(`add server ${server} 127.0.0.1:9`)).toBe('New server registered.');
    expect(await haproxy.tell(`del server ${server}`)).toBe('Server deleted.');
  });
});

describe('sticky sessions', () => {
  const backend = 'webapp-endpoint-sticky';
  const cookieIn = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  /** Who answers a client with such a cookie, some times. */
  const visit = async (cookie: string, times = 4): Promise<string[]> => {
    const names: string[] = [];
    for (let count = 0; count < times; count++) {
      const { told, headers } = await ask(8083, { headers: { cookie } });
      names.push(`${told.who}${headers['set-cookie'] ? ' (new cookie)' : ''}`);
    }
    return [...new Set(names)];
  };
  /** A cookie for each server that answers. */
  const cookies = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    for (let count = 0; count < 9; count++) {
      const answer = await ask(8083);
      found.set(answer.told.who, cookieIn(answer));
    }
    return found;
  };
  const [first, second, third] = ['webapp-stack1-app1', 'webapp-stack2-app1', 'webapp-stack3-app1'] as const;

  it('keep each client at its container, by a cookie that the container does not see', async () => {
    const known = await cookies();
    expect([...known.keys()].sort()).toEqual([first, second]);
    for (const [who, cookie] of known) expect(await visit(cookie)).toEqual([who]);
    const { told, headers } = await ask(8083, { headers: { cookie: `a=b; ${known.get(first)}` } });
    expect([told.headers.cookie, headers['set-cookie']]).toEqual(['a=b', undefined]);
  });

  it('set a cookie that scripts cannot read, and only for TLS where there is TLS', async () => {
    const attributes = async (port: number) => (await ask(port)).headers['set-cookie'];
    expect(await attributes(8083)).toEqual([
      expect.stringMatching(/^cmanage-webapp-endpoint-sticky=[0-9a-f]{16}; path=\/; HttpOnly$/),
    ]);
    expect(await attributes(8444)).toEqual([
      expect.stringMatching(/^cmanage-webapp-endpoint-stickytls=[0-9a-f]{16}; path=\/; HttpOnly; Secure$/),
    ]);
  });

  it('outlive a server that is added, keep its own clients, and leave one that goes', async () => {
    const before = await cookies();
    const [weight] = (await haproxy.tell(`get weight ${backend}/${first}`)).split(' ');
    await haproxy.tell(`add server ${backend}/${third} 127.0.0.1:${portOf(third)} weight ${weight}`);
    // Without this a server that is added has no cookie, and takes away those of its clients.
    await haproxy.tell(`enable dynamic-cookie backend ${backend}`);
    await haproxy.tell(`set server ${backend}/${third} state ready`);
    for (const [who, cookie] of before) expect(await visit(cookie)).toEqual([who]);
    const after = await cookies();
    expect(after.get(first)).toBe(before.get(first));
    const own = after.get(third) ?? '';
    expect(await visit(own)).toEqual([third]);

    // A server that drains gets no new clients and keeps those it has; in maintenance it lets them go.
    await haproxy.tell(`set server ${backend}/${third} state drain`);
    expect(await visit(own)).toEqual([third]);
    expect([...(await cookies()).keys()]).not.toContain(third);
    const underWay = ask(8083, { path: '/slow', headers: { cookie: own } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await haproxy.tell(`set server ${backend}/${third} state maint`);
    const moved = await visit(own);
    expect(moved.sort()).toEqual([`${first} (new cookie)`, `${second} (new cookie)`]);
    expect((await underWay).told.who).toBe(third);
    expect(await haproxy.tell(`del server ${backend}/${third}`)).toBe('Server deleted.');
    expect((await visit(own)).sort()).toEqual(moved);
  });
});

describe('TCP', () => {
  const bytes = Buffer.from([0, 255, 13, 10, 71, 69, 84, 32, 47, 0, 128]);
  const echoed = (socket: net.Socket): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      socket.on('data', (chunk) => parts.push(chunk));
      socket.on('error', reject).on('end', () => {
        resolve(Buffer.concat(parts));
      });
      socket.end(bytes);
    });

  it('passes bytes on as they are', async () => {
    expect(await echoed(net.connect(8090, ownAddress))).toEqual(bytes);
  });

  it('passes on what comes by TLS', async () => {
    const options = { host: ownAddress, port: 8445, rejectUnauthorized: false };
    expect(await echoed(tls.connect(options))).toEqual(bytes);
  });
});
