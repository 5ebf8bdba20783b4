import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineGet } from './engineApi.ts';
import { forget, startDaemonIn, stateOf, tailOf } from './processes.ts';
import { writeLab, type Lab, type LabHost } from './record.ts';
import { waitUntil } from './run.ts';

const startDeadlineMs = 60_000;

/** Starts the host's engine, on the data it had before if any, and waits until it answers. Updates and saves the record. */
export async function startEngine(lab: Lab, host: LabHost): Promise<void> {
  mkdirSync(host.dir, { recursive: true });
  mkdirSync(dirname(host.socket), { recursive: true });
  await forget(lab.mark, pidFileOf(host));
  await forget(lab.mark, join(host.execRoot, 'containerd/containerd.pid'));
  const config = join(host.dir, 'daemon.json');
  writeFileSync(config, JSON.stringify(engineConfig(lab, host), null, 2));
  const command = ['dockerd', '--config-file', config];
  Object.assign(host, await startDaemonIn(host.namespace, lab.mark, host.log, command));
  writeLab(lab);
  await waitForEngine(host);
}

const pidFileOf = (host: LabHost): string => join(dirname(host.socket), 'docker.pid');

async function waitForEngine(host: LabHost): Promise<void> {
  const ended = () => stateOf(host) === 'stopped';
  const settled = await waitUntil(
    async () => ended() || (await engineGet(host.socket, '/_ping')) === 'OK',
    startDeadlineMs,
  );
  if (settled && !ended()) return;
  const fact = ended() ? 'ended at its start' : `does not answer within ${startDeadlineMs / 1000} s`;
  throw new Error(`the engine of ${host.name} ${fact}; the end of ${host.log}:\n${tailOf(host.log)}`);
}

/** All of an engine's own places and rules; nothing is shared with another engine of the machine. */
function engineConfig(lab: Lab, host: LabHost): Record<string, unknown> {
  return {
    hosts: [`unix://${host.socket}`, host.engine],
    tlsverify: true,
    tlscacert: join(lab.tls, 'ca.pem'),
    tlscert: join(lab.tls, `${host.name}-cert.pem`),
    tlskey: join(lab.tls, `${host.name}-key.pem`),
    'data-root': host.dataRoot,
    'exec-root': host.execRoot,
    pidfile: pidFileOf(host),
    // The engine's id comes from this key; by default all engines of a machine would share /etc/docker/key.json.
    'deprecated-key-path': join(host.dir, 'key.json'),
    'storage-driver': 'overlay2',
    // Separate namespaces, so all engines may use the same addresses inside.
    bip: '172.31.1.1/24',
    iptables: false,
    'ip-masq': false,
    'insecure-registries': [lab.registry.address],
    // Containers are found by this cgroup when a lab is taken down, also after its engine was killed.
    'cgroup-parent': `/${lab.mark}/${host.name}`,
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
  };
}
