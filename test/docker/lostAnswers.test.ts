import { afterEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from '../../src/docker/containers.ts';
import { connectEngine } from '../../src/docker/engine.ts';
import { HostError } from '../../src/model/errors.ts';

const directory = mkdtempSync(join(tmpdir(), 'cmanage-lost-'));
let server: Server | undefined;
afterEach(() => {
  server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Longer than a lost answer needs to be noticed, and much shorter than the deadline of a call (30 s). */
const soon = 10_000;

it(
  'a connection that is lost in the middle of an answer ends the call at once',
  async () => {
    const socket = join(directory, 'engine.sock');
    server = createServer((client) => {
      client.once('data', () => {
        const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';
        client.end(`${head}{"Id":"half of`);
      });
    }).listen(socket);
    await once(server, 'listening');
    const transport = { kind: 'unix', socket } as const;
    const engine = await connectEngine({ name: 'docker01', address: '127.0.0.1', parallel: 1, transport });
    const asking = inspect(engine, 'webapp-stack1-app1', null);
    await expect(asking).rejects.toThrow(HostError);
    await expect(asking).rejects.toThrow(
      'docker01: inspecting webapp-stack1-app1: the connection was lost in the middle of its answer',
    );
  },
  soon,
);
