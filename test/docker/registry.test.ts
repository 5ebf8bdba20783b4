import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { listTags, resolveDigest, splitImage } from '../../src/docker/registry.ts';
import { HostError, UserError } from '../../src/model/errors.ts';
import type { RegistryConnection } from '../../src/model/connection.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const digest = `sha256:${'a'.repeat(64)}`;

describe('splitImage', () => {
  it.each([
    ['nginx', 'registry-1.docker.io', 'library/nginx'],
    ['larhauga/webapp', 'registry-1.docker.io', 'larhauga/webapp'],
    ['registry.example/webapp', 'registry.example', 'webapp'],
    ['registry.example/a/b/c', 'registry.example', 'a/b/c'],
    ['192.0.2.20:5000/webapp', '192.0.2.20:5000', 'webapp'],
    ['localhost/webapp', 'localhost', 'webapp'],
    ['host:5000/webapp', 'host:5000', 'webapp'],
  ])('%s is on %s, as %s', (image, registry, name) => {
    expect(splitImage(image)).toEqual({ registry, name });
  });
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let handler: Handler = () => undefined;
let requests: { method: string; url: string; authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
  const { authorization } = request.headers;
  requests.push({ method: request.method ?? '', url: request.url ?? '', authorization });
  handler(request, response);
});
let address = '';

beforeAll(async () => {
  process.env.DOCKER_CONFIG = directory;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  delete process.env.DOCKER_CONFIG;
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  requests = [];
});

function known(credentials: string | null = null): RegistryConnection[] {
  return [{ address, insecure: true, credentials }];
}

function digestOf(credentials: string | null = null): Promise<string> {
  return resolveDigest(`${address}/webapp`, 'v0.1', known(credentials));
}

function tags(): Promise<string[]> {
  return listTags(`${address}/webapp`, known());
}

const basic = `Basic ${Buffer.from('alice:hush:hush').toString('base64')}`;

describe('resolveDigest', () => {
  it("is the digest in the registry's answer, and asks for every kind of manifest", async () => {
    let accept = '';
    handler = (request, response) => {
      accept = String(request.headers.accept);
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    };
    expect(await digestOf()).toBe(digest);
    expect(requests).toMatchObject([{ method: 'HEAD', url: '/v2/webapp/manifests/v0.1' }]);
    expect(accept.split(', ')).toHaveLength(4);
  });

  it('asks the realm for a token, with the credentials, and then comes with the token', async () => {
    handler = (request, response) => {
      const url = new URL(request.url ?? '', 'http://registry');
      if (url.pathname === '/token') response.end(JSON.stringify({ token: 'abc' }));
      else if (request.headers.authorization === 'Bearer abc') {
        response.writeHead(200, { 'docker-content-digest': digest }).end();
      } else {
        const challenge = `Bearer realm="http://${address}/token",service="the registry",scope="repository:webapp:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      }
    };
    expect(await digestOf(fileIn(directory, 'password', 'alice:hush:hush\n'))).toBe(digest);
    expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, basic, 'Bearer abc']);
    const asked = new URL(requests[1]?.url ?? '', 'http://registry').searchParams;
    expect(Object.fromEntries(asked)).toEqual({ service: 'the registry', scope: 'repository:webapp:pull' });
  });

  it('comes with the credentials themselves where the registry asks for them', async () => {
    handler = (request, response) => {
      if (request.headers.authorization === basic) response.setHeader('docker-content-digest', digest);
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' });
      response.end();
    };
    expect(await digestOf(fileIn(directory, 'password', 'alice:hush:hush'))).toBe(digest);
  });

  it("finds the credentials in the Docker client's configuration", async () => {
    const auth = Buffer.from('alice:hush:hush').toString('base64');
    fileIn(directory, 'config.json', JSON.stringify({ auths: { [address]: { auth } } }));
    await digestOf();
    expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, basic]);
    fileIn(directory, 'config.json', '{}');
  });

  it.each([
    ['v0.55', ['v0.1', 'v0.5'], 'there is no such image; the nearest tag is v0.5'],
    ['0.5', ['v0.4', '0.4', 'v0.5'], 'there is no such image; the nearest tags are 0.4, v0.5'],
    ['main', ['v1', 'v2', 'v3', 'v4'], 'there is no such image; it has tags such as v1, v2, v3'],
    ['main', [], 'there is no such image'],
  ])('says which tags there are instead of %s, of %j', async (tag, tags, reason) => {
    handler = (request, response) => {
      if (request.method === 'HEAD') response.writeHead(404).end();
      else response.end(JSON.stringify({ tags }));
    };
    await expect(resolveDigest(`${address}/webapp`, tag, known(null))).rejects.toThrow(
      new RegExp(`: ${reason}$`),
    );
  });

  const challenge = (): string => `Bearer realm="http://${address}/token"`;
  const refuse: Handler = (_request, response) => response.writeHead(401).end();

  it.each<[string, Handler, new (...given: never[]) => Error, string]>([
    [
      'no such tag',
      (_request, response) => response.writeHead(404).end(),
      HostError,
      'there is no such image',
    ],
    ['no digest', (_request, response) => response.end(), HostError, 'the answer carries no digest'],
    [
      'a digest that is none',
      (_request, response) => response.writeHead(200, { 'docker-content-digest': 'sha256:abc' }).end(),
      HostError,
      'the answer carries no digest',
    ],
    ['a failure', (_request, response) => response.writeHead(503).end(), HostError, 'it answers 503'],
    ['no access', refuse, UserError, 'access is denied'],
    [
      'no access for anybody',
      (_request, response) => response.writeHead(403).end(),
      UserError,
      'access is denied',
    ],
    ['a cut connection', (request) => request.destroy(), UserError, 'does not answer'],
    ...['<html>', 'null', '[]', '{}', '{"token":7}'].map(
      (text): [string, Handler, typeof UserError, string] => [
        `a token that is ${text}`,
        (request, response) => {
          if (request.url?.startsWith('/token')) response.end(text);
          else response.writeHead(401, { 'www-authenticate': challenge() }).end();
        },
        UserError,
        'access is denied',
      ],
    ),
    [
      'a realm that is none',
      (_request, response) => response.writeHead(401, { 'www-authenticate': 'Bearer realm="nowhere"' }).end(),
      UserError,
      'access is denied',
    ],
  ])('tells of %s', async (_case, answer, kind, expected) => {
    handler = answer;
    const asking = digestOf();
    await expect(asking).rejects.toThrow(kind);
    await expect(asking).rejects.toThrow(expected);
  });

  it('shows no credentials in its messages', async () => {
    handler = refuse;
    const asking = digestOf(fileIn(directory, 'password', 'alice:hush'));
    await expect(asking).rejects.not.toThrow('hush');
    await expect(digestOf(fileIn(directory, 'password', 'hush'))).rejects.not.toThrow('hush');
  });

  it('gives up on a registry that never answers, after ten seconds', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(50));
    handler = () => undefined;
    const asking = digestOf();
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(`registry ${address} does not answer (no answer within 10 s)`);
    expect(spy.mock.calls).toEqual([[10_000]]);
    spy.mockRestore();
  });

  it('speaks TLS unless hosts.yml says otherwise', async () => {
    handler = (_request, response) => response.writeHead(200, { 'docker-content-digest': digest }).end();
    await expect(resolveDigest(`${address}/webapp`, 'v0.1', [])).rejects.toThrow(
      "does it need 'insecure: true'",
    );
  });
});

describe('listTags', () => {
  it('goes through the pages of a long list', async () => {
    const pages: Record<string, [string[], string | null]> = {
      '/v2/webapp/tags/list?n=1000': [['a', 'b'], '</v2/webapp/tags/list?last=b>; rel="next"'],
      '/v2/webapp/tags/list?last=b': [['c'], `<http://${address}/v2/webapp/tags/list?last=c>; rel="next"`],
      '/v2/webapp/tags/list?last=c': [['d'], null],
    };
    handler = (request, response) => {
      const [page, link] = pages[request.url ?? ''] ?? [[], null];
      response.writeHead(200, link === null ? {} : { link }).end(JSON.stringify({ tags: page }));
    };
    expect(await tags()).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    ['null for no tag', '{"tags":null}', []],
    [
      'what can be no tag, and leaves it out',
      JSON.stringify({ tags: ['a', 7, null, 'b\u001b[2J', ''] }),
      ['a'],
    ],
  ])('understands %s', async (_case, text, expected) => {
    handler = (_request, response) => response.end(text);
    expect(await tags()).toEqual(expected);
  });

  it.each(['<html>', 'null', '7', '{"tags":"a"}', '{}', ''])('refuses %p', async (text) => {
    handler = (_request, response) => response.end(text);
    await expect(tags()).rejects.toThrow('the answer is no list of tags');
  });

  it.each(['@evil.example/v2/', '.evil.example/v2/', ':1/v2/'])('follows no link to %s', async (link) => {
    handler = (_request, response) =>
      response.writeHead(200, { link: `<${link}>; rel="next"` }).end('{"tags":[]}');
    await expect(tags()).rejects.toThrow('its next page is on another host');
  });

  it('does not go in a circle', async () => {
    handler = (_request, response) => {
      const status = requests.length > 2000 ? 500 : 200;
      response.writeHead(status, { link: '</v2/webapp/tags/list?n=1000>; rel="next"' }).end('{"tags":[]}');
    };
    await expect(tags()).rejects.toThrow('does not end');
  });

  it('tells of a repository that is not there', async () => {
    handler = (_request, response) => response.writeHead(404).end();
    await expect(tags()).rejects.toThrow('there is no such repository');
  });
});
