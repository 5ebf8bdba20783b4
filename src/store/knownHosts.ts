import type { Database } from './database.ts';
import { recordDeed, type Deed } from './deeds.ts';
import { hostTable } from './tables.ts';

/** Remembers the engine id of a host at first sight; returns the one remembered. */
export async function pinHost(database: Database, name: string, engineId: string): Promise<string> {
  const repository = database.source.getRepository(hostTable);
  const known = await repository.findOneBy({ name });
  if (known) return known.engineId;
  await database.transaction(() => repository.insert({ name, engineId }));
  return engineId;
}

/** Forgets the engine id of a host, so that the next one to answer is remembered. Returns whether there was one. */
export function forgetHost(database: Database, name: string, deed: Deed): Promise<boolean> {
  return database.transaction(async () => {
    const { affected } = await database.source.getRepository(hostTable).delete({ name });
    const wasKnown = (affected ?? 0) > 0;
    if (wasKnown) await recordDeed(database, deed);
    return wasKnown;
  });
}
