import type { DataSource } from 'typeorm';
import type { RowChange, StateChange } from '../model/change.ts';
import { UserError } from '../model/errors.ts';
import { completeService } from '../model/service.ts';
import { endpointOptions } from '../model/traffic.ts';
import type { Plan } from '../plan/step.ts';
import type { OperationRow } from './rows.ts';

/** An operation as a list shows it: everything but its plan, which may be large. */
export type Operation = Omit<OperationRow, 'plan' | 'fence'>;

type Selected = Omit<Operation, 'summary' | 'finishedBy'> & {
  readonly summary: string | null;
  readonly finishedBy: string | null;
};

const fields = `id, command, actor, reason, base_revision AS "baseRevision", status, message,
  started_at AS "startedAt", finished_at AS "finishedAt", revision, summary,
  finished_by AS "finishedBy"`;

/**
 * The operations in their order. Read from an index that leaves the plans out: 10,000 operations are a few megabytes,
 * and with their plans some hundred.
 */
export async function readOperations(source: DataSource): Promise<Operation[]> {
  const rows = await source.query<Selected[]>(
    `SELECT ${fields} FROM operation INDEXED BY operation_history ORDER BY id`,
  );
  return rows.map((row) => ({
    ...row,
    summary: parse(row.summary) as Operation['summary'],
    finishedBy: parse(row.finishedBy) as Operation['finishedBy'],
  }));
}

/** The plan of an operation, as it was made then. */
export async function readPlan(source: DataSource, operation: number): Promise<Plan> {
  const rows = await source.query<{ plan: string }[]>('SELECT plan FROM operation WHERE id = ?', [operation]);
  return parse(rows[0]?.plan ?? null) as Plan;
}

/** A change of the state that was recorded, and the operation that made it. */
export type Recorded = Pick<Operation, 'id' | 'command' | 'actor' | 'startedAt'> & {
  readonly revision: number;
  readonly change: StateChange;
};

/** How many changes are read at once: most rollbacks go back by one or two. */
const page = 20;

/** The changes that led to a revision, the newest first, without a gap: a change that is not there is a JournalGap. */
export async function* changesBackFrom(source: DataSource, revision: number): AsyncGenerator<Recorded> {
  for (let expected = revision; expected > 0;) {
    const rows = await source.query<(Omit<Recorded, 'change'> & { change: string | null })[]>(
      `SELECT id, command, actor, started_at AS "startedAt", revision,
         CASE WHEN json_valid(plan) THEN coalesce(json_extract(plan, '$.steps[#-1].change'),
           -- It is the last step, but for what is removed after it (--on-error commit-at-end).
           (SELECT json_extract(value, '$.change') FROM json_each(plan, '$.steps')
            WHERE json_extract(value, '$.kind') = 'commit_state')) END AS change
       FROM operation WHERE revision <= ? ORDER BY revision DESC LIMIT ${page}`,
      [expected],
    );
    if (rows.length === 0) throw journalLacks(expected);
    for (const row of rows) {
      const change = parse(row.change) as StateChange | null;
      if (row.revision !== expected || change === null) throw journalLacks(expected);
      expected -= 1;
      yield { ...row, change: complete(change) };
    }
  }
}

/** The journal begins later than it is asked for, or has a gap. */
export class JournalGap extends UserError {
  override name = 'JournalGap';
}

function journalLacks(revision: number): JournalGap {
  return new JournalGap(
    `the journal does not say what led to revision ${revision}: the state was imported or recovered there, or the journal was edited; go forward from here, or restore a backup of the state database`,
  );
}

/** What a column of the journal holds; what is no JSON was damaged. */
export function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('the state database is damaged: the journal has what is no JSON; restore a backup');
  }
}

/** Rows that an earlier cmanage recorded lack what was added since; they are completed as those of the state are. */
function complete(change: StateChange): StateChange {
  return {
    services: completed(change.services, completeService),
    stacks: change.stacks,
    containers: completed(change.containers, (row) => ({ ...{ created: null, links: {} }, ...row })),
    endpoints: completed(change.endpoints, (row) => ({
      ...row,
      options: endpointOptions((row as Partial<typeof row>).options ?? {}),
    })),
    edges: completed(change.edges, (row) => ({ ...{ drainLimit: null }, ...row })),
    externals: (change as Partial<StateChange>).externals ?? { removed: [], added: [] },
    retained: (change as Partial<StateChange>).retained ?? { removed: [], added: [] },
  };
}

function completed<Row>({ removed, added }: RowChange<Row>, fill: (row: Row) => Row): RowChange<Row> {
  return { removed: removed.map(fill), added: added.map(fill) };
}
