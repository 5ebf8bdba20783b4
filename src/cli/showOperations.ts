import { UserError } from '../model/errors.ts';
import type { Asked } from '../report/kind.ts';
import { operationsKind, stepsKind } from '../report/kinds/operations.ts';
import { listingOf } from '../report/listing.ts';
import { openEntry } from '../report/operations.ts';
import { readOperations } from '../store/history.ts';
import { findUnderWay } from '../store/locks.ts';
import { readOpenOperations, readSteps } from '../store/openOperations.ts';
import type { Session } from './session.ts';
import { answerOf, orNone, type Answer } from './showAnswer.ts';

/** The operations that have not come to their end, or the steps of the one of a number. */
export async function showOperations(asked: Asked, { database, config }: Session): Promise<Answer> {
  const { source } = database;
  if (asked.pattern !== null) {
    const id = numberOf(asked.pattern);
    const steps = await readSteps(source, id);
    // A freeze, for one, is an operation without steps.
    if (steps.length === 0 && !(await readOperations(source)).some((operation) => operation.id === id)) {
      throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
    }
    const none = `Operation ${id} has no steps: 'cmanage history show ${id}' tells what it did.`;
    return orNone(answerOf(listingOf({ ...stepsKind(steps), none }, { ...asked, pattern: null })));
  }
  const underWay = await findUnderWay(database, config.settings.statePath, null);
  const open = await readOpenOperations(source);
  const entries = open.map((operation) => openEntry(operation, underWay.has(operation.id)));
  return orNone(answerOf(listingOf(operationsKind(entries), asked)));
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError(
    `an operation is shown by its number, as 'cmanage history' has it, and ${text} is none`,
  );
}
