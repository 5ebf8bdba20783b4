import { findDirectory, readConfig, type Config } from '../config/config.ts';
import type { Engine } from '../docker/engine.ts';
import type { Connection } from '../model/connection.ts';
import { LockedError, UserError } from '../model/errors.ts';
import { serviceNamed } from '../model/lookup.ts';
import { insteadOf } from '../model/nearest.ts';
import type { Service, State } from '../model/state.ts';
import { everything } from '../plan/beside.ts';
import type { OpenOperation } from '../plan/course.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { findUnderWay, openLocks, type Locks } from '../store/locks.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import { loadPart, loadState, readEnvironment } from '../store/state.ts';
import type { ChangeOptions, CommonOptions } from './options.ts';
import { openOwnLog } from './ownLog.ts';
import { warnOfPlain } from './warnOfPlain.ts';

/** The configuration, the open database and the state as one command sees them. */
export type Session = {
  readonly config: Config;
  readonly database: Database;
  readonly state: State;
  /** The fence that the state was read under: where it is another one now, an operation has begun since. */
  readonly fence: number;
  /** The operations of others that were under way then. */
  readonly underWay: readonly OpenOperation[];
  /** What is held by a command that changes something; null for those that only look. */
  readonly lock: Locks | null;
  /** Connects to a host's engine when it is first asked for, and once only. */
  readonly engineOf: (host: string) => Promise<Engine>;
  readonly close: () => Promise<void>;
};

export type Opening = {
  /** Whether something may be changed. */
  readonly write: boolean;
  /** The services whose part of the state is all that is needed at first; without it, everything is read. */
  readonly concerns?: readonly string[] | undefined;
};

export type LockOptions = CommonOptions & Pick<ChangeOptions, 'lockWait'>;

/**
 * Opens a session: the configuration, the database, the state. One that may change something has everything for itself, so that the
 * state cannot change meanwhile; commands that know what they need take less, by `inSession`.
 */
export async function openSession(options: LockOptions, opening: Opening): Promise<Session> {
  const session = await open(options, opening);
  try {
    await session.lock?.take([everything]);
    return { ...session, ...(await sight(session, opening)) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The state is another one than was read; the command runs again on that, with the locks it has by then. */
class StateMoved extends Error {
  override name = 'StateMoved';
}

/**
 * Runs a command that finds out what it needs. It begins without any lock; `secure` takes what it needs, and where the state moved
 * while that was waited for, the whole command runs again: its look-ups, its process, the rules and the differ.
 */
export async function inSession(
  options: LockOptions,
  opening: Opening,
  command: (session: Session) => Promise<number>,
): Promise<number> {
  const session = await open(options, opening);
  try {
    for (;;) {
      const now = { ...session, ...(await sight(session, opening)) };
      const code = await command(now).catch(unlessMoved);
      if (code !== null) return code;
    }
  } finally {
    await session.close();
  }
}

/** Null where the command is to run again. */
function unlessMoved(error: unknown): null {
  if (error instanceof StateMoved) return null;
  throw error;
}

/** Takes the locks that a command needs. A preview takes none. */
export async function secure(session: Session, locks: readonly string[]): Promise<void> {
  const { lock, database, state, fence } = session;
  if (!lock || lock.covers(locks)) return;
  await lock.take(locks);
  const now = await readEnvironment(database.source);
  if (now.revision !== state.revision || now.fence !== fence) throw new StateMoved();
}

/** Takes what others are changing, once they have ended, and has the command run again on what is there then. */
export async function waitForOthers({ lock }: Session, locks: readonly string[]): Promise<never> {
  if (!lock) {
    throw new LockedError('it depends on what others have under way. Try again when they have ended.');
  }
  if (lock.covers(locks)) throw new Error(`nobody else can be changing ${locks.join(', ')}`);
  await lock.take(locks);
  throw new StateMoved();
}

/**
 * Waits for the moment to begin an operation. Where others have begun since the state was read, what they do must be
 * looked at; the turn is kept then, so that this is the last time.
 */
export async function takeTurn({ lock, database, fence }: Session): Promise<Locks> {
  if (!lock) throw new Error('a plan is applied only under locks');
  await lock.takeTurn();
  if ((await readEnvironment(database.source)).fence !== fence) throw new StateMoved();
  return lock;
}

type Opened = Omit<Session, 'state' | 'fence' | 'underWay'>;

async function open(options: LockOptions, { write }: Opening): Promise<Opened> {
  const config = readConfig(findDirectory(options.etc, process.env.CMANAGE_ETC));
  const { statePath, lockWait } = config.settings;
  if (write) openOwnLog(options, config.settings);
  const database = await openDatabase(statePath, { readOnly: !write });
  const lock = write ? openLocks(database, statePath, options.lockWait ?? lockWait) : null;
  const engines = enginesOf(config.connection);
  const close = async (): Promise<void> => {
    await engines.close();
    await lock?.release();
    await database.source.destroy();
  };
  return { config, database, lock, engineOf: engines.engineOf, close };
}

/**
 * What there is. In this order nothing is missed: an operation that begins later has another fence, and one that ends
 * later is among those under way, and in the state too.
 */
async function sight(
  { database, config, lock }: Opened,
  { concerns }: Opening,
): Promise<Pick<Session, 'state' | 'fence' | 'underWay'>> {
  const { source } = database;
  const { fence } = await readEnvironment(source);
  const live = await findUnderWay(database, config.settings.statePath, lock);
  const underWay = live.size === 0 ? [] : (await readOpenOperations(source)).filter(({ id }) => live.has(id));
  // What others change may be anywhere.
  const part = concerns && underWay.length === 0 ? await loadPart(source, concerns) : null;
  // Which names a service that is not there may have meant is told by all of them.
  const isWhole = part !== null && concerns?.every((name) => serviceNamed(part, name) !== undefined);
  return { state: isWhole ? part : await loadState(source), fence, underWay };
}

/** Connects to each engine when it is first asked for, and once only; `close` ends what was connected. */
export function enginesOf(connection: Connection): {
  engineOf: Session['engineOf'];
  close: () => Promise<void>;
} {
  const engines = new Map<string, Promise<Engine>>();
  const connect = async (host: string): Promise<Engine> => {
    const found = connection.engines.find((engine) => engine.name === host);
    if (!found) throw new UserError(`host ${host} is not in hosts.yml: put it back`);
    warnOfPlain(found);
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
  return (
    serviceNamed(state, name) ??
    missingName(
      'service',
      name,
      state.services.map((row) => row.name),
    )
  );
}

/** Says that there is nothing of a kind by a name, which one may have been meant, and which command shows all there are. */
export function missingName(kind: string, name: string, known: readonly string[]): never {
  throw new UserError(
    `there is no ${kind} ${name}: ${insteadOf(name, known, `see 'cmanage show ${kind}s'`)}`,
  );
}

/** Says the same of a stage that rules.yml does not have. */
export function missingStage(stage: string, stages: readonly string[]): never {
  const remedy = insteadOf(stage, stages, `the stages of rules.yml are ${stages.join(', ')}`);
  throw new UserError(`there is no stage ${stage}: ${remedy}`);
}
