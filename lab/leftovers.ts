import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeNetwork } from './network.ts';
import { killAll } from './processes.ts';
import { markOf, runtimeOf } from './record.ts';
import { tryRun, waitUntil } from './run.ts';

const cgroupRoot = '/sys/fs/cgroup';

/**
 * Removes everything of a lab outside its directory, found by the lab's number and not by its record, so that it also
 * works after a crash: processes, mounts (also those under `dir`), network, cgroups. The reservation itself stays.
 */
export async function removeRemains(number: number, dir: string | null): Promise<void> {
  const mark = markOf(number);
  thaw(mark);
  await killAll(mark);
  removeShimSockets(number);
  await unmountBelow([runtimeOf(number), ...(dir === null ? [] : [dir])]);
  await removeNetwork(number);
  await removeCgroups(mark);
}

/** The lab's own directory in every cgroup hierarchy: one per controller in version 1, a single one in version 2. */
function cgroupsOf(mark: string): string[] {
  if (!existsSync(cgroupRoot)) return [];
  const hierarchies = readdirSync(cgroupRoot, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const all = [cgroupRoot, ...hierarchies.map((entry) => join(cgroupRoot, entry.name))];
  return all.map((hierarchy) => join(hierarchy, mark)).filter((path) => existsSync(path));
}

/** Every directory below, and this one last. */
function depthFirst(path: string): string[] {
  const children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => depthFirst(join(path, entry.name))), path];
}

/** A paused container does not die from SIGKILL before it is thawed (cgroup version 1). */
function thaw(mark: string): void {
  for (const path of cgroupsOf(mark).flatMap(depthFirst)) {
    const state = join(path, 'freezer.state');
    if (existsSync(state)) writeFileSync(state, 'THAWED');
  }
}

/** An emptied cgroup stays busy for a moment after its last process has died. */
async function removeCgroups(mark: string): Promise<void> {
  const removed = await waitUntil(() => {
    for (const path of cgroupsOf(mark).flatMap(depthFirst)) rmdirSync(path);
    return true;
  }, 10_000);
  if (!removed) throw new Error(`cannot remove the cgroups ${cgroupsOf(mark).join(' ')}`);
}

/** containerd keeps its shims' sockets in one directory for the whole machine; each bundle names its own. */
function removeShimSockets(number: number): void {
  const runtime = runtimeOf(number);
  if (!existsSync(runtime)) return;
  for (const host of readdirSync(runtime)) {
    const bundles = join(runtime, host, 'exec/containerd/daemon/io.containerd.runtime.v2.task/moby');
    if (!existsSync(bundles)) continue;
    for (const bundle of readdirSync(bundles)) removeShimSocket(join(bundles, bundle, 'address'));
  }
}

function removeShimSocket(addressFile: string): void {
  if (!existsSync(addressFile)) return;
  const socket = readFileSync(addressFile, 'utf8').replace('unix://', '');
  if (socket.startsWith('/run/containerd/s/')) rmSync(socket, { force: true });
}

/** Unmounts what lies below these directories, the innermost first; throws when something stays. */
export async function unmountBelow(dirs: string[]): Promise<void> {
  const mounts = mountsBelow(dirs);
  if (mounts.length === 0) return;
  await tryRun('umount', ['--lazy', ...mounts.toReversed()]);
  const left = mountsBelow(dirs);
  if (left.length > 0) throw new Error(`cannot unmount ${left.join(' ')}`);
}

/** Mount points in the order in which they were mounted. /proc writes a blank in a path as \040. */
function mountsBelow(dirs: string[]): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
  const points = lines.map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  return points.filter((point) => dirs.some((dir) => point.startsWith(`${dir}/`)));
}
