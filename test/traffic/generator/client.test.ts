import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { usualLoad } from '../load.ts';
import { runClient } from './client.ts';
import { connect } from './connection.ts';
import { makeJudge } from './judge.ts';
import type { Kind, Load, Report } from './protocol.ts';
import { makeTally } from './tally.ts';

/** What the generator takes for a failure, by servers that do each of it. */
describe('a client', () => {
  const servers: net.Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const page = 'Service webapp. Version v1\n';
  const answerWith = (body: string, more = ''): string =>
    `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nx-service: webapp\r\nx-version: v1\r\n${more}\r\n${body}`;

  /** What is counted after some requests to a server that does `reply` for each of them, counted per connection. */
  async function counted(
    reply: (socket: net.Socket, count: number) => unknown,
    { requests = 6, kind = 'page', ...changes }: Partial<Load> & { requests?: number; kind?: Kind } = {},
  ): Promise<Report> {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      let count = 0;
      socket
        .on('error', () => undefined)
        .on('data', () => {
          reply(socket, ++count);
        });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;
    const door = { stage: 'prod', host: '127.0.0.1', port, authority: null, share: 1 };
    const nothing = { page: 0, api: 0, upload: 0, slowUpload: 0, slow: 0, slowApi: 0 };
    const mix = { ...nothing, [kind]: 1 };
    const load = { ...usualLoad, doors: [door], mix, patience: 200, ...changes };
    const [tally, judge] = [makeTally(), makeJudge({ prod: ['webapp v1'] })];
    let left = requests;
    await runClient({
      door,
      keeps: true,
      interval: () => 0,
      load,
      random: Math.random,
      judge,
      tally,
      goesOn: () => left-- > 0,
    });
    sockets.forEach((socket) => socket.destroy());
    return tally.report();
  }
  const failuresOf = ({ failures }: Report): string[] =>
    failures.map(({ connection, what }) => `${connection}: ${what}`);

  it('keeps its connection', async () => {
    const report = await counted((socket) => socket.write(answerWith(page)));
    expect(report).toMatchObject({ requests: 6, connections: 1, failed: 0, wrongStage: 0 });
    expect(report.judged).toEqual({ roots: 6, chains: 0 });
  });

  it('opens another one when it is told that this was the last answer', async () => {
    const report = await counted((socket) => socket.end(answerWith(page, 'connection: close\r\n')));
    expect(report).toMatchObject({ requests: 6, connections: 6, failed: 0 });
  });

  it('waits for an answer in pieces', async () => {
    const [first, second] = [answerWith(page).slice(0, 50), answerWith(page).slice(50)];
    const report = await counted((socket) => {
      socket.write(first);
      setTimeout(() => socket.write(second), 20);
    });
    expect(report).toMatchObject({ requests: 6, failed: 0 });
    expect(report.longest[0]?.milliseconds).toBeGreaterThanOrEqual(19);
  });

  it.each([
    ['closes before it answers', (socket: net.Socket) => socket.end(), 'new: closed without an answer'],
    ['resets before it answers', (socket: net.Socket) => socket.resetAndDestroy(), 'new: read ECONNRESET'],
    [
      'answers half',
      (socket: net.Socket) => socket.end(answerWith(page).slice(0, 60)),
      'new: closed in the middle of the answer',
    ],
    [
      'answers less than it said',
      (socket: net.Socket) => socket.end(answerWith(page).slice(0, -1)),
      'new: closed in the middle of the answer',
    ],
    [
      'answers an error',
      (socket: net.Socket) => socket.end('HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
      'new: status 503',
    ],
    [
      'answers another page',
      (socket: net.Socket) => socket.end(answerWith('Hello', 'connection: close\r\n')),
      'new: "Hello" instead of "Service webapp. Version v1\\n"',
    ],
    ['never answers', () => undefined, 'new: no whole answer within 200 ms'],
  ])('a server that %s', async (_what, reply, failure) => {
    const report = await counted(reply, { requests: 2 });
    expect(report).toMatchObject({ requests: 2, failed: 2 });
    expect(failuresOf(report)).toEqual([failure, failure]);
  });

  it('nobody listens', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    await once(taken.close(), 'close');
    const door = { stage: 'prod', host: '127.0.0.1', port, authority: null, share: 1 };
    const refused = { what: `no connection: connect ECONNREFUSED 127.0.0.1:${port}`, isUnanswered: true };
    expect(await connect(door, 200)).toEqual(refused);
  });

  it('a kept connection that closes under a request is a failure', async () => {
    const report = await counted((socket, count) => {
      if (count < 3) socket.write(answerWith(page));
      else socket.destroy();
    });
    expect(failuresOf(report)).toEqual([
      'kept, 2 before: closed without an answer',
      'kept, 2 before: closed without an answer',
    ]);
    expect(report.retried).toBe(0);
  });

  it('unless GETs are retried, once, as clients may; an upload may not be', async () => {
    const reply = (socket: net.Socket, count: number): void => {
      if (count < 3) socket.write(answerWith(page));
      else socket.destroy();
    };
    expect(await counted(reply, { retries: true })).toMatchObject({ requests: 6, failed: 0, retried: 2 });
    const closing = (socket: net.Socket): unknown => socket.destroy();
    expect(await counted(closing, { requests: 2, retries: true })).toMatchObject({ failed: 2, retried: 0 });
    expect(await counted(closing, { requests: 2, retries: true, kind: 'upload' })).toMatchObject({
      failed: 2,
      retried: 0,
    });
  });

  it('the wrong version is no failure, but the wrong stage', async () => {
    const report = await counted((socket) => socket.write(answerWith(page).replaceAll('v1', 'v2')));
    expect(report).toMatchObject({ failed: 0, wrongStage: 6 });
    expect(report.wrongStages[0]).toMatchObject({ stage: 'prod', chain: 'webapp v2 …', count: 1 });
  });

  it('the chain that is told must be that of who answers', async () => {
    const chain = (version: string): string => JSON.stringify({ service: 'webapp', version, links: {} });
    const told = await counted((socket) => socket.write(answerWith(chain('v1'))), { kind: 'api' });
    expect(told).toMatchObject({ failed: 0, wrongStage: 0, judged: { roots: 0, chains: 6 } });
    const other = await counted((socket) => socket.write(answerWith(chain('v2'))), { kind: 'api' });
    expect(other).toMatchObject({ failed: 6, wrongStage: 0 });
  });

  it('a link that failed is a lost request too', async () => {
    const links = { training: { error: 'status 503' } };
    const chain = JSON.stringify({ service: 'webapp', version: 'v1', links });
    const report = await counted((socket) => socket.write(answerWith(chain)), { kind: 'api', requests: 1 });
    expect(failuresOf(report)).toEqual(['new: webapp v1 > training failed: status 503']);
  });

  it('does not count pauses on purpose', async () => {
    const later = (socket: net.Socket): unknown => setTimeout(() => socket.write(answerWith('slow\n')), 120);
    const report = await counted(later, { requests: 2, kind: 'slow', slow: [100, 100] });
    expect(report.failed).toBe(0);
    expect(report.longest[0]?.milliseconds).toBeGreaterThan(10);
    expect(report.longest[0]?.milliseconds).toBeLessThan(90);
  });
});
