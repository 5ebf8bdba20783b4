import { existsSync, readdirSync } from 'node:fs';
import { markOf, type Lab, type LabHost } from './record.ts';
import { run, tryRun } from './run.ts';

const namespaces = '/run/netns';
const links = '/sys/class/net';

/** A machine that runs Docker itself drops what it forwards; frames between two hosts of the bridge must pass. */
const forwardRule = (mark: string): string[] => ['FORWARD', '-i', mark, '-o', mark, '-j', 'ACCEPT'];

/**
 * Whether the lab's whole network is there. Namespaces do not survive a restart of the machine. A host's cable is plugged
 * into the bridge last of all, so one that is plugged in leads to a host that is complete.
 */
export function networkExists(lab: Lab): boolean {
  const plugged = (host: LabHost) => existsSync(`${links}/${host.link}/master`);
  return existsSync(`${links}/${lab.mark}`) && lab.hosts.every(plugged);
}

/** Makes the bridge in the root namespace and one namespace per host, each with a cable to the bridge. */
export async function createNetwork(lab: Lab): Promise<void> {
  const cables = lab.hosts.flatMap((host) => [
    `netns add ${host.namespace}`,
    `link add ${host.link} type veth peer name eth0 netns ${host.namespace}`,
  ]);
  await run('ip', ['-batch', '-'], [...bridgeLines(lab), ...cables].join('\n'));
  await run('iptables', ['-w', '-I', ...forwardRule(lab.mark)]);
  await Promise.all(lab.hosts.map((host) => setUpInside(lab, host)));
  const plugs = lab.hosts.map((host) => `link set ${host.link} master ${lab.mark} up`);
  await run('ip', ['-batch', '-'], plugs.join('\n'));
}

function bridgeLines(lab: Lab): string[] {
  return [
    `link add ${lab.mark} type bridge`,
    `addr add ${lab.gateway}/24 dev ${lab.mark}`,
    ...lab.moreLoadbalancers.map(({ address }) => `addr add ${address}/24 dev ${lab.mark}`),
    `link set ${lab.mark} up`,
  ];
}

/**
 * Gives the host its address and route. Engines run without iptables rules of their own, so this one rule lets
 * containers reach the load balancer, the registry and other hosts: outside, they appear under their host's address.
 */
async function setUpInside(lab: Lab, host: LabHost): Promise<void> {
  const lines = [
    'link set lo up',
    `addr add ${host.address}/24 dev eth0`,
    'link set eth0 up',
    `route add default via ${lab.gateway}`,
  ];
  await run('ip', ['-netns', host.namespace, '-batch', '-'], lines.join('\n'));
  const masquerade = ['POSTROUTING', '!', '-s', `${lab.gateway}/24`, '-o', 'eth0', '-j', 'MASQUERADE'];
  const inside = `--net=${namespaces}/${host.namespace}`;
  await run('nsenter', [inside, 'iptables', '-w', '-t', 'nat', '-A', ...masquerade]);
}

/** Removes a lab's bridge, cables, namespaces and rule, those that exist, by the lab's number alone. */
export async function removeNetwork(number: number): Promise<void> {
  const mark = markOf(number);
  const ours = (name: string) => name === mark || name.startsWith(`${mark}-`);
  const lines = [
    ...namesIn(links)
      .filter(ours)
      .map((name) => `link del ${name}`),
    ...namesIn(namespaces)
      .filter(ours)
      .map((name) => `netns del ${name}`),
  ];
  if (lines.length === 0) return;
  await tryRun('iptables', ['-w', '-D', ...forwardRule(mark)]);
  await tryRun('ip', ['-force', '-batch', '-'], lines.join('\n'));
  const left = [...namesIn(links), ...namesIn(namespaces)].filter(ours);
  if (left.length > 0) throw new Error(`cannot remove the network devices or namespaces ${left.join(' ')}`);
}

const namesIn = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir) : []);

/** Pulls a host's cable, or plugs it in again, at the bridge's end: the host's own routes stay as they are. */
export async function setLink(host: LabHost, state: 'up' | 'down'): Promise<void> {
  await run('ip', ['link', 'set', host.link, state]);
}
