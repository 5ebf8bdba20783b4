import { randomBytes, randomUUID } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { AppendOnly1764400000000 } from './appendOnly.ts';

/**
 * The history of the schema. A migration that has landed is never edited; the next change is a new class at the end
 * of the list. Foreign keys are checked at commit, because a change replaces rows that others still point at.
 */
export class Initial1763600000000 implements MigrationInterface {
  name = 'Initial1763600000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of initialSchema) await runner.query(statement);
    await runner.query(`INSERT INTO environment (id, revision, fence) VALUES ('${randomUUID()}', 0, 0)`);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('the first schema is not undone; restore a backup instead'));
  }
}

const initialSchema = [
  `CREATE TABLE environment (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, fence INTEGER NOT NULL)`,
  `CREATE TABLE host (name TEXT PRIMARY KEY, engine_id TEXT NOT NULL)`,
  `CREATE TABLE service (
     name TEXT PRIMARY KEY, image TEXT NOT NULL, pull TEXT NOT NULL, settings TEXT NOT NULL,
     next_stack INTEGER NOT NULL)`,
  `CREATE TABLE stack (
     name TEXT PRIMARY KEY,
     service TEXT NOT NULL REFERENCES service(name) DEFERRABLE INITIALLY DEFERRED,
     host TEXT NOT NULL, next_container INTEGER NOT NULL)`,
  `CREATE INDEX stack_service ON stack(service)`,
  `CREATE TABLE container (
     name TEXT PRIMARY KEY,
     stack TEXT NOT NULL REFERENCES stack(name) DEFERRABLE INITIALLY DEFERRED,
     position INTEGER NOT NULL CHECK (position >= 0),
     version TEXT NOT NULL, digest TEXT NOT NULL,
     host_port INTEGER NOT NULL CHECK (host_port BETWEEN 1 AND 65535),
     UNIQUE (stack, position))`,
  `CREATE TABLE endpoint (
     name TEXT PRIMARY KEY,
     service TEXT NOT NULL REFERENCES service(name) DEFERRABLE INITIALLY DEFERRED,
     stage TEXT NOT NULL, pointer INTEGER NOT NULL,
     port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535), address TEXT, url TEXT)`,
  `CREATE INDEX endpoint_service ON endpoint(service)`,
  `CREATE TABLE edge (
     endpoint TEXT NOT NULL REFERENCES endpoint(name) DEFERRABLE INITIALLY DEFERRED,
     parent TEXT NOT NULL REFERENCES service(name) DEFERRABLE INITIALLY DEFERRED,
     child TEXT NOT NULL REFERENCES service(name) DEFERRABLE INITIALLY DEFERRED,
     position INTEGER, PRIMARY KEY (endpoint, parent, child))`,
  `CREATE TABLE operation (
     id INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT,
     base_revision INTEGER NOT NULL, fence INTEGER NOT NULL, status TEXT NOT NULL, plan TEXT NOT NULL,
     message TEXT, started_at TEXT NOT NULL, finished_at TEXT)`,
  `CREATE TABLE step (
     operation INTEGER NOT NULL REFERENCES operation(id), seq INTEGER NOT NULL,
     kind TEXT NOT NULL, host TEXT NOT NULL, object TEXT NOT NULL, status TEXT NOT NULL, result TEXT,
     started_at TEXT, finished_at TEXT, PRIMARY KEY (operation, seq))`,
];

/** Service trees, saved plans, versions ordered by the age of their images, and look-ups that do not read everything. */
export class WholeModel1763700000000 implements MigrationInterface {
  name = 'WholeModel1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    const key = randomBytes(32).toString('hex');
    await runner.query(`ALTER TABLE container ADD COLUMN created TEXT`);
    await runner.query(`ALTER TABLE environment ADD COLUMN plan_key TEXT NOT NULL DEFAULT ''`);
    await runner.query(`UPDATE environment SET plan_key = '${key}'`);
    await runner.query(`CREATE INDEX stack_host ON stack(host)`);
    await runner.query(`CREATE INDEX edge_parent ON edge(parent)`);
    await runner.query(`CREATE INDEX edge_child ON edge(child)`);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

/**
 * Links between services, external services, and how endpoints are served. A child in a tree may be an external
 * service, so that the edge's foreign key to services goes; SQLite drops one only with its table.
 */
export class Traffic1763800000000 implements MigrationInterface {
  name = 'Traffic1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of trafficSchema) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const trafficSchema = [
  `ALTER TABLE service ADD COLUMN traffic TEXT NOT NULL DEFAULT '{}'`,
  `ALTER TABLE container ADD COLUMN links TEXT NOT NULL DEFAULT '{}'`,
  `ALTER TABLE endpoint ADD COLUMN options TEXT NOT NULL DEFAULT '{}'`,
  `CREATE TABLE external (
     name TEXT PRIMARY KEY, mode TEXT NOT NULL, targets TEXT NOT NULL, health_path TEXT)`,
  `CREATE TABLE edge_next (
     endpoint TEXT NOT NULL REFERENCES endpoint(name) DEFERRABLE INITIALLY DEFERRED,
     parent TEXT NOT NULL REFERENCES service(name) DEFERRABLE INITIALLY DEFERRED,
     child TEXT NOT NULL, position INTEGER, drain_limit INTEGER, PRIMARY KEY (endpoint, parent, child))`,
  `INSERT INTO edge_next (endpoint, parent, child, position)
     SELECT endpoint, parent, child, position FROM edge`,
  `DROP TABLE edge`,
  `ALTER TABLE edge_next RENAME TO edge`,
  `CREATE INDEX edge_parent ON edge(parent)`,
  `CREATE INDEX edge_child ON edge(child)`,
];

/**
 * The history: which revision an operation led to, and what it did in short. The column `plan` may be large, so that a
 * list of operations is read from an index that has everything but that.
 */
export class History1763900000000 implements MigrationInterface {
  name = 'History1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of historySchema) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const historySchema = [
  `ALTER TABLE operation ADD COLUMN revision INTEGER`,
  `ALTER TABLE operation ADD COLUMN summary TEXT`,
  // Nothing begins at a revision that has passed, so of several operations at one revision the last one led on from it.
  `UPDATE operation SET revision = base_revision + 1
     WHERE base_revision < (SELECT revision FROM environment) AND id IN (
       SELECT max(id) FROM operation
       WHERE CASE WHEN json_valid(plan) THEN json_extract(plan, '$.steps[#-1].kind') END = 'commit_state'
       GROUP BY base_revision)`,
  `CREATE UNIQUE INDEX operation_revision ON operation(revision) WHERE revision IS NOT NULL`,
  `CREATE INDEX operation_history ON operation(
     id, command, actor, reason, base_revision, status, message, started_at, finished_at, revision, summary)`,
];

/** Popped containers that are kept for a rollback, and the setting of a service that keeps them. */
export class Retention1764000000000 implements MigrationInterface {
  name = 'Retention1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of retentionSchema) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const retentionSchema = [
  `ALTER TABLE service ADD COLUMN retention TEXT`,
  `CREATE TABLE retained (
     name TEXT PRIMARY KEY,
     stack TEXT NOT NULL REFERENCES stack(name) DEFERRABLE INITIALLY DEFERRED,
     position INTEGER NOT NULL CHECK (position >= 0),
     version TEXT NOT NULL, digest TEXT NOT NULL, created TEXT,
     host_port INTEGER NOT NULL CHECK (host_port BETWEEN 1 AND 65535),
     links TEXT NOT NULL, since INTEGER NOT NULL, retained_at INTEGER NOT NULL,
     warm INTEGER NOT NULL CHECK (warm IN (0, 1)))`,
  `CREATE INDEX retained_stack ON retained(stack)`,
];

/** How the containers of a service come and go. */
export class Rolling1764100000000 implements MigrationInterface {
  name = 'Rolling1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE service ADD COLUMN rolling TEXT NOT NULL DEFAULT '{}'`);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

/**
 * Unfinished operations are taken up: who did, also in the index of the history, and an index to find them by, because every
 * change looks for them.
 */
export class TakeUp1764200000000 implements MigrationInterface {
  name = 'TakeUp1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of takeUpSchema) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const takeUpSchema = [
  `ALTER TABLE operation ADD COLUMN finished_by TEXT`,
  `DROP INDEX operation_history`,
  `CREATE INDEX operation_history ON operation(
     id, command, actor, reason, base_revision, status, message, started_at, finished_at, revision, summary,
     finished_by)`,
  `CREATE INDEX operation_open ON operation(id) WHERE status IN ('running', 'unfinished')`,
];

/** Which operation holds which names under which fence, and what people have frozen. */
export class Locks1764300000000 implements MigrationInterface {
  name = 'Locks1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of locksSchema) await runner.query(statement);
  }

  async down(): Promise<void> {
    return Promise.reject(new Error('this is not undone; restore the backup that was made before it'));
  }
}

const locksSchema = [
  `CREATE TABLE lock (
     name TEXT PRIMARY KEY, fence INTEGER NOT NULL, operation INTEGER NOT NULL REFERENCES operation(id))`,
  `CREATE TABLE freeze (name TEXT PRIMARY KEY, actor TEXT NOT NULL, since TEXT NOT NULL, reason TEXT NOT NULL)`,
];

export const migrations = [
  Initial1763600000000,
  WholeModel1763700000000,
  Traffic1763800000000,
  History1763900000000,
  Retention1764000000000,
  Rolling1764100000000,
  TakeUp1764200000000,
  Locks1764300000000,
  AppendOnly1764400000000,
];
