import type { Database } from './database.ts';
import type { FreezeRow } from './rows.ts';
import { freezeTable } from './tables.ts';

/** What people have frozen. */
export function readFreezes({ source }: Database): Promise<FreezeRow[]> {
  return source.query<FreezeRow[]>('SELECT name, actor, since, reason FROM freeze ORDER BY name');
}

/** Freezes a name; gives the freeze that there was already, which stays as it is, or else null. */
export function freeze(database: Database, row: FreezeRow): Promise<FreezeRow | null> {
  const repository = database.source.getRepository(freezeTable);
  return database.transaction(async () => {
    const known = await repository.findOneBy({ name: row.name });
    if (!known) await repository.insert(row);
    return known;
  });
}

/** Lifts a freeze; gives the one there was, or null. */
export function unfreeze(database: Database, name: string): Promise<FreezeRow | null> {
  const repository = database.source.getRepository(freezeTable);
  return database.transaction(async () => {
    const known = await repository.findOneBy({ name });
    if (known) await repository.delete({ name });
    return known;
  });
}
