import { UnfinishedError } from '../model/errors.ts';
import { claimOn, type Needs } from '../plan/claims.ts';
import { onlyWayOf, type OpenOperation } from '../plan/course.ts';
import { printable } from '../report/printable.ts';
import { findUnderWay } from '../store/locks.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import { complain } from './complain.ts';
import type { Session } from './session.ts';
import { momentOf } from '../report/moments.ts';

type Which = Pick<OpenOperation, 'id' | 'command' | 'actor' | 'startedAt'>;

/**
 * Refuses a command that needs what an unfinished operation has its hands on. Returns those that are in nobody's way, and
 * are about the same services, or whose process died since anybody looked. `own` is the one that is brought to its end itself.
 */
export async function lookForUnfinished(
  session: Session,
  needs: Needs,
  own: number | null = null,
): Promise<OpenOperation[]> {
  const open = (await unfinishedIn(session)).filter(({ id }) => id !== own);
  for (const operation of open) {
    const claim = claimOn(operation, needs);
    if (claim === null) continue;
    throw new UnfinishedError(`${nameOf(operation)} is unfinished, and ${claim}: ${remedyFor(operation)}`);
  }
  const concerned = new Set(needs.services);
  return open.filter(
    ({ status, services }) =>
      status === 'running' || services === null || services.some((service) => concerned.has(service)),
  );
}

/** Somebody else's operation may be under way meanwhile: that one is not unfinished. */
export async function unfinishedIn({ database, config, lock }: Session): Promise<OpenOperation[]> {
  const open = await readOpenOperations(database.source);
  if (open.length === 0) return open;
  const underWay = await findUnderWay(database, config.settings.statePath, lock);
  return open.filter(({ id }) => !underWay.has(id));
}

export function tellOfUnfinished(operations: readonly OpenOperation[]): void {
  for (const operation of operations) {
    const text = `${nameOf(operation)} did not come to its end: ${remedyFor(operation)}`;
    complain('warning', printable(`cmanage: ${text}`));
  }
}

export function nameOf({ id, command, actor, startedAt }: Which): string {
  return `operation ${id} (${command}) by ${actor} at ${momentOf(startedAt)}`;
}

/** What to type for an unfinished operation, by the ways that are left to it. */
export function remedyFor(operation: OpenOperation): string {
  const way = onlyWayOf(operation);
  if (way === null) return bothRemedies(operation);
  return way === 'back'
    ? `undo the rest of it by 'cmanage resume ${operation.id}'`
    : `finish it by 'cmanage resume ${operation.id}'`;
}

/** Where both ways are open. */
export function bothRemedies({ id }: Pick<OpenOperation, 'id'>): string {
  return `finish it by 'cmanage resume ${id}', or undo it by 'cmanage rollback --operation ${id}'`;
}
