import { LockedError } from '../model/errors.ts';
import { everything } from '../plan/beside.ts';
import type { Database } from './database.ts';
import { append } from './events.ts';
import {
  isLockHeld,
  lockDirectory,
  replaceLockFile,
  takeLockFile,
  type LockFile,
  type Sharing,
} from './lockFile.ts';
import { lockTable, operationTable } from './tables.ts';

/** The names that one command holds, until `release` or the death of its process. */
export type Locks = {
  /** What it holds alone. */
  readonly names: () => readonly string[];
  readonly covers: (names: readonly string[]) => boolean;
  /**
   * Takes these names beside those it has; in one order, so that no two commands wait for each other. What it has is let go
   * while it waits: whatever was read before it has to be looked at again. A LockedError says who has a name that is not free in time.
   */
  readonly take: (names: readonly string[]) => Promise<void>;
  /** Waits until no other command is just beginning an operation: what is seen then is what it begins beside. */
  readonly takeTurn: () => Promise<void>;
  readonly endTurn: () => Promise<void>;
  readonly release: () => Promise<void>;
};

/** The name of the moment in which an operation begins. */
const turn = 'turn';

/** Milliseconds in which others have surely begun: what they do in their turn asks load balancers at most. */
const turnWait = 30_000;

/** Holds nothing yet. It waits for the names of others `wait` seconds, all in all. */
export function openLocks(database: Database, statePath: string, wait: number): Locks {
  const directory = lockDirectory(statePath);
  const held = new Map<string, LockFile>();
  let ownTurn: LockFile | null = null;
  let left = wait * 1000;
  let isAlone = false;
  const names = (): string[] => [...held.keys()].filter((name) => name !== everything || isAlone);
  const covers = (wanted: readonly string[]): boolean => isAlone || wanted.every((name) => held.has(name));

  const letGo = async (): Promise<void> => {
    const files = [...held.values()];
    held.clear();
    isAlone = false;
    for (const file of files) await file.release();
  };
  const endTurn = async (): Promise<void> => {
    await ownTurn?.release();
    ownTurn = null;
  };
  const takeOne = async (name: string, sharing: Sharing): Promise<void> => {
    const started = performance.now();
    const file = await takeLockFile(directory, name, sharing, left);
    left = Math.max(0, left - (performance.now() - started));
    if (!file) throw new LockedError(await describeHolder(database, name, wait, sharing));
    held.set(name, file);
  };
  const takeAll = async (wanted: readonly string[]): Promise<void> => {
    if (!wanted.includes(everything)) {
      await takeOne(everything, 'shared');
      for (const name of wanted) await takeOne(name, 'exclusive');
      return;
    }
    await takeOne(everything, 'exclusive');
    await refuseBesideForced(database, directory, wait);
    isAlone = true;
  };

  return {
    names,
    covers,
    take: async (wanted) => {
      if (covers(wanted)) return;
      const all = [...new Set([...names(), ...wanted])].sort();
      // Whoever has what is waited for may need the turn to come to its end.
      await endTurn();
      await letGo();
      try {
        await takeAll(all);
      } catch (error) {
        await letGo();
        throw error;
      }
    },
    takeTurn: async () => {
      ownTurn ??= await takeLockFile(directory, turn, 'exclusive', turnWait);
      if (!ownTurn) {
        const fact = `another cmanage has been about to begin for ${turnWait / 1000} s`;
        throw new LockedError(`${fact}; try again, or end that process, which 'lslocks' shows.`);
      }
      if ([...held.values(), ownTurn].every((file) => file.isCurrent())) return;
      throw new LockedError('its locks were taken away by force. Nothing was changed; try again.');
    },
    endTurn,
    release: async () => {
      await endTurn();
      await letGo();
    },
  };
}

/**
 * Where somebody's locks were taken away by force, others may go on that share the old file of `everything`, and so do not
 * keep anybody from the new one.
 */
async function refuseBesideForced(database: Database, directory: string, wait: number): Promise<void> {
  const rows = await database.source.getRepository(lockTable).find();
  for (const { name } of rows) {
    // The one of everything is ours by now, whoever died with it.
    if (name === everything || !(await isLockHeld(directory, name))) continue;
    throw new LockedError(await describeHolder(database, name, wait));
  }
}

/** A name that an operation holds, and who began that when and why. */
export type HeldLock = {
  readonly name: string;
  readonly operation: number;
  readonly command: string;
  readonly actor: string;
  readonly since: string;
  readonly reason: string | null;
};

/** The names held by operations that are under way. */
export async function readHeldLocks(database: Database, statePath: string): Promise<HeldLock[]> {
  const underWay = await findUnderWay(database, statePath, null);
  const rows = await database.source.query<HeldLock[]>(
    `SELECT lock.name AS name, operation.id AS operation, command, actor, started_at AS since, reason
     FROM lock JOIN operation ON operation.id = lock.operation ORDER BY lock.name`,
  );
  return rows.filter(({ operation }) => underWay.has(operation));
}

/**
 * Takes the names of an operation away whose process hangs, and records it as unfinished. The files go first: were it cut short in
 * between, the operation would count as one whose process died. What keeps that process from going on is the fence.
 */
export async function takeAwayLocks(
  database: Database,
  statePath: string,
  operation: number,
  message: string,
): Promise<void> {
  const directory = lockDirectory(statePath);
  const { source, transaction } = database;
  const rows = await source.getRepository(lockTable).findBy({ operation });
  for (const { name } of rows) replaceLockFile(directory, name);
  // It shares this one, which would keep out whoever wants everything.
  replaceLockFile(directory, everything);
  await transaction(async () => {
    const status = 'unfinished';
    const taken = await source
      .getRepository(operationTable)
      .update({ id: operation, status: 'running' }, { status, message });
    await source.getRepository(lockTable).delete({ operation });
    // It may have come to its end meanwhile.
    if (taken.affected !== 0) await append(source, { operation, kind: 'died', status, message });
  });
}

/**
 * The operations that are under way: their process lives, and holds their names. Of a name that we hold ourselves, no
 * other process is the holder.
 */
export async function findUnderWay(
  { source }: Database,
  statePath: string,
  own: Pick<Locks, 'covers'> | null,
): Promise<ReadonlySet<number>> {
  const rows = await source.getRepository(lockTable).find();
  const lost = new Set(rows.filter(({ name }) => own?.covers([name])).map(({ operation }) => operation));
  const directory = lockDirectory(statePath);
  const underWay = new Set<number>();
  for (const { operation, name } of rows) {
    if (underWay.has(operation) || lost.has(operation)) continue;
    if (await isLockHeld(directory, name)) underWay.add(operation);
  }
  return underWay;
}

/** What a name stands for, in words. */
export function textOfLock(name: string): string {
  if (name === everything) return 'everything';
  const [kind, object = ''] = name.split(':');
  return kind === 'balancer' ? `load balancer ${object}` : `service ${object}`;
}

type Holder = {
  readonly id: number;
  readonly command: string;
  readonly actor: string;
  readonly startedAt: string;
  readonly name: string;
};

/** Who keeps a name from being taken. `everything` is kept from those who want it alone by whoever has anything. */
async function describeHolder(
  { source }: Database,
  name: string,
  wait: number,
  sharing: Sharing = 'exclusive',
): Promise<string> {
  const anyName = name === everything && sharing === 'exclusive';
  const [holder] = await source.query<Holder[]>(
    `SELECT id, command, actor, started_at AS "startedAt", lock.name AS name
     FROM lock JOIN operation ON operation.id = lock.operation
     WHERE operation.status = 'running' AND (lock.name = ? OR ?) ORDER BY lock.name = ? DESC, id LIMIT 1`,
    [name, anyName, name],
  );
  const waited = `it was waited for ${wait} s. Try again when it has ended`;
  if (!holder) {
    const wants = sharing === 'shared' ? 'wants to have' : 'is about to change';
    return `another cmanage ${wants} ${textOfLock(name)}; ${waited}.`;
  }
  const { id, command, actor, startedAt } = holder;
  const fact = `operation ${id} (${command}) by ${actor} has held ${textOfLock(holder.name)} since ${startedAt}`;
  return `${fact}; ${waited}; where its process hangs, take its locks away by 'cmanage unlock --operation ${id}'.`;
}
