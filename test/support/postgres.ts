import { execa } from 'execa';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../../lab/run.ts';

/** Real PostgreSQL servers, as Debian packages them; each its own cluster in a directory of its own. */

const programs = '/usr/lib/postgresql/15/bin';
export const postgresProgram = { path: `${programs}/postgres`, package: 'postgresql' };

export type Postgres = {
  readonly address: string;
  readonly port: number;
  /** The first column of the rows a statement gives, asked past any load balancer. */
  readonly ask: (statement: string) => Promise<string[]>;
  readonly stop: () => Promise<void>;
};

/** Starts a server that believes whoever comes from the lab, and tells `name` as its `cluster_name`. */
export async function startPostgres(name: string, address: string, port: number): Promise<Postgres> {
  const dir = mkdtempSync(join(tmpdir(), 'cmanage-postgres-'));
  const owner = async (flag: string): Promise<number> =>
    Number((await execa('id', [flag, 'postgres'])).stdout);
  chownSync(dir, await owner('-u'), await owner('-g'));
  const as = ['-u', 'postgres', '--'];
  const data = join(dir, 'data');
  await execa('runuser', [...as, join(programs, 'initdb'), '-D', data, '-A', 'trust', '-N'], { cwd: dir });
  appendFileSync(join(data, 'pg_hba.conf'), 'host all all 10.77.0.0/16 trust\n');
  const settings = {
    listen_addresses: address,
    port,
    cluster_name: name,
    unix_socket_directories: dir,
    fsync: 'off',
  };
  const words = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const server = spawn('runuser', [...as, join(programs, 'postgres'), '-D', data, ...words], {
    cwd: dir,
    stdio: 'ignore',
  });
  const ask = async (statement: string): Promise<string[]> => {
    const { stdout } = await execa(psql, [...quietly(address, port, 'test'), '-c', statement]);
    return stdout === '' ? [] : stdout.split('\n');
  };
  const answers = await waitUntil(
    () =>
      ask('select 1').then(
        () => true,
        () => false,
      ),
    20_000,
  );
  if (!answers) throw new Error(`PostgreSQL does not answer at ${address}:${port}`);
  return { address, port, ask, stop: () => stop(server, dir) };
}

/** runuser hands SIGTERM on, but not what PostgreSQL takes for a fast end; so its own tool asks for that. */
async function stop(server: ChildProcess, dir: string): Promise<void> {
  const ended = once(server, 'exit');
  const words = ['-D', join(dir, 'data'), '-m', 'immediate', 'stop'];
  await execa('runuser', ['-u', 'postgres', '--', join(programs, 'pg_ctl'), ...words], { cwd: dir });
  await ended;
  rmSync(dir, { recursive: true, force: true });
}

const psql = join(programs, 'psql');
const quietly = (host: string, port: number, name: string): string[] => [
  ...['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'],
  `host=${host} port=${port} user=postgres dbname=postgres application_name=${name} connect_timeout=10`,
];

/** An open session of whoever lives in a network namespace, which stays open until it is closed or cut. */
export type DatabaseSession = {
  readonly ask: (statement: string) => Promise<string>;
  /** Whether the other side has ended it. */
  readonly isOver: () => boolean;
  readonly close: () => void;
};

/** Opens a session from the network namespace of a process, such as a container's, with a name the server lists. */
export function openSession(pid: number, host: string, port: number, name: string): DatabaseSession {
  const words = ['-t', String(pid), '-n', psql, ...quietly(host, port, name)];
  const client = spawn('nsenter', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  client.stdout.setEncoding('utf8');
  client.stdout.on('data', (part: string) => (said += part));
  client.stdin.on('error', () => undefined);
  const isOver = (): boolean => client.exitCode !== null || client.signalCode !== null;
  return {
    ask: async (statement) => {
      said = '';
      client.stdin.write(`${statement};\n\\echo end of answer\n`);
      const answered = await waitUntil(() => isOver() || said.includes('end of answer\n'), 15_000);
      if (!answered || !said.includes('end of answer\n')) throw new Error('the session does not answer');
      return said.replace(/end of answer\n$/, '').trim();
    },
    isOver,
    close: () => client.kill(),
  };
}
