import type { Database } from './database.ts';
import { append } from './events.ts';
import type { OperationStart } from './journal.ts';
import { readEnvironment } from './state.ts';
import { operationTable } from './tables.ts';

/** What somebody did to the state database that needs no plan: a freeze, its end, another engine that is accepted. */
export type Deed = Pick<OperationStart, 'command' | 'actor' | 'reason'> & {
  /** The services it is about; none where it is about all. */
  readonly services: readonly string[];
  /** What came of it. */
  readonly message: string;
};

/** Records a deed in the history, as an operation without steps that has come to its end. To be called in the deed's transaction. */
export async function recordDeed({ source }: Database, deed: Deed): Promise<void> {
  const { services, ...told } = deed;
  const { revision: baseRevision, fence } = await readEnvironment(source);
  const now = new Date().toISOString();
  const row = {
    ...{ ...told, baseRevision, fence, status: 'done' as const },
    ...{ plan: { steps: [], pivot: 0 }, summary: services.map((service) => ({ service, changes: [] })) },
    ...{ startedAt: now, finishedAt: now, revision: null, finishedBy: null },
  };
  const { identifiers } = await source.getRepository(operationTable).insert(row);
  const operation = identifiers[0]?.id as number;
  const { actor, command, message } = deed;
  await append(source, { operation, kind: 'begun', actor, command });
  await append(source, { operation, kind: 'ended', status: 'done', message });
}
