import { findDirectory, readConfig, type Config } from '../config/config.ts';
import type { Engine } from '../docker/engine.ts';
import type { Connection } from '../model/connection.ts';
import { UserError } from '../model/errors.ts';
import type { Service, State } from '../model/state.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { takeLock, type Lock } from '../store/lock.ts';
import { loadState } from '../store/state.ts';
import type { CommonOptions } from './options.ts';

/** The configuration, the open database and the state as one command sees them. */
export type Session = {
  readonly config: Config;
  readonly database: Database;
  readonly state: State;
  /** Held by commands that change something; null for those that only look. */
  readonly lock: Lock | null;
  /** Connects to a host's engine when it is first asked for, and once only. */
  readonly engineOf: (host: string) => Promise<Engine>;
  readonly close: () => Promise<void>;
};

/** Opens a session. With `write`, the lock is taken before the state is read, so that it cannot change meanwhile. */
export async function openSession(options: CommonOptions, { write }: { write: boolean }): Promise<Session> {
  const config = readConfig(findDirectory(options.etc, process.env.CMANAGE_ETC));
  const { statePath, lockWait } = config.settings;
  const database = await openDatabase(statePath, { readOnly: !write });
  const lock = write ? await takeLock(database, statePath, lockWait) : null;
  const state = await loadState(database.source);
  const engines = enginesOf(config.connection);
  const close = async (): Promise<void> => {
    await engines.close();
    await lock?.release();
    await database.source.destroy();
  };
  return { config, database, state, lock, engineOf: engines.engineOf, close };
}

function enginesOf(connection: Connection): { engineOf: Session['engineOf']; close: () => Promise<void> } {
  const engines = new Map<string, Promise<Engine>>();
  const connect = async (host: string): Promise<Engine> => {
    const found = connection.engines.find((engine) => engine.name === host);
    if (!found) throw new UserError(`host ${host} is not in hosts.yml: put it back`);
    // Most commands that only look never ask an engine, and need not load the package for it.
    const { connectEngine } = await import('../docker/engine.ts');
    return connectEngine(found);
  };
  const engineOf = (host: string): Promise<Engine> => {
    const engine = engines.get(host) ?? connect(host);
    engines.set(host, engine);
    return engine;
  };
  const close = async (): Promise<void> => {
    for (const result of await Promise.allSettled(engines.values())) {
      if (result.status === 'fulfilled') result.value.close();
    }
  };
  return { engineOf, close };
}

/** The service of a name, or a message that lists the ones there are. */
export function requireService(state: State, name: string): Service {
  const service = state.services.find((candidate) => candidate.name === name);
  if (service) return service;
  const names = state.services.map((candidate) => candidate.name);
  const known =
    names.length === 0
      ? 'there are none yet'
      : `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
  throw new UserError(`there is no service ${name}: ${known}`);
}
