import type { Environment } from '../../model/environment.ts';
import type { State } from '../../model/state.ts';
import type { HistoryEntry } from '../history.ts';
import type { Subject } from './report.ts';

/** All that a report is made of, read at one moment. */
export type Material = {
  readonly state: State;
  readonly environment: Environment;
  readonly subject: Subject;
  /** Every operation of the journal, the oldest first. */
  readonly history: readonly HistoryEntry[];
};

/** The operations that changed the state, the oldest first. */
export function recordedOf(history: readonly HistoryEntry[]): HistoryEntry[] {
  return history
    .filter(({ revision }) => revision !== null)
    .toSorted((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
}

/** The last operation that changed a service, by the services' names. */
export function lastChanges(history: readonly HistoryEntry[]): ReadonlyMap<string, HistoryEntry> {
  return new Map(
    recordedOf(history).flatMap((entry) =>
      (entry.services ?? []).map(({ service }) => [service, entry] as const),
    ),
  );
}

/** The names of a list in order, so that a report does not depend on the order of the rows. */
export function byName<Row extends { readonly name: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
