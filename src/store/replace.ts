import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../model/errors.ts';
import { copyDatabase, syncFile } from './backup.ts';
import { examineDatabase } from './examine.ts';

/**
 * Puts a copy of another database file in the place of a state database, in one step, and keeps the one that was there
 * beside it. To be called under the lock. Returns where the replaced one is, or null where there was none.
 */
export async function replaceDatabase(path: string, from: string, at: Date): Promise<string | null> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const coming = `${path}.restoring`;
  rmSync(coming, { force: true });
  await copyDatabase(from, coming);
  await examineDatabase(coming);
  const aside = existsSync(path) ? `${path}.replaced-${stampOf(at)}` : null;
  if (aside !== null) keepAside(path, aside);
  renameSync(coming, path);
  syncFile(dirname(path));
  return aside;
}

/** What SQLite has written down for the old file must never be applied to the new one. */
function keepAside(path: string, aside: string): void {
  if (existsSync(aside)) throw new UserError(`${aside} exists already: move it away, and try again`);
  linkSync(path, aside);
  if (existsSync(`${path}-journal`)) renameSync(`${path}-journal`, `${aside}-journal`);
}

/** A time that can stand in the name of a file, in UTC, to the millisecond: `20261121T113000123Z`. */
export function stampOf(at: Date): string {
  return at.toISOString().replace(/[-:.]/g, '');
}
