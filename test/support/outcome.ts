import type { Outcome, Violation } from '../../src/model/violation.ts';

/** The proposed value of an outcome; a refusal fails the test and says why. */
export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`refused: ${outcome.violations.map(inShort).join('; ')}`);
}

/** The violations of a refusal in short; an outcome that is no refusal fails the test. */
export function refusals(outcome: Outcome<unknown>): string[] {
  if (outcome.ok) throw new Error('it was not refused');
  return outcome.violations.map(inShort);
}

export function inShort({ code, object, fact }: Violation): string {
  return `${code}: ${object}: ${fact}`;
}
