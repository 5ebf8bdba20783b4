import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Daemon } from './record.ts';
import { searchPath, waitUntil } from './run.ts';

/** Inherited by everything that a lab's processes start in turn: containerd, shims, proxies, HAProxy's workers. */
const markVariable = 'CMANAGE_LAB_PROCESS';

export type ProcessState = 'running' | 'frozen' | 'stopped';

/**
 * Starts a program that outlives this one, in a session of its own, its output appended to `log`.
 * It gets a bare environment: a proxy setting or DOCKER_HOST of the caller must not change what the lab does.
 */
export async function startDaemon(
  mark: string,
  log: string,
  command: [string, ...string[]],
): Promise<Daemon> {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const [program, ...args] = command;
  try {
    const env = { PATH: searchPath, HOME: '/root', LANG: 'C.UTF-8', [markVariable]: mark };
    const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], env, cwd: '/' });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, started: readStat(pid)?.started ?? '' };
  } finally {
    closeSync(output);
  }
}

/** Starts a program inside a network namespace. Not `ip netns exec`: that remounts /sys, which hides the cgroups. */
export function startDaemonIn(
  namespace: string,
  mark: string,
  log: string,
  command: string[],
): Promise<Daemon> {
  return startDaemon(mark, log, ['nsenter', `--net=/run/netns/${namespace}`, ...command]);
}

type Stat = { state: string; started: string };

/** Fields 3 and 22 of /proc/PID/stat, counted after the name in parentheses, which may hold blanks. */
function readStat(pid: number): Stat | null {
  const text = readProc(pid, 'stat');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state && started ? { state, started } : null;
}

/** A file of /proc/PID as text, empty when the process is gone. */
function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Whether exactly this process, not a later one with the same id, is there. A zombie counts as stopped. */
export function stateOf(daemon: Daemon): ProcessState {
  const stat = daemon.pid > 0 ? readStat(daemon.pid) : null;
  if (stat?.started !== daemon.started || 'ZX'.includes(stat.state)) return 'stopped';
  return stat.state === 'T' ? 'frozen' : 'running';
}

/** This process, as others can check it. */
export function self(): Daemon {
  return { pid: process.pid, started: readStat(process.pid)?.started ?? '' };
}

/** Sends a signal to exactly this process; false when it is no longer there. */
export function signal(daemon: Daemon, name: NodeJS.Signals): boolean {
  if (stateOf(daemon) === 'stopped') return false;
  try {
    return process.kill(daemon.pid, name);
  } catch {
    return false; // It ended between the look and the signal.
  }
}

/** Kills the process and waits until the kernel has let go of its sockets. */
export async function kill(daemon: Daemon): Promise<void> {
  signal(daemon, 'SIGKILL');
  await waitUntil(() => stateOf(daemon) === 'stopped', 10_000);
}

/**
 * Ends what a pid file names, if it is a living process of this lab, and removes the file. Programs that find their old
 * pid file look only whether the id exists, and would take a zombie that nobody has collected yet for alive.
 */
export async function forget(mark: string, pidFile: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  if (pid > 0 && belongsTo(pid, mark)) await kill({ pid, started: readStat(pid)?.started ?? '' });
  rmSync(pidFile, { force: true });
}

/** Ids of all living processes of a lab: those with its mark in their environment, and those in its containers' cgroups. */
export function processesOf(mark: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => belongsTo(pid, mark));
}

function belongsTo(pid: number, mark: string): boolean {
  if (pid === process.pid) return false;
  const marked = `\0${readProc(pid, 'environ')}`.includes(`\0${markVariable}=${mark}\0`);
  const contained = readProc(pid, 'cgroup').includes(`:/${mark}/`);
  return (marked || contained) && !'ZX'.includes(readStat(pid)?.state ?? 'X');
}

/** Kills every process of a lab, again and again until none is left: an engine may start one while it is being killed. */
export async function killAll(mark: string): Promise<void> {
  const gone = await waitUntil(() => {
    const pids = processesOf(mark);
    for (const pid of pids) killOne(pid);
    return pids.length === 0;
  }, 15_000);
  if (!gone) throw new Error(`processes of ${mark} survive SIGKILL: ${processesOf(mark).join(' ')}`);
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** The last lines of a log, for a message about the program that wrote it. */
export function tailOf(log: string, lines = 15): string {
  if (!existsSync(log)) return '(no log)';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
