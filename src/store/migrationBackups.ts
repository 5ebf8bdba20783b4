import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyDatabase } from './backup.ts';
import { migrations } from './migrations.ts';
import { stampOf } from './replace.ts';

/** How many copies are kept beside the database: the last ones. */
const kept = 3;

/**
 * Copies a database before migrations change it, beside it, with its schema (the last migration it has seen) and the time
 * in the name. Returns the copy's path.
 */
export async function backUpBeforeMigration(path: string, pending: readonly string[]): Promise<string> {
  const schema =
    migrations
      .map(({ name }) => name)
      .filter((name) => !pending.includes(name))
      .at(-1) ?? 'none';
  const backup = `${path}.schema-${schema}-${stampOf(new Date())}`;
  await copyDatabase(path, backup);
  for (const old of copiesOf(path).slice(0, -kept)) rmSync(old);
  return backup;
}

/** The copies of a database, the oldest first. */
function copiesOf(path: string): string[] {
  const timeOf = (name: string): string => name.slice(name.lastIndexOf('-') + 1);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.schema-`) && /-\d{8}T\d{9}Z$/.test(name))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .map((name) => join(dirname(path), name));
}
