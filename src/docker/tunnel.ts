import { existsSync } from 'node:fs';
import { execa } from 'execa';
import type { EngineTransport } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import { expiring, pause } from './deadline.ts';

type Ssh = Extract<EngineTransport, { kind: 'ssh' }>;

/** Seconds for ssh to connect and to forward the socket. */
const openDeadline = 15;

/**
 * Forwards the engine's socket through the system's own ssh, with its configuration, keys and host-key check; the
 * ssh client inside docker-modem checks no host key. The `cat` on the other side ends with our end of the pipe, so that
 * no tunnel outlives cmanage, however that ends. Returns the function that ends the tunnel.
 */
export async function openTunnel(host: string, transport: Ssh, socketPath: string): Promise<() => void> {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'ExitOnForwardFailure=yes',
    `ConnectTimeout=${openDeadline}`,
  ];
  const port = transport.port === null ? [] : ['-p', String(transport.port)];
  const forward = ['-L', `${socketPath}:${transport.socket}`];
  const tunnel = execa(
    'ssh',
    [...options.flatMap((option) => ['-o', option]), ...port, ...forward, '--', transport.destination, 'cat'],
    { stdin: 'pipe', stdout: 'ignore', reject: false, detached: true },
  );
  const ended = tunnel.then((result) => {
    throw new HostError(
      host,
      `opening the ssh tunnel to ${transport.destination}`,
      said(result.stderr) || result.shortMessage,
    );
  });
  ended.catch(() => undefined);
  try {
    await Promise.race([ended, appears(socketPath)]);
  } catch (error) {
    tunnel.kill();
    throw error instanceof HostError
      ? error
      : new HostError(host, `opening the ssh tunnel to ${transport.destination}`, error);
  }
  return () => {
    tunnel.kill();
  };
}

/** What ssh said, as part of a sentence: it ends its lines as terminals do, and some with a full stop. */
const said = (text: string): string => text.replaceAll('\r', '').replace(/\.$/, '');

async function appears(path: string): Promise<void> {
  const signal = expiring(openDeadline);
  while (!existsSync(path)) await pause(20, signal);
}
