import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { statsCommand } from './haproxyApi.ts';
import { forget, startDaemon, tailOf } from './processes.ts';
import { writeLab, type Lab, type LabLoadbalancer } from './record.ts';
import { waitUntil } from './run.ts';

/** What HAProxy runs before cmanage has written anything: no frontend, only the socket for its runtime API. */
const emptyConfig = ({ statsSocket }: LabLoadbalancer): string => `global
    stats socket ${statsSocket} mode 600 level admin expose-fd listeners
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
`;

/** A file that HAProxy reads besides cmanage's, for what an operator adds by hand; empty until somebody does. */
export const ownConfigOf = ({ config }: LabLoadbalancer): string => join(dirname(config), 'own.cfg');

/** Starts HAProxy as master and worker, with the configuration that is there if any, and waits until it answers. */
export async function startLoadbalancer(lab: Lab, loadbalancer: LabLoadbalancer): Promise<void> {
  const { config, masterSocket, statsSocket, log } = loadbalancer;
  mkdirSync(dirname(config), { recursive: true });
  if (!existsSync(config)) writeFileSync(config, emptyConfig(loadbalancer));
  const own = ownConfigOf(loadbalancer);
  if (!existsSync(own)) writeFileSync(own, '');
  const pidfile = `${masterSocket.replace(/-master\.sock$/, '')}.pid`;
  await forget(lab.mark, pidfile);
  const command = ['haproxy', '-W', '-S', masterSocket, '-p', pidfile, '-f', own, '-f', config] as const;
  Object.assign(loadbalancer, await startDaemon(lab.mark, log, [...command]));
  writeLab(lab);
  const answers = await waitUntil(async () => (await statsCommand(statsSocket, 'show info')) !== '', 10_000);
  if (!answers) throw new Error(`HAProxy does not answer; the end of its log:\n${tailOf(log)}`);
}
