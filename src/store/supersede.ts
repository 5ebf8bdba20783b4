import type { Database } from './database.ts';
import { append } from './events.ts';
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
  const [status, message] = ['done' as const, 'what it left was looked at anew'];
  const row = { status, message, finishedAt, finishedBy: by };
  await transaction(async () => {
    for (const operation of operations) {
      await source.getRepository(operationTable).update({ id: operation }, row);
      await append(source, { operation, kind: 'ended', ...by, status, message });
    }
  });
}
