import type { DataSource } from 'typeorm';
import type { OpenOperation, StepStatus } from '../plan/course.ts';
import type { Plan } from '../plan/step.ts';
import type { OperationSummary } from '../plan/summary.ts';
import { parse } from './history.ts';
import type { StepRow } from './rows.ts';

type Row = Omit<OpenOperation, 'plan' | 'statuses' | 'services'> & {
  readonly plan: string;
  readonly summary: string | null;
};

/**
 * The operations that have not come to their end, the oldest first, with their plans. To whoever holds the lock these are
 * all unfinished; to others, the last one may be under way. There are few, and an index finds them among all.
 */
export async function readOpenOperations(source: DataSource): Promise<OpenOperation[]> {
  const rows = await source.query<Row[]>(
    `SELECT id, command, actor, started_at AS "startedAt", status, base_revision AS "baseRevision", revision, plan, summary
     FROM operation WHERE status IN ('running', 'unfinished') ORDER BY id`,
  );
  return Promise.all(
    rows.map(async ({ plan, summary, ...row }) => ({
      ...row,
      plan: parse(plan) as Plan,
      services: (parse(summary) as OperationSummary | null)?.map(({ service }) => service) ?? null,
      statuses: await readStatuses(source, row.id),
    })),
  );
}

async function readStatuses(source: DataSource, operation: number): Promise<Map<number, StepStatus>> {
  return new Map((await readSteps(source, operation)).map(({ seq, status }) => [seq, status]));
}

/** What some operations had in their hands, as `OPERATION HOST OBJECT`; nothing of those that the journal does not have. */
export async function readHandled(source: DataSource, operations: Iterable<number>): Promise<Set<string>> {
  const rows = await source.query<{ handled: string }[]>(
    `SELECT DISTINCT operation || ' ' || host || ' ' || object AS handled FROM step
     WHERE operation IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...operations])],
  );
  return new Set(rows.map(({ handled }) => handled));
}

/** The steps of an operation, in their order; none where there is no such operation. */
export function readSteps(source: DataSource, operation: number): Promise<Omit<StepRow, 'operation'>[]> {
  return source.query<Omit<StepRow, 'operation'>[]>(
    `SELECT seq, kind, host, object, status, result, started_at AS "startedAt", finished_at AS "finishedAt"
     FROM step WHERE operation = ? ORDER BY seq`,
    [operation],
  );
}
