import type { Settings } from '../../config/config.ts';
import { attention, fine, type Checked } from '../../model/checked.ts';
import { HostError, UserError } from '../../model/errors.ts';
import { emptyState, type State } from '../../model/state.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import { findUnderWay } from '../../store/locks.ts';
import { readOpenOperations } from '../../store/openOperations.ts';
import type { HostRow } from '../../store/rows.ts';
import { loadState } from '../../store/state.ts';
import { verifyHistory } from '../../store/verifyHistory.ts';
import { examineFile, readPinnedHosts } from '../../store/whole.ts';

/** What the state database says that other checks go by, and what was found in itself. */
export type Recorded = {
  readonly state: State;
  /** The engines that hosts had when they answered first. */
  readonly pinned: readonly HostRow[];
  readonly checks: readonly Checked[];
};

/** What is known where there is no state database. */
export const nothingRecorded: Recorded = { state: emptyState, pinned: [], checks: [] };

/** Looks at the state database. Where it cannot be read that is told, and the other checks go on as if nothing were recorded. */
export async function examineState({ statePath }: Settings): Promise<Recorded> {
  let database: Database | null = null;
  try {
    database = await openDatabase(statePath, { readOnly: true });
    const state = await loadState(database.source);
    const pinned = await readPinnedHosts(database.source);
    return { state, pinned, checks: await examineDatabase(database, statePath) };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof HostError)) throw error;
    const remedy = "restore a backup, or see 'cmanage init --help'";
    return { ...nothingRecorded, checks: [attention('state', statePath, error.message, remedy)] };
  } finally {
    await database?.source.destroy();
  }
}

async function examineDatabase(database: Database, statePath: string): Promise<Checked[]> {
  const faults = await examineFile(database.source);
  const { edits, operations } = await verifyHistory(database.source, null);
  const underWay = await findUnderWay(database, statePath, null);
  const left = (await readOpenOperations(database.source)).filter(({ id }) => !underWay.has(id));
  return [
    ...(faults.length === 0 ? [fine('state', statePath, 'the file is whole')] : []),
    ...faults.map((fault) => attention('state', statePath, fault, 'restore a backup of it')),
    ...(edits.length === 0
      ? [fine('history', statePath, `${operations} operations are as they were recorded`)]
      : []),
    ...edits.map(({ object, fact }) => attention('history', object, fact, "see 'cmanage history verify'")),
    ...(left.length === 0 ? [fine('operations', statePath, 'none is unfinished')] : []),
    ...left.map(({ id, command }) =>
      attention(
        'operations',
        `operation ${id} (${command})`,
        'it has not come to its end',
        `see 'cmanage show operations', then 'cmanage resume ${id}'`,
      ),
    ),
  ];
}
