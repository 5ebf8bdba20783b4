import { LockedError } from '../model/errors.ts';
import { everything, serviceLock } from '../plan/beside.ts';
import type { Database } from '../store/database.ts';
import { readFreezes } from '../store/freezes.ts';
import { textOfLock } from '../store/locks.ts';
import { momentOf } from '../report/moments.ts';

/** Refuses what is about something that a person has frozen. */
export async function refuseFrozen(database: Database, services: readonly string[]): Promise<void> {
  const freezes = await readFreezes(database);
  if (freezes.length === 0) return;
  const needed = new Set([everything, ...services.map(serviceLock)]);
  const freeze = freezes.find(({ name }) => needed.has(name));
  if (!freeze) return;
  const { name, actor, since, reason } = freeze;
  const command = name === everything ? 'cmanage unlock' : `cmanage unlock ${name.split(':')[1] ?? ''}`;
  throw new LockedError(
    `${textOfLock(name)} was frozen by ${actor} at ${momentOf(since)}: ${reason}. Nothing was changed; the freeze is lifted by '${command}'.`,
  );
}
