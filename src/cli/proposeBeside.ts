import { applyChange, changeBetween, touchedServices } from '../model/change.ts';
import { LockedError } from '../model/errors.ts';
import type { State } from '../model/state.ts';
import { proposed, type Outcome, type Violation } from '../model/violation.ts';
import { changesOf, conflictsBeside, crowded, locksFor } from '../plan/beside.ts';
import { violationLine } from '../report/preview.ts';
import { waitForOthers, type Session } from './session.ts';
import { nameOf } from './unfinished.ts';

/**
 * Runs a process beside the operations that are under way: it chooses names, ports and places as if all that these add were there
 * already, and nothing they take away were gone. What it changes is then made a change of the state itself. Where it would change
 * what one of them is changing, that one is waited for.
 */
export async function proposeBeside(
  session: Session,
  state: State,
  process: (state: State) => Outcome,
): Promise<Outcome> {
  const crowd = crowded(state, changesOf(session.underWay));
  const outcome = process(crowd);
  if (crowd === state) return outcome;
  if (!outcome.ok) {
    const alone = process(state);
    if (alone.ok) throw inTheWay(session, outcome.violations);
    return alone;
  }
  const change = changeBetween(crowd, outcome.value);
  const next = applyChange(state, change, state.revision);
  if (next) return proposed(next);
  const services = [...touchedServices(change, crowd, outcome.value)];
  return waitForOthers(session, locksFor(services, []));
}

/** Refuses a change that is right by itself, and wrong beside those that are under way. */
export function refuseConflicts(session: Session, before: State, next: State): void {
  const others = changesOf(session.underWay);
  if (others.length === 0) return;
  const own = changeBetween(before, next);
  const conflicts = conflictsBeside(before, others, own, session.config.environment);
  if (conflicts.length > 0) throw inTheWay(session, conflicts);
}

function inTheWay({ underWay }: Session, violations: readonly Violation[]): LockedError {
  const names = underWay.map(nameOf).join(', ');
  const lines = violations.map((violation) => violationLine(violation)).join('; ');
  return new LockedError(
    `it cannot be done while others are under way (${names}): ${lines} Nothing was changed; try again when they have ended.`,
  );
}
