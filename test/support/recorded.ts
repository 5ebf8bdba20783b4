import { changeBetween } from '../../src/model/change.ts';
import type { State } from '../../src/model/state.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import { recordOnly } from '../../src/plan/record.ts';
import { summaryOf } from '../../src/plan/summary.ts';
import type { HistoryEntry } from '../../src/report/history.ts';
import type { Recorded } from '../../src/report/audit/sinceWhen.ts';

/** What somebody did to a state, for the journal of a test. */
export type Deed = {
  readonly next: State;
  readonly command: string;
  readonly startedAt: string;
  readonly actor?: string;
  readonly reason?: string;
};

/** A state, the operations that led to it from an empty one, the oldest first, and their changes, the newest first. */
export type Chronicle = {
  readonly state: State;
  readonly history: readonly HistoryEntry[];
  readonly changes: readonly Recorded[];
};

/** Tells a story: one operation a deed, each done a second after it began. Revisions count from 1. */
export function chronicleOf(empty: State, deeds: readonly Deed[]): Chronicle {
  let before = empty;
  const told = deeds.map(({ next, command, startedAt, actor = 'alice@admin', reason = null }, index) => {
    const revision = index + 1;
    const plan = recordOnly(before, next, 'a test');
    const services = summaryOf({ stacks: stackChanges(before, next), plan });
    const change = changeBetween(before, next);
    before = { ...next, revision };
    const finishedAt = new Date(Date.parse(startedAt) + 1000).toISOString();
    const who = { id: revision, actor, startedAt, revision };
    const entry: HistoryEntry = {
      ...{ ...who, command, reason, finishedAt, services },
      ...{ status: 'done', message: null, finishedBy: null },
    };
    return { entry, recorded: { ...who, change } };
  });
  return {
    state: before,
    history: told.map(({ entry }) => entry),
    changes: told.map(({ recorded }) => recorded).reverse(),
  };
}
