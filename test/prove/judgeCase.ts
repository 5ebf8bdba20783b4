import { check } from '../../src/constraints/check.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { diff } from '../../src/plan/diff.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import type { House } from './house.ts';
import { whyImpossible } from './impossible.ts';
import { newlyWrong, wrongsOf, type Wrong } from './naive.ts';
import type { Trial } from './placements.ts';
import { beginningOf, complaintsInOrder, complaintsOnTheWay } from './walkPlan.ts';

/** What became of a case: who refused it, by which rules, and in what the core and the naive judge disagree. */
export type Verdict = {
  readonly by: 'nobody' | 'action' | 'check' | 'steps';
  readonly codes: readonly string[];
  /** The next state, where nobody refused it. */
  readonly next: State | null;
  readonly steps: number;
  /** Empty where all is as it should be. */
  readonly complaints: readonly string[];
};

export type Court = {
  readonly house: House;
  readonly environment: Environment;
  /** What is wrong with the state before already. */
  readonly wrongs: readonly Wrong[];
  readonly random: () => number;
  /** Whether one order of a plan's steps and one way back are enough, chosen at random. */
  readonly isQuick: boolean;
};

/** Judges one command in one state, by the core and by the naive judge. */
export function judgeCase(trial: Trial, court: Court): Verdict {
  const { before, command, outcome } = trial;
  const { house } = court;
  const impossible = whyImpossible(command, before, house);
  if (!outcome.ok) {
    const codes = [...new Set(outcome.violations.map(({ code }) => code))];
    const fact = outcome.violations.map((violation) => violation.fact).join('; ');
    const complaints = impossible === null ? [`refused by the action (${fact}), and it is possible`] : [];
    return { by: 'action', codes, next: null, steps: 0, complaints };
  }
  return judgeNext(before, outcome.value, court, impossible);
}

/** Judges what a command comes to. `impossible` says why it could not be carried out at all, where that is so. */
export function judgeNext(before: State, next: State, court: Court, impossible: string | null): Verdict {
  const { house, environment } = court;
  const violations = check(before, next, environment).filter(({ level }) => level === 'error');
  const codes = [...new Set(violations.map(({ code }) => code))].sort();
  const expected = [
    ...newlyWrong({ state: before, wrongs: court.wrongs }, wrongsOf(next, house), house),
  ].sort();
  const complaints: string[] = [];
  if (codes.join() !== expected.join()) {
    complaints.push(
      `check names ${codes.join(', ') || 'nothing'}, and broken are ${expected.join(', ') || 'none'}`,
    );
  }
  if (codes.length > 0) return { by: 'check', codes, next: null, steps: 0, complaints };
  if (impossible !== null) complaints.push(`accepted, and it is impossible: ${impossible}`);
  return judgePlan(before, next, court, complaints);
}

function judgePlan(before: State, next: State, court: Court, complaints: string[]): Verdict {
  const { house, environment } = court;
  const live = beginningOf(before, environment).configs;
  const plan = diff(before, next, { environment, live, commit: true });
  const found = checkEveryStep(before, next, plan, environment).filter(({ level }) => level === 'error');
  const walk = { before, next, plan, house, environment };
  if (found.length > 0) {
    if (complaintsInOrder(walk).length === 0) complaints.push('refused for a step, and every step is right');
    const codes = [...new Set(found.map(({ code }) => code))];
    return { by: 'steps', codes, next: null, steps: 0, complaints };
  }
  complaints.push(...new Set(complaintsOnTheWay(walk, court)));
  return { by: 'nobody', codes: [], next, steps: plan.steps.length, complaints };
}
