import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process by its id and its start time in clock ticks since boot: together they are never reused. Id 0: not started. */
export type Daemon = { pid: number; started: string };

/** One Docker host: an engine in a network namespace of its own. */
export type LabHost = Daemon & {
  name: string;
  namespace: string;
  /** The host's own address, where published ports answer. */
  address: string;
  /** The root namespace's end of the host's cable. */
  link: string;
  /** The engine's unix socket, for observing it without TLS. */
  socket: string;
  /** The engine's address for cmanage, with mutual TLS. */
  engine: string;
  dir: string;
  dataRoot: string;
  execRoot: string;
  log: string;
};

export type LabRegistry = Daemon & { address: string; storage: string; log: string };

export type LabLoadbalancer = Daemon & {
  name: string;
  address: string;
  config: string;
  masterSocket: string;
  statsSocket: string;
  log: string;
};

/** Everything there is to know about a lab; DIR/lab.json holds exactly this. */
export type Lab = {
  dir: string;
  number: number;
  /** In the environment of every process of the lab, by which they are found again. Also the bridge's name. */
  mark: string;
  /** The bridge's address: the root namespace as the hosts see it. */
  gateway: string;
  /** Sockets and engines' run-time files; short, since a unix socket's path may have 107 bytes. */
  runtime: string;
  hosts: LabHost[];
  registry: LabRegistry;
  loadbalancer: LabLoadbalancer;
  /** Those beside the first one, each with an address of its own. */
  moreLoadbalancers: LabLoadbalancer[];
  etc: string;
  tls: string;
};

export const reservations = '/run/cmanage-lab';
const notStarted: Daemon = { pid: 0, started: '' };

export const markOf = (number: number): string => `cmlab${number}`;
export const runtimeOf = (number: number): string => join(reservations, String(number));

/** What a lab of this directory, number and size looks like before anything of it is started. */
export function layOut(dir: string, number: number, hosts: number, loadbalancers = 1): Lab {
  const gateway = `10.77.${number}.1`;
  return {
    dir,
    number,
    mark: markOf(number),
    gateway,
    runtime: runtimeOf(number),
    hosts: Array.from({ length: hosts }, (_, index) => layOutHost(dir, number, index + 1)),
    registry: {
      ...notStarted,
      address: `${gateway}:5000`,
      storage: join(dir, 'registry'),
      log: join(dir, 'registry', 'registry.log'),
    },
    loadbalancer: layOutLoadbalancer(dir, number, 1),
    moreLoadbalancers: Array.from({ length: loadbalancers - 1 }, (_, index) =>
      layOutLoadbalancer(dir, number, index + 2),
    ),
    etc: join(dir, 'etc'),
    tls: join(dir, 'tls'),
  };
}

/** The first one has the address of the lab's own machine, the others have addresses beside it. */
function layOutLoadbalancer(dir: string, number: number, position: number): LabLoadbalancer {
  const name = `lb${String(position).padStart(2, '0')}`;
  const files = join(dir, 'haproxy', name);
  const sockets = join(runtimeOf(number), position === 1 ? 'haproxy' : name);
  return {
    ...notStarted,
    name,
    address: `10.77.${number}.${position}`,
    config: join(files, 'haproxy.cfg'),
    masterSocket: `${sockets}-master.sock`,
    statsSocket: `${sockets}-stats.sock`,
    log: join(files, 'haproxy.log'),
  };
}

function layOutHost(dir: string, number: number, position: number): LabHost {
  const name = `docker${String(position).padStart(2, '0')}`;
  const address = `10.77.${number}.${10 + position}`;
  const runtime = join(runtimeOf(number), name);
  return {
    ...notStarted,
    name,
    namespace: `${markOf(number)}-${name}`,
    address,
    link: `${markOf(number)}-h${String(position).padStart(2, '0')}`,
    socket: join(runtime, 'docker.sock'),
    engine: `tcp://${address}:2376`,
    dir: join(dir, 'hosts', name),
    dataRoot: join(dir, 'hosts', name, 'data'),
    execRoot: join(runtime, 'exec'),
    log: join(dir, 'hosts', name, 'engine.log'),
  };
}

const fileOf = (dir: string): string => join(dir, 'lab.json');

/** The lab of a directory as recorded, or null when there is none. It says nothing about what still runs. */
export function readLab(dir: string): Lab | null {
  if (!existsSync(fileOf(dir))) return null;
  return JSON.parse(readFileSync(fileOf(dir), 'utf8')) as Lab;
}

/** Replaces the record in one step, so that a reader never sees half of it. */
export function writeLab(lab: Lab): void {
  mkdirSync(lab.dir, { recursive: true });
  const partial = `${fileOf(lab.dir)}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(lab, null, 2)}\n`);
  renameSync(partial, fileOf(lab.dir));
}
