import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createContainer, startContainer } from '../../src/docker/containers.ts';
import { waitHealthy } from '../../src/docker/health.ts';
import { defaultHealth } from '../../src/model/settings.ts';
import { fakeEngines } from '../support/fakeEngine.ts';
import { makeSpec, origin } from '../support/specs.ts';

const make = fakeEngines();
const { signal } = new AbortController();
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Waits for a container without a HEALTHCHECK whose port is one of the servers of this test. */
async function probe(hostPort: number, health: Partial<typeof defaultHealth>): Promise<string> {
  const spec = {
    ...makeSpec({ health: { ...defaultHealth, interval: 20, deadline: 1, ...health } }),
    hostPort,
  };
  const fake = await make('docker01');
  fake.health = null;
  await createContainer(fake.engine, spec, origin, signal);
  await startContainer(fake.engine, spec, signal);
  return waitHealthy(fake.engine, spec, signal);
}

describe('the HTTP probe', () => {
  it.each([200, 204, 302])('is content with %d', async (status) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end()));
    expect(await probe(port, { path: '/health' })).toBe(`healthy on 127.0.0.1:${port}`);
  });

  it.each([404, 500, 503])('is not content with %d', async (status) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end()));
    await expect(probe(port, { path: '/health', deadline: 0 })).rejects.toThrow(
      `GET /health answers ${status}`,
    );
  });

  it('asks for the path, and waits for so many good answers in a row', async () => {
    const answers = [500, 200, 500, 200, 200, 200];
    const paths = new Set<string | undefined>();
    const server = createHttpServer((request, response) => {
      paths.add(request.url);
      response.writeHead(answers.shift() ?? 200).end();
    });
    await probe(await listen(server), { path: '/health?deep=1', successes: 3 });
    expect(answers).toEqual([]);
    expect([...paths]).toEqual(['/health?deep=1']);
  });
});

describe('the TCP probe', () => {
  it('is content with a connection that stays open', async () => {
    const port = await listen(createTcpServer());
    expect(await probe(port, {})).toBe(`healthy on 127.0.0.1:${port}`);
  });

  it('is not content with one that is closed at once, as docker-proxy does', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()));
    await expect(probe(port, { deadline: 0 })).rejects.toThrow(/the port (closes at once|does not answer)/);
  });
});
