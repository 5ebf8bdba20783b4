import { createHash } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import type { OperationStatus } from './rows.ts';

/**
 * What happened to operations, as a chain: each event carries the digest of the one before it and of what the journal said
 * then, so that whoever edits, removes or slips in something of the past has to make all that follows anew, and the last digest with
 * it. Triggers in the database refuse it besides (migrations.ts). How it is checked stands in docs/history.md.
 */
export type Happening = {
  readonly operation: number;
  readonly kind: 'begun' | 'taken-up' | 'died' | 'ended';
  /** Who began it or took it up, and by which command. */
  readonly actor?: string;
  readonly command?: string;
  /** How it ended, and why not well. */
  readonly status?: OperationStatus;
  readonly message?: string | null;
  /** The digest of the rules it was judged by. */
  readonly rules?: string | null;
};

/** An event as the database has it. */
export type EventRow = {
  readonly seq: number;
  readonly operation: number;
  /** ISO 8601, UTC: when it was recorded. */
  readonly at: string;
  readonly kind: Happening['kind'];
  readonly actor: string | null;
  readonly command: string | null;
  readonly status: OperationStatus | null;
  readonly message: string | null;
  readonly rules: string | null;
  /** The digest of what the journal said of the operation then. */
  readonly content: string;
  /** The digest of this event and of the chain before it. */
  readonly chain: string;
};

/** What queries are sent to: a connection, or a migration that is under way. */
export type Queries = Pick<DataSource | QueryRunner, 'query'>;

/** The rules that an operation is judged by: the text of rules.yml (null: there is none), and the cmanage whose defaults fill it up. */
export type RulesInForce = { readonly cmanage: string; readonly text: string | null };

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function digestOfRules({ cmanage, text }: RulesInForce): string {
  return sha256(JSON.stringify(['cmanage rules', cmanage, text]));
}

/** Keeps the text of the rules once, however many operations are judged by it, and gives its digest. */
export async function keepRules(source: Queries, rules: RulesInForce): Promise<string> {
  const digest = digestOfRules(rules);
  await source.query('INSERT INTO rules (digest, cmanage, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [
    ...[digest, rules.cmanage, rules.text],
  ]);
  return digest;
}

/** Appends an event to the chain; to be called in the transaction that records what happened, after it is recorded. */
export async function append(source: Queries, happening: Happening): Promise<void> {
  const last = await query<Pick<EventRow, 'seq' | 'chain'>>(
    source,
    'SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1',
  );
  const { operation, kind } = happening;
  const event = {
    ...{ seq: (last[0]?.seq ?? 0) + 1, operation, at: new Date().toISOString(), kind },
    ...{ actor: happening.actor ?? null, command: happening.command ?? null },
    ...{ status: happening.status ?? null, message: happening.message ?? null },
    ...{ rules: happening.rules ?? null, content: await contentOf(source, operation, kind) },
  };
  const values = Object.values({ ...event, chain: chainOf(last[0]?.chain ?? '', event) });
  await source.query(
    `INSERT INTO event (seq, operation, at, kind, actor, command, status, message, rules, content, chain)
     VALUES (${values.map(() => '?').join(', ')})`,
    values,
  );
}

/** The digest of an event on top of the chain before it. */
export function chainOf(previous: string, event: Omit<EventRow, 'chain'>): string {
  const { seq, operation, at, kind, actor, command, status, message, rules, content } = event;
  return sha256(
    JSON.stringify([
      ...[
        'cmanage event',
        previous,
        seq,
        operation,
        at,
        kind,
        actor,
        command,
        status,
        message,
        rules,
        content,
      ],
    ]),
  );
}

const asBegun = 'id, command, actor, reason, base_revision, plan, summary, started_at';
const asEnded = 'id, status, message, finished_at, revision, finished_by';

/**
 * The digest of what an operation's rows say: at its beginning, what was asked and planned; later on, how it went. Each column is
 * taken as the database has it, so that nothing is lost by reading it.
 */
export async function contentOf(
  source: Queries,
  operation: number,
  kind: Happening['kind'],
): Promise<string> {
  const [columns, ofSteps] =
    kind === 'begun'
      ? [asBegun, 'seq, kind, host, object']
      : [asEnded, 'seq, status, result, started_at, finished_at'];
  const rows = await query(source, `SELECT ${columns} FROM operation WHERE id = ?`, [operation]);
  const steps = await query(source, `SELECT ${ofSteps} FROM step WHERE operation = ? ORDER BY seq`, [
    ...[operation],
  ]);
  return sha256(
    JSON.stringify(
      [rows, steps].map((list) => list.map((row) => Object.values(row as Record<string, unknown>))),
    ),
  );
}

/** The rows that a statement gives. TypeORM's type for the queries of a migration does not say that it gives any. */
export async function query<Row extends object>(
  source: Queries,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const rows: unknown = await source.query(statement, [...parameters]);
  return rows as readonly Row[];
}
