import type { Database } from './database.ts';
import { recordDeed, type Deed } from './deeds.ts';
import type { FreezeRow } from './rows.ts';
import { freezeTable } from './tables.ts';

/** What people have frozen. */
export function readFreezes({ source }: Database): Promise<FreezeRow[]> {
  return source.query<FreezeRow[]>('SELECT name, actor, since, reason FROM freeze ORDER BY name');
}

/** Freezes a name; gives the freeze that there was already, which stays as it is, or else null. */
export function freeze(database: Database, row: FreezeRow, deed: Deed): Promise<FreezeRow | null> {
  const repository = database.source.getRepository(freezeTable);
  return database.transaction(async () => {
    const known = await repository.findOneBy({ name: row.name });
    if (known) return known;
    await repository.insert(row);
    await recordDeed(database, deed);
    return null;
  });
}

/** Lifts a freeze; gives the one there was, or null. The deed is told of it. */
export function unfreeze(
  database: Database,
  name: string,
  deedOf: (was: FreezeRow) => Deed,
): Promise<FreezeRow | null> {
  const repository = database.source.getRepository(freezeTable);
  return database.transaction(async () => {
    const known = await repository.findOneBy({ name });
    if (!known) return null;
    await repository.delete({ name });
    await recordDeed(database, deedOf(known));
    return known;
  });
}
