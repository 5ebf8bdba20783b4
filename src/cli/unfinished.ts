import { UnfinishedError } from '../model/errors.ts';
import { claimOn } from '../plan/claims.ts';
import { onlyWayOf, type OpenOperation } from '../plan/course.ts';
import type { Plan } from '../plan/step.ts';
import { printable } from '../report/printable.ts';
import { readOpenOperations } from '../store/openOperations.ts';
import type { Session } from './session.ts';

type Which = Pick<OpenOperation, 'id' | 'command' | 'actor' | 'startedAt'>;

/** What a command is about to do. */
type Intention = { readonly plan: Plan; readonly services: readonly string[] };

/**
 * Refuses a plan that needs what an unfinished operation has its hands on. Returns those that are in nobody's way, and
 * are about the same services.
 */
export async function lookForUnfinished(
  { database }: Session,
  { plan, services }: Intention,
): Promise<OpenOperation[]> {
  const open = await readOpenOperations(database.source);
  for (const operation of open) {
    const claim = claimOn(operation, plan, services);
    if (claim === null) continue;
    throw new UnfinishedError(`${nameOf(operation)} is unfinished, and ${claim}: ${remedyFor(operation)}`);
  }
  const concerned = new Set(services);
  return open.filter((operation) => operation.services?.some((service) => concerned.has(service)) ?? true);
}

export function tellOfUnfinished(operations: readonly Which[]): void {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  for (const operation of byId.values()) {
    const text = `${nameOf(operation)} did not come to its end: ${bothRemedies(operation)}`;
    console.error(printable(`cmanage: ${text}`));
  }
}

export function nameOf({ id, command, actor, startedAt }: Which): string {
  return `operation ${id} (${command}) by ${actor} at ${startedAt}`;
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
