import { UserError } from '../model/errors.ts';
import { openEntry, openSheet, stepsSheet } from '../report/operations.ts';
import { renderAs, renderSheet } from '../report/table.ts';
import { findUnderWay } from '../store/locks.ts';
import { readOpenOperations, readSteps } from '../store/openOperations.ts';
import { exitCode } from './exit.ts';
import { terminalColumns, type CommonOptions } from './options.ts';
import { openSession } from './session.ts';

/** Shows the operations that have not come to their end, or the steps of the one of a number. */
export async function showOperations(id: string | null, options: CommonOptions): Promise<number> {
  const session = await openSession(options, { write: false, concerns: [] });
  try {
    const { source } = session.database;
    if (id !== null) {
      const steps = await readSteps(source, numberOf(id));
      if (steps.length === 0) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
      console.log(renderAs(options.output, steps, () => renderSheet(stepsSheet(steps), terminalColumns())));
      return exitCode.done;
    }
    const underWay = await findUnderWay(session.database, session.config.settings.statePath, null);
    const open = await readOpenOperations(source);
    const entries = open.map((operation) => openEntry(operation, underWay.has(operation.id)));
    const text = (): string =>
      entries.length === 0
        ? 'No operation is unfinished.'
        : renderSheet(openSheet(entries), terminalColumns());
    console.log(renderAs(options.output, entries, text));
    return exitCode.done;
  } finally {
    await session.close();
  }
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError(
    `an operation is shown by its number, as 'cmanage history' has it, and ${text} is none`,
  );
}
