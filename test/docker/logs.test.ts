import { afterAll, describe, expect, it } from '@jest/globals';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine } from '../../src/docker/engine.ts';
import { NoContainer, openLog, type LogRequest } from '../../src/docker/logs.ts';
import { temporaryDirectory } from '../support/files.ts';

const socket = join(temporaryDirectory(), 'engine.sock');
const asked: string[] = [];
let answer: (response: ServerResponse) => void = (response) => response.end();
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  answer(response);
});
await new Promise<void>((resolve) => server.listen(socket, resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const transport = { kind: 'unix', socket } as const;
const engine = await connectEngine({ name: 'docker01', address: '127.0.0.1', parallel: 1, transport });
const all: LogRequest = { follow: false, since: null, tail: 'all' };

function frame(text: string): Buffer {
  const body = Buffer.from(`2026-11-21T15:00:00.000000001Z ${text}\n`);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

async function read(request: LogRequest, signal = new AbortController().signal): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of await openLog(engine, 'app1', request, signal)) texts.push(text);
  return texts;
}

describe('openLog', () => {
  it('asks for what is wanted, and reads to the end', async () => {
    answer = (response) => response.end(Buffer.concat([frame('one'), frame('two')]));
    expect(await read({ follow: false, since: '2026-11-21T15:00:00.123456789Z', tail: 5 })).toEqual([
      'one',
      'two',
    ]);
    expect(asked.pop()).toBe(
      '/containers/app1/logs?stdout=true&stderr=true&timestamps=true&follow=false&tail=5&since=1795273200.123456789',
    );
  });

  it('has each line as soon as it is there, and ends with the signal', async () => {
    answer = (response) => response.write(frame('one'));
    const stop = new AbortController();
    const lines = await openLog(engine, 'app1', { ...all, follow: true }, stop.signal);
    expect((await lines.next()).value).toMatchObject({ text: 'one' });
    expect(asked.pop()).toContain('follow=true');
    stop.abort();
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  it('reads no faster than lines are taken', async () => {
    let sent = 0;
    const line = frame('x'.repeat(16_000));
    answer = (response) => {
      const send = (): void => {
        while (sent < 100e6 && response.write(line)) sent += line.length;
      };
      response.on('drain', send);
      send();
    };
    const lines = await openLog(engine, 'app1', all, new AbortController().signal);
    for (let count = 0; count < 10; count++) await lines.next();
    await sleep(200);
    expect(sent).toBeLessThan(5e6);
    await lines.return(undefined);
  });

  it('tells that there is no such container', async () => {
    answer = (response) => response.writeHead(404).end('{"message":"No such container: app1"}');
    await expect(read(all)).rejects.toThrow(NoContainer);
  });

  it.each([
    [
      'an answer that breaks off',
      (response: ServerResponse) => {
        response.write(frame('one'));
        setTimeout(() => response.destroy(), 20);
      },
      'docker01: reading the log of app1: ',
    ],
    [
      'what is no log',
      (response: ServerResponse) => response.end('<html>Bad gateway</html>'),
      'docker01: reading the log of app1: its answer is no log',
    ],
    [
      'a refusal',
      (response: ServerResponse) =>
        response.writeHead(500).end('{"message":"configured logging driver does not support reading"}'),
      'docker01: reading the log of app1: configured logging driver does not support reading',
    ],
  ])('takes %s for a failure of the host', async (_what, how, message) => {
    answer = how;
    await expect(read(all)).rejects.toThrow(message);
  });
});
