import type { Database } from './database.ts';
import type { TakenUp } from './rows.ts';
import { operationTable } from './tables.ts';

/**
 * Ends operations that mended something and did not come to their end: what they left is looked at anew by whoever gives this, who
 * holds the lock.
 */
export async function supersede(
  { source, transaction }: Database,
  operations: readonly number[],
  by: TakenUp,
): Promise<void> {
  if (operations.length === 0) return;
  const finishedAt = new Date().toISOString();
  const row = {
    status: 'done' as const,
    message: 'what it left was looked at anew',
    finishedAt,
    finishedBy: by,
  };
  await transaction(() =>
    Promise.all(operations.map((id) => source.getRepository(operationTable).update({ id }, row))),
  );
}
