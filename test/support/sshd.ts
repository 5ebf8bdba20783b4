import { execa } from 'execa';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { kill, signal, startDaemon } from '../../lab/processes.ts';
import { waitUntil } from '../../lab/run.ts';

export const sshdProgram = { path: '/usr/sbin/sshd', package: 'openssh-server' };

export type Sshd = {
  readonly port: number;
  /** A PATH whose `ssh` reads its configuration from the test and not from the home directory of who runs it. */
  readonly path: string;
  /** Says which key of the server the client knows. */
  readonly know: (key: 'the right one' | 'another one' | 'none') => void;
  /** Stops it without ending it, or lets it go on. */
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT') => void;
  readonly stop: () => Promise<void>;
};

/** Starts an ssh server at the lab's own address, with keys that exist nowhere else, for the user of the tests. */
export async function startSshd(lab: Lab, port: number): Promise<Sshd> {
  const dir = join(lab.dir, 'ssh');
  mkdirSync(dir, { mode: 0o700 });
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  for (const name of ['server', 'other', 'client']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)]);
  }
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'client.pub')), { mode: 0o600 });
  writeFileSync(join(dir, 'sshd_config'), serverConfig(dir, lab.gateway, port));
  writeFileSync(join(dir, 'config'), clientConfig(dir));
  const log = join(dir, 'sshd.log');
  const daemon = await startDaemon(lab.mark, log, [
    sshdProgram.path,
    '-D',
    '-e',
    '-f',
    join(dir, 'sshd_config'),
  ]);
  const listens = await waitUntil(() => readFileSync(log, 'utf8').includes('Server listening'), 10_000);
  if (!listens) throw new Error(`sshd does not listen: ${readFileSync(log, 'utf8')}`);
  const know: Sshd['know'] = (key) => {
    const file = { 'the right one': 'server.pub', 'another one': 'other.pub', none: null }[key];
    const line = file === null ? '' : `[${lab.gateway}]:${port} ${readFileSync(join(dir, file), 'utf8')}`;
    writeFileSync(join(dir, 'known_hosts'), line);
  };
  const path = `${clientProgram(dir)}:${process.env.PATH ?? ''}`;
  return { port, path, know, signal: (name) => signal(daemon, name), stop: () => kill(daemon) };
}

const serverConfig = (dir: string, address: string, port: number): string => `ListenAddress ${address}:${port}
HostKey ${join(dir, 'server')}
AuthorizedKeysFile ${join(dir, 'authorized_keys')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
`;

const clientConfig = (dir: string): string => `Host *
  IdentityFile ${join(dir, 'client')}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(dir, 'known_hosts')}
  GlobalKnownHostsFile /dev/null
`;

/** ssh takes its configuration from the home directory in /etc/passwd, whatever HOME says; so it is told another file. */
function clientProgram(dir: string): string {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${join(dir, 'config')}' "$@"\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  return bin;
}
