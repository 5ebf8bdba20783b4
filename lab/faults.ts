import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine as start } from './engine.ts';
import { engineGet, engineRequest } from './engineApi.ts';
import { setLink } from './network.ts';
import { kill, signal, startDaemonIn, stateOf, tailOf } from './processes.ts';
import type { Lab, LabHost } from './record.ts';
import { waitUntil } from './run.ts';

/**
 * Kills the engine as a crash would, and waits until it is gone. Its containers go on until it is started again, but
 * their published ports are dead at once: docker-proxy dies with the engine.
 */
export async function killEngine(host: LabHost): Promise<void> {
  await kill(host);
}

/** Starts a killed engine again on the same data and waits until it answers. Updates `host` and the lab's record. */
export async function startEngine(lab: Lab, host: LabHost): Promise<void> {
  if (stateOf(host) === 'stopped') await start(lab, host);
}

/** Stops the engine without ending it: connections are accepted by the kernel, and nothing ever answers. */
export function freezeEngine(host: LabHost): void {
  mustSignal(host, 'SIGSTOP');
}

/** Lets a frozen engine go on; it then performs what it was asked meanwhile. */
export function thawEngine(host: LabHost): void {
  mustSignal(host, 'SIGCONT');
}

function mustSignal(host: LabHost, name: NodeJS.Signals): void {
  if (!signal(host, name)) throw new Error(`the engine of ${host.name} does not run`);
}

/** Cuts the host off the network: packets to its engine and to its containers' ports vanish, and nothing refuses them. */
export const cutHost = (host: LabHost): Promise<void> => setLink(host, 'down');

/** Connects a cut host again. */
export const joinHost = (host: LabHost): Promise<void> => setLink(host, 'up');

/** Makes a foreign program listen on a port of the host; it answers "foreign". Gives the function that ends it. */
export async function occupyPort(lab: Lab, host: LabHost, port: number): Promise<() => Promise<void>> {
  const log = join(host.dir, `port-${port}.log`);
  const listen = `TCP-LISTEN:${port},bind=0.0.0.0,reuseaddr,fork`;
  const daemon = await startDaemonIn(host.namespace, lab.mark, log, ['socat', listen, 'SYSTEM:echo foreign']);
  const listens = await waitUntil(() => stateOf(daemon) === 'stopped' || listensOn(daemon.pid, port), 5_000);
  if (!listens || stateOf(daemon) === 'stopped') {
    throw new Error(`cannot listen on port ${port} of ${host.name}:\n${tailOf(log)}`);
  }
  return () => kill(daemon);
}

/** Looks the port up in the process's own namespace; state 0A is "listening". */
function listensOn(pid: number, port: number): boolean {
  const entry = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8').includes(entry);
}

/** Removes all containers of a host by force, with their anonymous volumes, all at the same time. */
export async function wipeContainers(host: LabHost): Promise<void> {
  const containers = (await engineGet(host.socket, '/containers/json?all=1')) as { Id: string }[];
  await Promise.all(
    containers.map(async ({ Id }) => {
      const path = `/containers/${Id}?force=1&v=1`;
      const { status, body } = await engineRequest('DELETE', host.socket, path, undefined, 60_000);
      if (status !== 204 && status !== 404) throw new Error(`DELETE ${path}: ${JSON.stringify(body)}`);
    }),
  );
}
