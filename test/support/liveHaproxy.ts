import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An HAProxy of the test's own, which runs a given configuration. */
export type LiveHaproxy = {
  /** Its answer to a command on its stats socket. */
  readonly tell: (command: string) => Promise<string>;
  readonly end: () => Promise<void>;
};

/**
 * A loopback address that no other process of this machine's tests binds: two HAProxys on one address and port would
 * share its connections without a word, because they set SO_REUSEPORT.
 */
export const ownAddress = `127.${64 + ((process.pid >> 16) & 63)}.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** Starts HAProxy, and waits until it answers. The configuration is made for a directory of its own. */
export async function startHaproxy(configFor: (directory: string) => string): Promise<LiveHaproxy> {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-unit-'));
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, configFor(directory));
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      rmSync(directory, { recursive: true });
      resolve();
    });
  });
  const tell = (command: string): Promise<string> => askSocket(statsSocketIn(directory), command);
  const end = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  for (let tries = 0; (await tell('show info').catch(() => '')) === ''; tries++) {
    await sleep(20);
    if (tries < 250 && child.exitCode === null) continue;
    await end();
    throw new Error(`HAProxy does not run: ${said}`);
  }
  return { tell, end };
}

export function statsSocketIn(directory: string): string {
  return join(directory, 'stats.sock');
}

function askSocket(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(path, () => socket.end(`${command}\n`));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer.trim());
    });
  });
}
