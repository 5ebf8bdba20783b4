import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findDirectory, readSettings, type Settings } from '../../config/config.ts';
import { UserError } from '../../model/errors.ts';
import { everything } from '../../plan/beside.ts';
import { lostText } from '../../report/lost.ts';
import { renderAs } from '../../report/table.ts';
import { copyDatabase } from '../../store/backup.ts';
import { aloneWith, demandDatabase, openDatabase } from '../../store/database.ts';
import { examineDatabase, type Examined, type ExaminedOperation } from '../../store/examine.ts';
import { openLocks, type Locks } from '../../store/locks.ts';
import { replaceDatabase } from '../../store/replace.ts';
import { exitCode } from '../exit.ts';
import type { CommonOptions } from '../options.ts';
import { openOwnLog } from '../ownLog.ts';

/** `cmanage backup`: a copy of the state database, whoever is writing to it meanwhile. */
export async function backup(file: string, options: CommonOptions): Promise<number> {
  const { statePath } = settingsFor(options);
  demandDatabase(statePath);
  await copyDatabase(statePath, file);
  const { environment, revision, operations } = await examineDatabase(file);
  const data = { file: resolve(file), environment, revision, bytes: statSync(file).size };
  const under = operations.filter(({ status }) => status === 'running').map(({ id }) => id);
  const text = [
    `${file}: the state database at revision ${revision}, ${data.bytes} bytes, examined and sound`,
    ...under.map((id) => `operation ${id} counted as running at that moment`),
  ];
  console.log(renderAs(options.output, { ...data, running: under }, () => text.join('\n')));
  return exitCode.done;
}

type RestoreOptions = CommonOptions & { readonly dryRun?: boolean };

/** `cmanage restore`: refused while anybody holds the lock; what is lost is said, and what was there is kept. */
export async function restore(file: string, options: RestoreOptions): Promise<number> {
  const settings = settingsFor(options);
  const { statePath } = settings;
  const given = await examineDatabase(file);
  if (options.dryRun) return answer(settings, file, options, given, await present(statePath, given), null);
  openOwnLog(options, settings);
  const work = async (): Promise<number> => {
    const now = await present(statePath, given);
    const replaced = await replaceDatabase(statePath, file, new Date());
    return answer(settings, file, options, given, now, replaced);
  };
  const locks = await locksOf(settings);
  // Where the database is damaged or gone, nobody can tell who changes it.
  if (!locks) return aloneWith(statePath, work, settings.lockWait);
  try {
    return await work();
  } finally {
    await locks.release();
  }
}

/** The locks of everything, taken by a database that tells who has them; null where it cannot. */
async function locksOf({ statePath, lockWait }: Settings): Promise<Locks | null> {
  const database = await openDatabase(statePath, { readOnly: false }).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  if (!database) return null;
  const locks = openLocks(database, statePath, lockWait);
  try {
    await locks.take([everything]);
    return locks;
  } finally {
    await database.source.destroy();
  }
}

function settingsFor(options: CommonOptions): Settings {
  return readSettings(findDirectory(options.etc, process.env.CMANAGE_ETC));
}

/** What the present database holds: null where there is none, or why it cannot be read. One of another environment is no place for this one. */
async function present(statePath: string, given: Examined): Promise<Examined | UserError | null> {
  if (!existsSync(statePath)) return null;
  const now = await examineDatabase(statePath).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (now instanceof UserError || now.environment === given.environment) return now;
  const fact = `it is of environment ${given.environment}, and ${statePath} is of ${now.environment}`;
  throw new UserError(`${fact}: give the configuration that it belongs to, or move ${statePath} away`);
}

function answer(
  { statePath }: Settings,
  file: string,
  options: RestoreOptions,
  given: Examined,
  now: Examined | UserError | null,
  replaced: string | null,
): number {
  const lost = now === null || now instanceof UserError ? null : lostSince(given, now);
  const data = {
    ...{ file: resolve(file), database: statePath, environment: given.environment, revision: given.revision },
    ...{ restored: options.dryRun !== true, replaced, isOutdated: given.isOutdated, lost },
    unreadable: now instanceof UserError ? now.message : null,
  };
  console.log(renderAs(options.output, data, () => lostText(data, given.operations)));
  return exitCode.done;
}

/** The operations that a database has and an earlier copy of it does not, or that went on since. */
function lostSince(given: Examined, now: Examined): ExaminedOperation[] {
  const known = new Map(given.operations.map(({ id, status }) => [id, status]));
  return now.operations.filter(({ id, status }) => known.get(id) !== status);
}
