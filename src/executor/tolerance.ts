import type { FailurePolicy } from '../plan/failurePolicy.ts';
import type { Step } from '../plan/step.ts';
import type { Ending } from './schedule.ts';

/** The containers that failed and that the plan goes on without, as its policy allows. */
export type Tolerance = {
  /** Takes the failure of a step, where it is tolerated. */
  readonly takes: (ending: Ending) => boolean;
  /** Whether a step is no more to be tried, because its container has failed. */
  readonly isVain: (step: Step) => boolean;
  /** A step as it is to be done: what has failed gets no request before HAProxy itself finds it well. */
  readonly adapted: (step: Step) => Step;
  readonly endings: readonly Ending[];
};

export function toleranceOf(policy: FailurePolicy | undefined): Tolerance {
  const places = (policy?.tolerated ?? []).map((place) => ({ ...place, failed: new Set<string>() }));
  const endings: Ending[] = [];
  const placeOf = ({ seq }: Step) => places.find(({ steps }) => steps.includes(seq));
  const hasFailed = (container: string): boolean => places.some(({ failed }) => failed.has(container));
  return {
    endings,
    takes: (ending) => {
      const place = placeOf(ending.step);
      if (!place || place.failed.size >= place.failures) return false;
      place.failed.add(ending.step.object);
      endings.push(ending);
      return true;
    },
    isVain: (step) => placeOf(step)?.failed.has(step.object) === true,
    adapted: (step) =>
      step.kind === 'add_server' && hasFailed(step.server.name) ? { ...step, down: true } : step,
  };
}

/** Whether a plan stops where it is, because nothing but containers failed and their services say so. */
export function pausesAt(policy: FailurePolicy | undefined, failures: readonly Ending[]): boolean {
  return failures.length > 0 && failures.every(({ step }) => policy?.pauses.includes(step.seq) === true);
}
