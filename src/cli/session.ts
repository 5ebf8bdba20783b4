import { findDirectory, readConfig, type Config } from '../config/config.ts';
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
  readonly close: () => Promise<void>;
};

/** Opens a session. With `write`, the lock is taken before the state is read, so that it cannot change meanwhile. */
export async function openSession(options: CommonOptions, { write }: { write: boolean }): Promise<Session> {
  const config = readConfig(findDirectory(options.etc, process.env.CMANAGE_ETC));
  const { statePath, lockWait } = config.settings;
  const database = await openDatabase(statePath, { readOnly: !write });
  const lock = write ? await takeLock(database, statePath, lockWait) : null;
  const state = await loadState(database.source);
  const close = async (): Promise<void> => {
    await lock?.release();
    await database.source.destroy();
  };
  return { config, database, state, lock, close };
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
