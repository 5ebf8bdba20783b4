import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEngine } from './engine.ts';
import { writeEtc } from './etc.ts';
import { pushSamples } from './images.ts';
import { removeRemains, unmountBelow } from './leftovers.ts';
import { startLoadbalancer } from './loadbalancer.ts';
import { createNetwork, networkExists, removeNetwork } from './network.ts';
import { stateOf, type ProcessState } from './processes.ts';
import { layOut, readLab, writeLab, type Daemon, type Lab, type LabLoadbalancer } from './record.ts';
import { startRegistry } from './registry.ts';
import { installPackages, labUnavailable } from './requirements.ts';
import { finishBuilding, giveBack, holdNumber, numberOf, reserveNumber } from './reservation.ts';
import { createCertificates } from './tls.ts';

export { readLab } from './record.ts';
export type { Lab, LabHost, LabLoadbalancer, LabRegistry } from './record.ts';
export { labUnavailable } from './requirements.ts';

export type UpOptions = {
  dir: string;
  /** How many engines, 1 to 99. Default: 2, or as many as the lab in `dir` already has. */
  hosts?: number;
  /** How many load balancers, 1 to 9. Default: 1, or as many as the lab in `dir` already has. */
  loadbalancers?: number;
  /** Gets a line for each thing that takes time. */
  say?: (line: string) => void;
};

export type PartStatus = { part: string; state: ProcessState; pid: number; address: string };

/** What a lab keeps in its directory; `state` is made by cmanage, and is worthless without the lab's hosts. */
const contents = ['hosts', 'registry', 'haproxy', 'etc', 'tls', 'state', 'lab.json'];

/**
 * Brings a lab up in a directory: engines, registry with sample images, load balancer, configuration for cmanage. Starts
 * only what does not run, so it also repairs. A new lab that fails to come up is taken down again before this throws.
 */
export async function up({ dir, hosts, loadbalancers, say = () => undefined }: UpOptions): Promise<Lab> {
  const reason = await labUnavailable();
  if (reason !== null) throw new Error(reason);
  await installPackages(say);
  mkdirSync(dir, { recursive: true });
  const place = realpathSync(dir);
  const known = await takeUpAgain(place, hosts);
  const lab = known ?? layOut(place, await reserveNumber(place), hosts ?? 2, loadbalancers);
  try {
    await build(lab, say);
    finishBuilding(lab.number, place);
    return lab;
  } catch (error) {
    if (known) finishBuilding(lab.number, place);
    else await down(place);
    throw error;
  }
}

/** The lab that is already in the directory. When its number went to another lab meanwhile, its rests are removed. */
async function takeUpAgain(dir: string, hosts: number | undefined): Promise<Lab | null> {
  const lab = readLab(dir);
  if (!lab) return null;
  if (hosts !== undefined && hosts !== lab.hosts.length) {
    throw new Error(`the lab in ${dir} has ${lab.hosts.length} hosts, not ${hosts}: take it down first`);
  }
  if (await holdNumber(lab.number, dir)) return lab;
  await removeContents(dir);
  return null;
}

/** What does not depend on each other happens at the same time; the machine has two cores to keep busy. */
async function build(lab: Lab, say: (line: string) => void): Promise<void> {
  const stopped = (daemon: Daemon) => stateOf(daemon) === 'stopped';
  writeLab(lab);
  writeEtc(lab);
  await Promise.all([ensureNetwork(lab), createCertificates(lab)]);
  const publish = async () => {
    if (stopped(lab.registry)) {
      say(`lab ${lab.number}: starting the registry at ${lab.registry.address}`);
      await startRegistry(lab);
    }
    await pushSamples(lab.registry.address);
  };
  const balance = loadbalancersOf(lab)
    .filter(stopped)
    .map(async (loadbalancer) => {
      say(`lab ${lab.number}: starting HAProxy at ${loadbalancer.address}`);
      await startLoadbalancer(lab, loadbalancer);
    });
  const engines = lab.hosts.filter(stopped).map(async (host) => {
    say(`lab ${lab.number}: starting ${host.name} at ${host.engine}`);
    await startEngine(lab, host);
  });
  await settle([...engines, publish(), ...balance]);
}

const loadbalancersOf = ({ loadbalancer, moreLoadbalancers }: Lab): LabLoadbalancer[] => [
  loadbalancer,
  ...moreLoadbalancers,
];

async function ensureNetwork(lab: Lab): Promise<void> {
  if (networkExists(lab)) return;
  await removeNetwork(lab.number);
  await createNetwork(lab);
}

/** Waits for all before it throws the first failure, so that nothing is started behind the back of a clean-up. */
async function settle(tasks: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * Takes the lab of a directory down, whatever is left of it, and leaves nothing behind. Gives false when there was none.
 * If the lab's number belongs to another lab by now, only the directory is cleared.
 */
export async function down(dir: string): Promise<boolean> {
  if (!existsSync(dir)) return false;
  const place = realpathSync(dir);
  const number = numberOf(place);
  // Held to the end: clearing the directory takes seconds, in which another lab would take a number that looks free.
  const held = number !== null && (await holdNumber(number, place));
  if (!held && !readLab(place)) return false;
  if (held) await removeRemains(number, place);
  await removeContents(place);
  if (held) giveBack(number);
  return true;
}

/** Removes the lab's files, and the directory too if nothing else is in it. Never reaches through a mount. */
async function removeContents(dir: string): Promise<void> {
  await unmountBelow([dir]);
  for (const name of contents) rmSync(join(dir, name), { recursive: true, force: true });
  if (readdirSync(dir).length === 0) rmdirSync(dir);
}

/** What of a directory's lab runs; empty when there is no lab. */
export function status(dir: string): PartStatus[] {
  const lab = readLab(resolve(dir));
  if (!lab) return [];
  const part = (name: string, daemon: Daemon, address: string): PartStatus => ({
    part: name,
    state: stateOf(daemon),
    pid: daemon.pid,
    address,
  });
  return [
    ...lab.hosts.map((host) => part(host.name, host, host.engine)),
    part('registry', lab.registry, lab.registry.address),
    part('haproxy', lab.loadbalancer, lab.loadbalancer.address),
    ...lab.moreLoadbalancers.map((more) => part(more.name, more, more.address)),
  ];
}
