import type { MigrationInterface, QueryRunner } from 'typeorm';
import { append, query } from './events.ts';
import type { OperationStatus } from './rows.ts';

/**
 * The history is append-only: what is past is refused to be changed or removed, and a chain of digests shows whether it was
 * nevertheless (events.ts). What was there already is taken into the chain as it was found.
 */
export class AppendOnly1764400000000 implements MigrationInterface {
  name = 'AppendOnly1764400000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of eventSchema) await runner.query(statement);
    const operations = await query<{ id: number; actor: string; command: string; status: OperationStatus }>(
      runner,
      'SELECT id, actor, command, status FROM operation ORDER BY id',
    );
    for (const { id, actor, command, status } of operations) {
      await append(runner, { operation: id, kind: 'begun', actor, command });
      if (status !== 'running') await append(runner, { operation: id, kind: 'ended', status });
    }
    for (const statement of appendOnly) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const eventSchema = [
  `CREATE TABLE rules (digest TEXT PRIMARY KEY, cmanage TEXT NOT NULL, text TEXT)`,
  `CREATE TABLE event (
     seq INTEGER PRIMARY KEY, operation INTEGER NOT NULL REFERENCES operation(id), at TEXT NOT NULL,
     kind TEXT NOT NULL, actor TEXT, command TEXT, status TEXT, message TEXT,
     rules TEXT REFERENCES rules(digest), content TEXT NOT NULL, chain TEXT NOT NULL)`,
  `CREATE INDEX event_operation ON event(operation)`,
];

const refuse = (what: string): string =>
  `BEGIN SELECT RAISE(ABORT, 'the history is append-only: ${what}'); END`;
const hasEnded = `IN ('done', 'undone')`;

const appendOnly = [
  ...['operation', 'step', 'event', 'rules'].map(
    (table) =>
      `CREATE TRIGGER ${table}_stays BEFORE DELETE ON ${table} ${refuse('nothing is removed from it')}`,
  ),
  ...['event', 'rules'].map(
    (table) =>
      `CREATE TRIGGER ${table}_past BEFORE UPDATE ON ${table} ${refuse('what is recorded stays as it is')}`,
  ),
  `CREATE TRIGGER operation_past
     BEFORE UPDATE OF id, command, actor, reason, base_revision, plan, summary, started_at ON operation
     ${refuse('what was asked and planned stays as it is')}`,
  `CREATE TRIGGER operation_revision_past BEFORE UPDATE OF revision ON operation
     WHEN OLD.revision IS NOT NULL AND NEW.revision IS NOT OLD.revision
     ${refuse('the revision that an operation led to stays as it is')}`,
  `CREATE TRIGGER operation_ended BEFORE UPDATE ON operation WHEN OLD.status ${hasEnded}
     ${refuse('an operation that has ended stays as it is')}`,
  `CREATE TRIGGER step_past BEFORE UPDATE OF operation, seq, kind, host, object ON step
     ${refuse('what was planned stays as it is')}`,
  ...[
    ['added', 'INSERT', 'NEW'],
    ['ended', 'UPDATE', 'OLD'],
  ].map(
    ([name, change, row]) => `CREATE TRIGGER step_${name} BEFORE ${change} ON step
     WHEN (SELECT status FROM operation WHERE id = ${row}.operation) ${hasEnded}
     ${refuse('an operation that has ended stays as it is')}`,
  ),
];
