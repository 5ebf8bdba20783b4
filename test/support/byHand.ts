import { engineGet, engineRequest } from '../../lab/engineApi.ts';
import type { LabHost } from '../../lab/lab.ts';

/** What somebody does to a host who does not know of cmanage, or does not care. */

/** One call of a host's engine, which must succeed. */
export async function callEngine(host: LabHost, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await engineRequest(method, host.socket, path, body, 60_000);
  if (answer.status > 299) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
}

/** Removes a container and makes it again as `docker inspect` shows it: all is the same but the engine's own id. */
export async function makeAgain(host: LabHost, name: string): Promise<void> {
  const path = `/containers/${name}`;
  const { Config, HostConfig } = (await engineGet(host.socket, `${path}/json`)) as Record<string, object>;
  await callEngine(host, 'DELETE', `${path}?force=1`);
  await callEngine(host, 'POST', `/containers/create?name=${name}`, { ...Config, HostConfig });
  await callEngine(host, 'POST', `${path}/start`);
}
