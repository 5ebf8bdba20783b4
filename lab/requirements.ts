import { execa } from 'execa';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { run, searchPath, tryRun } from './run.ts';

/** The programs that a lab runs, and the Debian package of each. */
const packages: Record<string, string> = {
  dockerd: 'docker.io',
  containerd: 'docker.io',
  haproxy: 'haproxy',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  ip: 'iproute2',
  iptables: 'iptables',
  socat: 'socat',
  openssl: 'openssl',
  nsenter: 'util-linux',
};

/** Why a lab cannot run here, as one line, or null when it can. Missing packages are no reason: `up` installs them. */
export async function labUnavailable(): Promise<string | null> {
  if (process.platform !== 'linux') return `a lab needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0)
    return 'a lab needs root: it makes network namespaces and runs Docker engines';
  const trial = await execa('unshare', ['--net', 'true'], { env: { PATH: searchPath }, reject: false });
  if (trial.failed) return 'a lab needs network namespaces, which this machine does not allow';
  const missing = missingPackages();
  if (missing.length > 0 && !isInstalled('apt-get')) return `a lab needs ${missing.join(', ')}`;
  return null;
}

/** Installs what is missing, from Debian's archive. */
export async function installPackages(say: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  say(`installing ${missing.join(' ')} by apt-get`);
  await tryRun('apt-get', ['update', '-qq']); // Without an archive in reach, what is cached may still do.
  await run('env', [
    // A package must not start services of its own here.
    'RUNLEVEL=1',
    'DEBIAN_FRONTEND=noninteractive',
    ...['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]);
}

function missingPackages(): string[] {
  const missing = Object.keys(packages).filter((program) => !isInstalled(program));
  return [...new Set(missing.map((program) => packages[program] ?? program))];
}

function isInstalled(program: string): boolean {
  return searchPath.split(':').some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
