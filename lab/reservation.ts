import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeRemains } from './leftovers.ts';
import { processesOf, self, stateOf } from './processes.ts';
import { markOf, reservations, runtimeOf, type Daemon } from './record.ts';

/** For which directory a number is reserved, and the process that is building there; process 0 when none is. */
type Owner = Daemon & { dir: string };

const highest = 200;
const ownerFile = (number: number): string => join(runtimeOf(number), 'owner.json');

/**
 * Reserves the lowest free number for a lab in `dir`. Numbers whose holder and processes are all gone are reclaimed, and
 * what they left behind is removed first. Throws when another process is building a lab in the same directory.
 */
export async function reserveNumber(dir: string): Promise<number> {
  return exclusively(async () => {
    for (let number = 0; number <= highest; number++) {
      if (await take(number, dir)) return number;
    }
    throw new Error(`all lab numbers 0 to ${highest} are taken; see ${reservations}`);
  });
}

/** Takes a number for this process again if it still belongs to `dir`; false when it went to another lab meanwhile. */
export async function holdNumber(number: number, dir: string): Promise<boolean> {
  return exclusively(() => {
    const owner = readOwner(number);
    if (owner?.dir !== dir) return Promise.resolve(false);
    refuseIfBusy(owner);
    writeOwner(number, dir, self());
    return Promise.resolve(true);
  });
}

/** Says that this process has finished building; from now on the lab's own processes keep the number taken. */
export function finishBuilding(number: number, dir: string): void {
  if (readOwner(number)?.dir === dir) writeOwner(number, dir, { pid: 0, started: '' });
}

/** Gives up a number that this process holds, with all that was kept under it. */
export function giveBack(number: number): void {
  rmSync(runtimeOf(number), { recursive: true, force: true });
}

/** The number that is reserved for a directory, or null. For a lab whose record was lost. */
export function numberOf(dir: string): number | null {
  if (!existsSync(reservations)) return null;
  const numbers = readdirSync(reservations).map(Number).filter(Number.isInteger);
  return numbers.find((number) => readOwner(number)?.dir === dir) ?? null;
}

async function take(number: number, dir: string): Promise<boolean> {
  const owner = readOwner(number);
  if (owner?.dir === dir) refuseIfBusy(owner);
  if (owner && stateOf(owner) !== 'stopped') return false;
  if (processesOf(markOf(number)).length > 0) return false;
  await removeRemains(number, owner?.dir ?? null);
  if (subnetInUse(number)) return false;
  rmSync(runtimeOf(number), { recursive: true, force: true });
  mkdirSync(runtimeOf(number), { recursive: true, mode: 0o700 });
  writeOwner(number, dir, self());
  return true;
}

function refuseIfBusy(owner: Owner): void {
  if (owner.pid === process.pid || stateOf(owner) === 'stopped') return;
  throw new Error(`process ${owner.pid} is at work on the lab in ${owner.dir}; wait for it or end it`);
}

function readOwner(number: number): Owner | null {
  try {
    return JSON.parse(readFileSync(ownerFile(number), 'utf8')) as Owner;
  } catch {
    return null; // Not reserved, or its holder was killed before it had written the file.
  }
}

function writeOwner(number: number, dir: string, builder: Daemon): void {
  writeFileSync(ownerFile(number), JSON.stringify({ ...builder, dir }));
}

/** Someone's own experiment may use 10.77.N.0/24 without asking us. */
function subnetInUse(number: number): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address }) => address.startsWith(`10.77.${number}.`));
}

/**
 * Runs one reservation at a time on this machine. The lock is an abstract unix socket: only one process can listen on it,
 * and the kernel frees it when that process dies, however it dies; a lock file would outlive its holder.
 */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const lock = await acquire('\0cmanage-lab-reservation');
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function acquire(name: string): Promise<Server> {
  for (;;) {
    const server = createServer().listen(name);
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await sleep(20);
    }
  }
}
