import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setLink, waitLinkDrained } from '../../src/haproxy/links.ts';
import { readRunning } from '../../src/haproxy/runtime.ts';
import { askMaster } from '../../src/haproxy/shell.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';
import {
  answerOf,
  freePorts,
  startHaproxy,
  startResponder,
  until,
  type Responder,
  type RunningHaproxy,
} from '../support/runningHaproxy.ts';

/** Links of a real HAProxy: two HTTP ports and two TCP ports, each led by one map to one of two backends of its kind. */

let haproxy: RunningHaproxy;
let lb: BalancerConnection;
let map = '';
let one: Responder, two: Responder;
let [web, other, tcp, otherTcp] = [0, 0, 0, 0];

const config = (directory: string): string => {
  map = `${directory}/links.map`;
  writeFileSync(map, '');
  const link = `use_backend %[dst_port,map_str(${map})]`;
  const server = (name: string, { port }: Responder): string => `server ${name} 127.0.0.1:${port}`;
  return `
global
    nbthread 2
defaults
    mode http
    option idle-close-on-response
    timeout connect 2s
    timeout client 20s
    timeout server 20s
frontend web
    bind 127.0.0.1:${web}
    bind 127.0.0.1:${other}
    ${link}
frontend tcp
    mode tcp
    no option idle-close-on-response
    bind 127.0.0.1:${tcp}
    bind 127.0.0.1:${otherTcp}
    ${link}
backend one
    ${server('one', one)}
backend two
    ${server('two', two)}
backend tcp-one
    mode tcp
    ${server('one', one)}
backend tcp-two
    mode tcp
    ${server('two', two)}
`;
};

beforeAll(async () => {
  [web = 0, other = 0, tcp = 0, otherTcp = 0] = await freePorts(4);
  [one, two] = [await startResponder('one'), await startResponder('two')];
  haproxy = await startHaproxy(config);
  lb = haproxy.connection;
});

afterAll(async () => {
  await haproxy.stop();
  await Promise.all([one.stop(), two.stop()]);
});

beforeEach(async () => {
  for (const port of [web, other, tcp, otherTcp]) await setLink(lb, map, port, null);
});

async function links(): Promise<[number, string][]> {
  return [...(await readRunning(lb, map)).links];
}

/** TCP connections that say nothing, when HAProxy has led them to the first server. */
async function connect(port: number, count: number): Promise<net.Socket[]> {
  const before = one.accepted();
  const sockets = Array.from({ length: count }, () => net.connect(port, '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => undefined).resume();
  await until(() => one.accepted() === before + count);
  return sockets;
}

function closedOf(sockets: readonly net.Socket[]): number {
  return sockets.filter((socket) => socket.closed).length;
}

describe('setLink', () => {
  it('leads a port to a backend and to another, and does nothing the second time', async () => {
    expect(await answerOf(web)).toBe('status 503');
    expect(await setLink(lb, map, web, 'one')).toBe('leads to one');
    expect(await answerOf(web)).toBe('one');
    expect(await setLink(lb, map, web, 'one')).toBe('leads to one already');
    expect(await setLink(lb, map, web, 'two')).toBe('leads to two, before to one');
    expect(await answerOf(web)).toBe('two');
    expect(await answerOf(other)).toBe('status 503');
    expect(await links()).toEqual([[web, 'two']]);
  });

  it('ends a link, and finds none the second time', async () => {
    await setLink(lb, map, web, 'one');
    await setLink(lb, map, other, 'two');
    expect(await setLink(lb, map, web, null)).toBe('led to one and is gone');
    expect(await setLink(lb, map, web, null)).toBe('is not there');
    expect(await answerOf(web)).toBe('status 503');
    expect(await answerOf(other)).toBe('two');
  });

  it.each([
    ['the same', 'one'],
    ['the other', 'two'],
    ['no', null],
  ])('puts a port with several entries in order, for %s backend', async (_case, backend) => {
    const entries = ['one', 'two', 'one'].map((value) => `add map ${map} ${web} ${value}`);
    await askMaster(lb, ['@1', ...entries].join('; '));
    // The first entry is in effect, and is what is told.
    expect(await links()).toEqual([[web, 'one']]);
    await setLink(lb, map, web, backend);
    expect(await answerOf(web)).toBe(backend ?? 'status 503');
    const left = (await askMaster(lb, `@1 show map ${map}`)).trim().split('\n').filter(Boolean);
    expect(left.map((line) => line.split(' ')[2])).toEqual(backend === null ? [] : [backend]);
  });

  it('says that the map or the backend is not there', async () => {
    const none = setLink(lb, map, web, 'none');
    const fact = 'the running configuration has no backend none';
    await expect(none).rejects.toThrow(`lb01: leading port ${web} to none: ${fact}`);
    expect(await links()).toEqual([]);
    const elsewhere = setLink(lb, `${map}.other`, web, null);
    await expect(elsewhere).rejects.toThrow(`the running configuration uses no map ${map}.other`);
  });
});

describe('waitLinkDrained', () => {
  it('waits for the request under way on the old backend', async () => {
    await setLink(lb, map, web, 'one');
    const slow = answerOf(web, '/400');
    await until(() => one.busy() === 1);
    await setLink(lb, map, web, 'two');
    expect(await waitLinkDrained(lb, web, 'one', 10)).toMatch(/^drained after \d\.\d s$/);
    expect(one.busy()).toBe(0);
    expect(await slow).toBe('one');
  });

  it('leaves a kept connection open, whose next request goes where the port leads', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await setLink(lb, map, web, 'one');
    expect(await answerOf(web, '/', agent)).toBe('one');
    await setLink(lb, map, web, 'two');
    expect(await waitLinkDrained(lb, web, 'one', 3)).toMatch(/^drained after/);
    const kept = Object.values(agent.freeSockets).flat();
    expect(await answerOf(web, '/', agent)).toBe('two');
    expect(kept).toHaveLength(1);
    expect(Object.values(agent.freeSockets).flat()).toEqual(kept);
    agent.destroy();
  });

  it('cuts and counts the connections from this port to this backend, and no others', async () => {
    for (const port of [tcp, otherTcp]) await setLink(lb, map, port, 'tcp-one');
    const [old, fromOther] = [await connect(tcp, 2), await connect(otherTcp, 1)];
    await setLink(lb, map, tcp, 'tcp-two');
    const before = two.accepted();
    const fresh = net.connect(tcp, '127.0.0.1').resume();
    await until(() => two.accepted() > before);
    expect(await waitLinkDrained(lb, tcp, 'tcp-one', 0.3)).toBe('2 sessions were cut after 0.3 s');
    await until(() => closedOf(old) === 2);
    expect(closedOf([...fromOther, fresh])).toBe(0);
    expect(await waitLinkDrained(lb, tcp, 'tcp-one', 0)).toMatch(/^drained after/);
    for (const socket of [...fromOther, fresh]) socket.destroy();
  });

  it('cuts very many in one go', async () => {
    await setLink(lb, map, tcp, 'tcp-one');
    const many = await connect(tcp, 500);
    expect(await waitLinkDrained(lb, tcp, 'tcp-one', 0)).toBe('500 sessions were cut after 0 s');
    await until(() => closedOf(many) === 500);
  });
});
