import { findDirectory, readConfig, type Config } from '../config/config.ts';
import type { Engine } from '../docker/engine.ts';
import type { Connection } from '../model/connection.ts';
import { UserError } from '../model/errors.ts';
import { serviceNamed } from '../model/lookup.ts';
import type { Service, State } from '../model/state.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { takeLock, type Lock } from '../store/lock.ts';
import { loadPart, loadState } from '../store/state.ts';
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

export type Opening = {
  /** Whether something may be changed. Then the lock is taken before the state is read, so that it cannot change meanwhile. */
  readonly write: boolean;
  /** The services whose part of the state is all that is needed at first; without it, everything is read. */
  readonly concerns?: readonly string[] | undefined;
};

/** Opens a session: the configuration, the database, the lock, the state. */
export async function openSession(options: CommonOptions, { write, concerns }: Opening): Promise<Session> {
  const config = readConfig(findDirectory(options.etc, process.env.CMANAGE_ETC));
  const { statePath, lockWait } = config.settings;
  const database = await openDatabase(statePath, { readOnly: !write });
  const lock = write ? await takeLock(database, statePath, lockWait) : null;
  const state = await (concerns ? loadPart(database.source, concerns) : loadState(database.source));
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

/** The service of a name. Where only a part of the state was read, it is not known which others there are. */
export function requireService(state: State, name: string): Service {
  const service = serviceNamed(state, name);
  if (service) return service;
  throw new UserError(`there is no service ${name}: see 'cmanage show services'`);
}
