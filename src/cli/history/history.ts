import { UserError } from '../../model/errors.ts';
import { isPattern } from '../../model/rules.ts';
import {
  historyCsv,
  historyEntry,
  historySheet,
  noHistory,
  type HistoryEntry,
} from '../../report/history.ts';
import { nothingAsked } from '../../report/kind.ts';
import { historyKind } from '../../report/kinds/history.ts';
import { listingOf } from '../../report/listing.ts';
import { renderAs, renderSheet } from '../../report/table.ts';
import { wrapText } from '../../report/wrap.ts';
import { readOperations, type Operation } from '../../store/history.ts';
import { findUnderWay } from '../../store/locks.ts';
import { exitCode } from '../exit.ts';
import { isAskedFor, type HistoryFilter } from './historyFilter.ts';
import { terminalColumns, type CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { answerOf, forScreen } from '../show/showAnswer.ts';

export type HistoryOptions = Omit<CommonOptions, 'output'> &
  HistoryFilter & { readonly output: CommonOptions['output'] | 'csv'; readonly last?: number };

/** Of thousands of operations a person at a terminal looks at the last ones; a program or a pipe gets all of them. */
const screenful = 50;

/** Lists the operations of the journal, the oldest first. It only reads, and waits for nobody. */
export async function history(options: HistoryOptions): Promise<number> {
  const { output, service, last } = options;
  const session = await openSession({ ...options, output: 'table' }, { write: false, concerns: [] });
  try {
    const operations = await operationsNow(session);
    refuseUnknown(operations, service);
    const asked = operations.filter((operation) => isAskedFor(operation, options));
    const columns = terminalColumns();
    const isScreen = columns !== null && output === 'table';
    const entries = asked.slice(-(last ?? (isScreen ? screenful : Math.max(1, asked.length))));
    const table = (): string =>
      columns !== null && entries.length === 0
        ? wrapText(noHistory(operations.length), columns)
        : tableOf(entries, columns);
    console.log(output === 'csv' ? historyCsv(entries) : renderAs(output, entries, table));
    if (last === undefined && entries.length < asked.length) {
      console.error(
        `cmanage: these are the last ${entries.length} of ${asked.length} operations; -n shows more`,
      );
    }
    return exitCode.done;
  } finally {
    await session.close();
  }
}

function tableOf(entries: readonly HistoryEntry[], columns: number | null): string {
  if (columns === null) return renderSheet(historySheet(entries), null);
  const listing = listingOf(historyKind(entries), nothingAsked);
  const elsewhere = "'cmanage history show ID' has all of one operation";
  return [...forScreen({ ...answerOf(listing), elsewhere }, columns)].join('\n');
}

/** A name that was mistyped must not look like a service that nothing happened to. */
function refuseUnknown(operations: readonly HistoryEntry[], service: string | undefined): void {
  if (service === undefined || isPattern(service)) return;
  if (operations.some((operation) => isAskedFor(operation, { service }))) return;
  throw new UserError(`nothing is recorded of a service ${service}: see 'cmanage history'`);
}

/**
 * An operation that counts as running and holds nothing has lost its process: one that ran before that was seen, and
 * still counts as running after it, cannot be under way.
 */
export async function operationsNow({ database, config }: Session): Promise<HistoryEntry[]> {
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
