import type { State } from '../model/state.ts';
import type { Outcome } from '../model/violation.ts';

/**
 * Runs actions one after the other, each on the state the one before it proposed, until one refuses.
 * A process is a sequence of actions over the state: Process = [Actions] with [constraints] on STATE (thesis).
 */
export function sequence(start: Outcome, actions: readonly ((state: State) => Outcome)[]): Outcome {
  return actions.reduce((outcome, action) => (outcome.ok ? action(outcome.value) : outcome), start);
}
