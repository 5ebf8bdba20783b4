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
  const placeAt = (seq: number) => places.find(({ steps }) => steps.includes(seq));
  const sharedBy = ({ seq }: Step) => policy?.shared?.find(({ step }) => step === seq)?.containers;
  const hasFailed = (container: string): boolean => places.some(({ failed }) => failed.has(container));
  /** The containers that fail with a step, each with its place; null where nothing is tolerated of it. */
  const failingWith = (step: Step): [(typeof places)[number], string][] | null => {
    const named = sharedBy(step) ?? [{ name: step.object, step: step.seq }];
    const found = named.map(({ name, step: seq }) => [placeAt(seq), name] as const);
    return found.every((pair): pair is [(typeof places)[number], string] => pair[0] !== undefined)
      ? found
      : null;
  };
  const hasRoom = (place: (typeof places)[number], failing: readonly [unknown, string][]): boolean =>
    new Set([...place.failed, ...failing.filter(([one]) => one === place).map(([, name]) => name)]).size <=
    place.failures;
  return {
    endings,
    takes: (ending) => {
      const failing = failingWith(ending.step);
      if (!failing?.every(([place]) => hasRoom(place, failing))) return false;
      for (const [place, name] of failing) place.failed.add(name);
      endings.push(ending);
      return true;
    },
    isVain: (step) => {
      const shared = sharedBy(step);
      if (shared) return shared.length > 0 && shared.every(({ name }) => hasFailed(name));
      return placeAt(step.seq)?.failed.has(step.object) === true;
    },
    adapted: (step) =>
      step.kind === 'add_server' && hasFailed(step.server.name) ? { ...step, down: true } : step,
  };
}

/** Whether a plan stops where it is, because nothing but containers failed and their services say so. */
export function pausesAt(policy: FailurePolicy | undefined, failures: readonly Ending[]): boolean {
  return failures.length > 0 && failures.every(({ step }) => policy?.pauses.includes(step.seq) === true);
}
