import { jest } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
// Jest fails to link files that several dynamic imports want at the same moment; loaded beforehand, they are there.
import '../../src/cli/change.ts';
import '../../src/cli/facts.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { changeBetween, type StateChange } from '../../src/model/change.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import type { Plan } from '../../src/plan/step.ts';
import { createDatabase, openDatabase, type Database } from '../../src/store/database.ts';
import { loadState, saveChange } from '../../src/store/state.ts';
import { fileIn } from './files.ts';

/** The command line inside this process, on a configuration and a state database of its own and without any host. */
export type Program = {
  /** Runs a command as it is typed, and gives its exit code and what it has printed for programs. */
  readonly run: (...args: readonly string[]) => Promise<{ code: number | undefined; answer: unknown }>;
  readonly state: () => Promise<State>;
  /** Where its state database is. */
  readonly path: string;
};

const hosts = ['docker01', 'docker02'].map(
  (name, index) => `  ${name}: { engine: 'unix:///nowhere/${name}.sock', address: 192.0.2.1${index + 1} }\n`,
);

/**
 * Writes a configuration into the directory, with the state in its database, or a fresh one (null). Without more there is no load balancer, so
 * that no traffic can move and nobody needs to be asked; `more` ends hosts.yml.
 */
export async function programOn(directory: string, state: State | null, more = ''): Promise<Program> {
  const etc = mkdtempSync(join(directory, 'etc-'));
  fileIn(etc, 'cmanage.yml', 'environment: test\nstate: state.db\n');
  fileIn(etc, 'hosts.yml', `hosts:\n${hosts.join('')}${more}`);
  const path = join(etc, 'state.db');
  await createDatabase(path);
  if (state !== null) await withDatabase(path, (database) => save(database, state));
  return {
    path,
    run: (...args) => run(['--etc', etc, ...args, '-o', 'json']),
    state: () => withDatabase(path, (database) => loadState(database.source)),
  };
}

function save(database: Database, state: State): Promise<void> {
  return database.transaction(() => saveChange(database.source, changeBetween(emptyState, state), 0));
}

/** A load balancer for hosts.yml whose configuration is in a file that is not there yet; a dry run asks no more of it. */
export function balancerIn(directory: string): string {
  return `loadbalancers:
  lb01:
    address: 127.0.0.1
    config: ${directory}/haproxy.cfg
    master_socket: ${directory}/master.sock
    stats_socket: ${directory}/stats.sock
`;
}

/** The change of the state that the plan of a dry run would record. */
export function recorded(answer: unknown): StateChange | undefined {
  const { plan } = answer as { plan?: Plan };
  return plan?.steps.find((step) => step.kind === 'commit_state')?.change;
}

async function withDatabase<T>(path: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(path, { readOnly: false });
  try {
    return await use(database);
  } finally {
    await database.source.destroy();
  }
}

async function run(args: readonly string[]): Promise<{ code: number | undefined; answer: unknown }> {
  let code: number | undefined;
  const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const progress = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    const program = buildProgram((result) => {
      code = result;
    });
    await program.parseAsync(['node', 'cmanage', ...args]);
    return { code, answer: JSON.parse(String(print.mock.calls[0]?.[0])) as unknown };
  } finally {
    print.mockRestore();
    progress.mockRestore();
  }
}
