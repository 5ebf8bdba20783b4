import type { Outcome, Violation } from '../../src/model/violation.ts';

/** The proposed value of an outcome; a refusal fails the test and says why. */
export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`refused: ${outcome.violations.map(inShort).join('; ')}`);
}

/** The violations of a refusal in short; an outcome that is no refusal fails the test. */
export function refusals(outcome: Outcome<unknown>): string[] {
  return violationsOf(outcome).map(inShort);
}

/** The violations of a refusal with their remedies, all of them errors of no one service. */
export function refusalsInFull(outcome: Outcome<unknown>): string[] {
  return violationsOf(outcome).map((violation) => {
    if (violation.level !== 'error' || violation.service !== null)
      throw new Error(`no refusal of an action: ${JSON.stringify(violation)}`);
    return `${inShort(violation)}. Remedy: ${violation.remedy}`;
  });
}

function violationsOf(outcome: Outcome<unknown>): readonly Violation[] {
  if (outcome.ok) throw new Error('it was not refused');
  return outcome.violations;
}

export function inShort({ code, object, fact }: Violation): string {
  return `${code}: ${object}: ${fact}`;
}
