import { UserError } from '../model/errors.ts';
import { matchesPattern } from '../model/rules.ts';
import { historyEntry, historySheet, type HistoryEntry } from '../report/history.ts';
import { renderAs, renderSheet } from '../report/table.ts';
import { readOperations, type Operation } from '../store/history.ts';
import { findUnderWay } from '../store/locks.ts';
import { exitCode } from './exit.ts';
import { terminalColumns, type CommonOptions } from './options.ts';
import { openSession, type Session } from './session.ts';

export type HistoryOptions = CommonOptions & { readonly last?: number };

/** Of thousands of operations a person at a terminal looks at the last ones; a program or a pipe gets all of them. */
const screenful = 50;

/** Lists the operations of the journal, the oldest first. It only reads, and waits for nobody. */
export async function history(pattern: string | null, options: HistoryOptions): Promise<number> {
  const session = await openSession(options, { write: false, concerns: [] });
  try {
    const operations = await operationsNow(session);
    const about = operations.filter((operation) => isAbout(operation, pattern));
    if (about.length === 0 && pattern !== null && !/[*%]/.test(pattern)) {
      throw new UserError(`nothing is recorded of a service ${pattern}: see 'cmanage history'`);
    }
    const columns = terminalColumns();
    const isScreen = columns !== null && options.output === 'table';
    const entries = about.slice(-(options.last ?? (isScreen ? screenful : about.length)));
    console.log(renderAs(options.output, entries, () => renderSheet(historySheet(entries), columns)));
    if (options.last === undefined && entries.length < about.length) {
      console.error(
        `cmanage: these are the last ${entries.length} of ${about.length} operations; -n shows more`,
      );
    }
    return exitCode.done;
  } finally {
    await session.close();
  }
}

/** Of an operation by an earlier cmanage it is not known what it was about, so that no service is without it. */
function isAbout({ services }: HistoryEntry, pattern: string | null): boolean {
  return (
    pattern === null || services === null || services.some(({ service }) => matchesPattern(pattern, service))
  );
}

/**
 * An operation that counts as running and holds nothing has lost its process: one that ran before that was seen, and
 * still counts as running after it, cannot be under way.
 */
async function operationsNow({ database, config }: Session): Promise<HistoryEntry[]> {
  const isRunning = ({ status }: Operation): boolean => status === 'running';
  const first = await readOperations(database.source);
  const running = first.filter(isRunning).map(({ id }) => id);
  const underWay =
    running.length === 0 ? new Set() : await findUnderWay(database, config.settings.statePath, null);
  const suspects = new Set(running.filter((id) => !underWay.has(id)));
  const now = suspects.size === 0 ? first : await readOperations(database.source);
  return now.map((operation) =>
    historyEntry(
      operation,
      isRunning(operation) && suspects.has(operation.id) ? 'interrupted' : operation.status,
    ),
  );
}
