import { ownersOf } from '../model/lookup.ts';
import { expiredAt } from '../model/retention.ts';
import type { Retained, State } from '../model/state.ts';
import { proposed, type Outcome } from '../model/violation.ts';

/**
 * The last action of a pop, of a promotion and of a rollback: the containers they take away are kept where their service
 * says so, and the oldest ones beyond its setting go. A rollback that is taken back starts them again, too.
 *
 * @param now milliseconds since 1970 (UTC)
 */
export function retain(before: State, outcome: Outcome, now: number): Outcome {
  if (!outcome.ok) return outcome;
  const next = outcome.value;
  const staying = new Set(next.containers.map(({ name }) => name));
  const leaving = before.containers.filter(({ name }) => !staying.has(name));
  const kept = leaving.flatMap((container): Retained[] => {
    const { retention } = ownersOf(before, container).service;
    if (retention === null) return [];
    return [{ ...container, since: before.revision + 1, retainedAt: now, warm: retention.warm }];
  });
  const retained = kept.length === 0 ? next.retained : [...next.retained, ...kept];
  const stacks = new Set(leaving.map(({ stack }) => stack));
  return proposed(withoutExpired({ ...next, retained }, now, ({ stack }) => stacks.has(stack)));
}

/** Takes out what is retained and has expired, or all that is; of one service, or of all of them. */
export function prune(
  state: State,
  { service, all, now }: { readonly service: string | null; readonly all: boolean; readonly now: number },
): Outcome {
  const concerns = (row: Retained): boolean =>
    service === null || ownersOf(state, row).service.name === service;
  if (all) return proposed({ ...state, retained: state.retained.filter((row) => !concerns(row)) });
  return proposed(withoutExpired(state, now, concerns));
}

function withoutExpired(state: State, now: number, concerns: (row: Retained) => boolean): State {
  const expired = new Set(expiredAt(state, now).filter(concerns));
  if (expired.size === 0) return state;
  return { ...state, retained: state.retained.filter((row) => !expired.has(row)) };
}
