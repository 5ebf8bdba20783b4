import { UserError } from '../../model/errors.ts';
import { nothingAsked, type Asked } from '../../report/kind.ts';
import { operationKind } from '../../report/kinds/history.ts';
import { operationsKind, stepsKind } from '../../report/kinds/operations.ts';
import { listingOf } from '../../report/listing.ts';
import { openEntry, type OpenEntry } from '../../report/operations.ts';
import { findUnderWay } from '../../store/locks.ts';
import { readOpenOperations, readSteps } from '../../store/openOperations.ts';
import { operationsNow } from '../history/history.ts';
import type { Session } from '../session.ts';
import { answerOf, orNone, type Answer } from './showAnswer.ts';

/** The operations that have not come to their end, or the steps of the one of a number. */
export async function showOperations(asked: Asked, session: Session): Promise<Answer> {
  const { source } = session.database;
  if (asked.pattern !== null) {
    const id = numberOf(asked.pattern);
    const steps = await readSteps(source, id);
    const operation = (await operationsNow(session)).find((one) => one.id === id);
    if (!operation) throw new UserError(`there is no operation ${id}: see 'cmanage history'`);
    const open = (await openOperations(session)).find((one) => one.id === id) ?? null;
    const about = listingOf(operationKind(operation, open), nothingAsked);
    // A freeze, for one, is an operation without steps.
    const none = `Operation ${id} has no steps: 'cmanage history show ${id}' tells what it did.`;
    return {
      ...orNone(answerOf(listingOf({ ...stepsKind(steps), none }, { ...asked, pattern: null }))),
      about,
    };
  }
  const entries = await openOperations(session);
  return orNone(answerOf(listingOf(operationsKind(entries), asked)));
}

async function openOperations({ database, config }: Session): Promise<OpenEntry[]> {
  const underWay = await findUnderWay(database, config.settings.statePath, null);
  const open = await readOpenOperations(database.source);
  return open.map((operation) => openEntry(operation, underWay.has(operation.id)));
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError(
    `an operation is shown by its number, as 'cmanage history' has it, and ${text} is none`,
  );
}
