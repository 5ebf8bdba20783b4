import { setTimeout as sleep } from 'node:timers/promises';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError, UserError } from '../model/errors.ts';
import { differenceFrom } from './differences.ts';
import { bindsOf, inTheWay, parseListeners, parseLocalAddresses } from './listeners.ts';
import { linkMapIn, readGeneration } from './render.ts';
import { askMaster, masterPatience, quote, runScript, writeContent } from './shell.ts';
import { parseProcesses, type Processes } from './processes.ts';

/** What changes a running HAProxy. All of it works on one file and on the master's socket, on this machine or by a prefix. */

/**
 * The configuration that lies on the load balancer now; empty where there is none. A file that serves something and was
 * not written by cmanage is somebody else's, and no change may overwrite it.
 */
export async function readLive(balancer: BalancerConnection): Promise<string> {
  const file = quote(balancer.config);
  const script = `[ ! -e ${file} ] || { cat ${file} && echo end; }`;
  const output = await runScript(balancer, `reading ${balancer.config}`, script, 10);
  // The mark keeps the shell's output from losing the file's last line breaks.
  const config = output.replace(/end$/, '');
  if (readGeneration(config) === null && /^\s*(frontend|backend|listen)\s/m.test(config)) {
    const fact = 'it serves something and was not written by cmanage, which would overwrite it';
    const remedy = 'give cmanage a file of its own (HAProxy takes several -f), or move this one away';
    throw new UserError(`${balancer.name}: ${balancer.config}: ${fact}; ${remedy}`);
  }
  return config;
}

/**
 * Judges a configuration without touching the one in use: HAProxy's own check, whether its master answers, and whether
 * each new address can be bound. HAProxy's check alone accepts an address that cannot be bound, and a reload that then fails pauses all
 * listeners for about a second [tried: 1,655 refused connections in 6 s of load].
 */
export async function checkConfig(
  balancer: BalancerConnection,
  config: string,
  previous: string,
): Promise<void> {
  const script = [
    'set -e',
    `tmp=$(mktemp ${quote(`${balancer.config}.check.XXXXXX`)})`,
    `trap 'rm -f "$tmp"' EXIT`,
    writeContent('tmp', config),
    ensureMap(balancer),
    validate(balancer),
  ].join('\n');
  await runScript(balancer, 'checking the new configuration', script, 20);
  const { workers, oldWorkers } = await showProcesses(balancer);
  const known = new Set(bindsOf(previous).map(({ address, port }) => `${address}:${port}`));
  const fresh = bindsOf(config).filter(({ address, port }) => !known.has(`${address}:${port}`));
  if (fresh.length === 0) return;
  const machine = await observeSockets(balancer, [...workers, ...oldWorkers]);
  for (const bind of fresh) {
    const where = `${bind.address}:${bind.port}`;
    if (bind.address !== '*' && !machine.isLocal(bind.address)) {
      throw new HostError(balancer.name, `binding ${where}`, `${bind.address} is no address of this machine`);
    }
    if (inTheWay(bind, machine.listeners, machine.own)) {
      const fact = 'the port is taken by another program; stop it, or choose another port';
      throw new HostError(balancer.name, `binding ${where}`, fact);
    }
  }
}

/**
 * Puts a configuration in place and has HAProxy run it: validated, written beside the old one, renamed over it, both
 * forced to the disk, reloaded, and then the worker itself is asked what it runs. Doing it again changes nothing.
 */
export async function reload(balancer: BalancerConnection, config: string): Promise<string> {
  if (config === '') return 'there was no configuration to put back';
  if (!(await isWritten(balancer, config))) await writeConfig(balancer, config);
  if ((await differenceFrom(balancer, config)) === null) return 'runs it already';
  return forceReload(balancer, config);
}

/**
 * Puts a configuration in place whose effect was brought about in the running HAProxy already, so that a restart gives
 * the same. Where the running one turns out to serve anything else, it is reloaded; likewise where it still leads one of
 * the `links`, ports that the configuration leads nowhere.
 */
export async function putInPlace(
  balancer: BalancerConnection,
  config: string,
  links: readonly number[] = [],
): Promise<string> {
  if (!(await isWritten(balancer, config))) await writeConfig(balancer, config);
  const difference = await differenceFrom(balancer, config, links);
  if (difference === null) return 'written, and HAProxy serves it';
  return `${difference}; reloaded, ${await forceReload(balancer, config)}`;
}

async function forceReload(balancer: BalancerConnection, config: string): Promise<string> {
  const doing = 'reloading HAProxy';
  const before = await showProcesses(balancer);
  await askMaster(balancer, 'reload');
  const after = await waitForReload(balancer, before);
  if (after.failed > before.failed) {
    const remedy = 'the old workers go on; see its log for the reason';
    throw new HostError(balancer.name, doing, `the new configuration could not be started: ${remedy}`);
  }
  const difference = await differenceFrom(balancer, config);
  if (difference !== null) throw new HostError(balancer.name, doing, difference);
  return `runs generation ${readGeneration(config) ?? '(of a configuration that cmanage did not write)'}`;
}

/** Waits until no old worker is left, so that no request is on its way to a container that is about to stop. */
export async function waitDrained(balancer: BalancerConnection, limit: number): Promise<string> {
  const started = performance.now();
  // HAProxy ends old workers at the limit (hard-stop-after); the rest is for it to do so.
  while (performance.now() - started < (limit + 5) * 1000) {
    const { oldWorkers } = await showProcesses(balancer);
    if (oldWorkers.length === 0)
      return `drained after ${((performance.now() - started) / 1000).toFixed(1)} s`;
    await sleep(50);
  }
  throw new HostError(
    balancer.name,
    'draining',
    `old workers are still there ${limit + 5} s after the reload`,
  );
}

function validate(balancer: BalancerConnection): string {
  // HAProxy writes what is wrong to its standard error or output, by version; both are wanted in the message.
  return `${quote(balancer.program)} -c -f "$tmp" >"$tmp.said" 2>&1 || { cat "$tmp.said" >&2; rm -f "$tmp.said"; exit 1; }; rm -f "$tmp.said"`;
}

/** Whether a configuration and its link map lie on the load balancer; a write that failed may have left one of them. */
async function isWritten(balancer: BalancerConnection, config: string): Promise<boolean> {
  if ((await readLive(balancer)) !== config) return false;
  if (!usesMap(balancer, config)) return true;
  const file = quote(balancer.linkMap);
  const script = `[ ! -e ${file} ] || cat ${file}; echo end`;
  const map = await runScript(balancer, `reading ${balancer.linkMap}`, script, 10);
  return map === `${linkMapIn(config)}end`;
}

function usesMap({ linkMap }: BalancerConnection, config: string): boolean {
  return config.includes(linkMap);
}

/**
 * Nothing is replaced before everything is on the disk and nothing speaks against it. The link map goes first: a port
 * that leads to a backend which is not there yet leads nowhere.
 */
async function writeConfig(balancer: BalancerConnection, config: string): Promise<void> {
  const map = usesMap(balancer, config) ? linkMapIn(config) : null;
  const script = [
    'set -e',
    `trap 'rm -f "$tmp" "$map"' EXIT`,
    ensureMap(balancer),
    ...prepare('tmp', balancer.config, config),
    validate(balancer),
    ...(map === null ? [] : [...prepare('map', balancer.linkMap, map), ...replace('map', balancer.linkMap)]),
    ...replace('tmp', balancer.config),
  ].join('\n');
  await runScript(balancer, `writing ${balancer.config}`, script, 20);
}

/** Shell lines that write what is to replace a file beside it, to the disk. */
function prepare(variable: string, path: string, content: string): string[] {
  const [file, beside] = [quote(path), `"$${variable}"`];
  return [
    `${variable}=$(mktemp ${quote(`${path}.next.XXXXXX`)})`,
    writeContent(variable, content),
    // The file keeps its owner and mode, so that whoever could read it still can.
    `if [ -e ${file} ]; then chmod "$(stat -c %a ${file})" ${beside}; chown "$(stat -c %u:%g ${file})" ${beside}; else chmod 644 ${beside}; fi`,
    `sync ${beside}`,
  ];
}

/** Shell lines that replace a file by what was prepared, in one step. */
function replace(variable: string, path: string): string[] {
  const file = quote(path);
  return [`mv -f "$${variable}" ${file}`, `sync "$(dirname ${file})"`];
}

/** HAProxy takes no configuration whose map is not there. */
function ensureMap({ linkMap }: BalancerConnection): string {
  return `[ -e ${quote(linkMap)} ] || : > ${quote(linkMap)}`;
}

async function showProcesses(balancer: BalancerConnection, seconds?: number): Promise<Processes> {
  const started = performance.now();
  const answer = await askMaster(balancer, 'show proc', seconds);
  if (answer === '' && performance.now() - started >= masterPatience * 1000) {
    const fact = `no answer within ${masterPatience} s; does it hang?`;
    throw new HostError(balancer.name, "asking HAProxy's master 'show proc'", fact);
  }
  return parseProcesses(balancer.name, answer);
}

/** Seconds for a reload, which usually takes a tenth of one. */
const reloadDeadline = 15;

/** While the master re-executes itself its socket refuses or says nothing; that is waited out. */
async function waitForReload(balancer: BalancerConnection, before: Processes): Promise<Processes> {
  const deadline = performance.now() + reloadDeadline * 1000;
  let last = 'the master does not report the reload';
  while (performance.now() < deadline) {
    await sleep(30);
    try {
      const now = await showProcesses(balancer, Math.max(1, (deadline - performance.now()) / 1000));
      if (now.reloads > before.reloads) return now;
    } catch (error) {
      last = (error as Error).message;
    }
  }
  const fact = `it is not done within ${reloadDeadline} s`;
  throw new HostError(balancer.name, 'reloading HAProxy', `${fact}: ${last}`);
}

type Machine = {
  listeners: ReturnType<typeof parseListeners>;
  own: Set<string>;
  isLocal: (address: string) => boolean;
};

/** Which sockets listen on the machine, which of them are HAProxy's, and which addresses are its own. */
async function observeSockets(balancer: BalancerConnection, pids: readonly number[]): Promise<Machine> {
  const script = [
    'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; echo ====',
    ...pids.map((pid) => `ls -l /proc/${pid}/fd 2>/dev/null`),
    'echo ====; cat /proc/net/fib_trie; echo ====; cat /proc/sys/net/ipv4/ip_nonlocal_bind',
  ].join('\n');
  const output = await runScript(balancer, 'looking at its listening sockets', script, 10);
  const [sockets = '', descriptors = '', routes = '', nonlocal = '0'] = output.split('====\n');
  const local = parseLocalAddresses(routes);
  return {
    listeners: parseListeners(sockets),
    own: new Set([...descriptors.matchAll(/socket:\[(\d+)\]/g)].map(([, inode = '']) => inode)),
    isLocal: (address) => nonlocal.trim() === '1' || address.startsWith('127.') || local.has(address),
  };
}
