import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askMaster } from '../../src/haproxy/shell.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';

/** An HAProxy of a test's own, with master and worker as in production. */
export type RunningHaproxy = {
  readonly connection: BalancerConnection;
  /** The directory of its files. */
  readonly directory: string;
  readonly stop: () => Promise<void>;
};

/** Runs HAProxy on a configuration, in a new directory; it takes connections when this is done. */
export async function startHaproxy(config: (directory: string) => string): Promise<RunningHaproxy> {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-haproxy-'));
  const [file, masterSocket] = [join(directory, 'haproxy.cfg'), join(directory, 'master.sock')];
  writeFileSync(file, config(directory));
  const process = spawn('haproxy', ['-W', '-S', masterSocket, '-f', file], { stdio: 'ignore' });
  const linkMap = join(directory, 'links.map');
  const connection = { name: 'lb01', run: [], config: file, linkMap, masterSocket, program: 'haproxy' };
  await untilItAnswers(connection);
  const stop = async (): Promise<void> => {
    const gone = once(process, 'exit');
    process.kill('SIGTERM');
    await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  return { connection, directory, stop };
}

async function untilItAnswers(connection: BalancerConnection): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if ((await askMaster(connection, '@1 show env HOME')) !== '') return;
    } catch (error) {
      if (tries > 100) throw error;
    }
    await sleep(20);
  }
}

/** Ports nothing listens on, of this machine's own choice. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** A container's stand-in: says its name, after the milliseconds its path asks for. */
export type Responder = {
  readonly name: string;
  readonly port: number;
  /** How many requests it is at work on. */
  readonly busy: () => number;
  /** How many connections it has been given so far. */
  readonly accepted: () => number;
  readonly stop: () => Promise<void>;
};

export async function startResponder(name: string): Promise<Responder> {
  let [busy, accepted] = [0, 0];
  const server = http.createServer((request, response) => {
    busy++;
    const timer = setTimeout(() => response.end(name), Number(request.url?.slice(1) ?? 0));
    response.on('close', () => {
      busy--;
      clearTimeout(timer);
    });
  });
  // As many containers do: whoever keeps a connection closes it.
  server.keepAliveTimeout = 0;
  server.on('connection', () => accepted++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  };
  const { port } = server.address() as AddressInfo;
  return { name, port, busy: () => busy, accepted: () => accepted, stop };
}

/** Waits for what is about to happen; fails where it does not within five seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within 5 s: ${String(isSo)}`);
    await sleep(10);
  }
}

/** What a request is answered, or how it failed: the body of a 200, else the status or the error's code. */
export function answerOf(port: number, path = '/', agent: http.Agent | false = false): Promise<string> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', (error) => {
        resolve(error.message);
      });
      response.on('end', () => {
        resolve(response.statusCode === 200 ? body : `status ${response.statusCode}`);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });
}
