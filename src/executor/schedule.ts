import type { Step, StepKind } from '../plan/step.ts';

/** A step that failed, and why. */
export type Ending = { readonly step: Step; readonly error: unknown };

export type Schedule = {
  readonly done: readonly Step[];
  readonly failed: readonly Ending[];
  /** Steps that were never sent, because something they need failed. */
  readonly skipped: readonly Step[];
};

export type Rules = {
  /** How many steps may be under way at once on a host. */
  readonly limitOf: (host: string) => number;
  /** Whether nothing new is started after a failure; otherwise whatever does not need the failed step goes on. */
  readonly stopOnFailure: boolean;
};

/**
 * Walks steps in the order their `needs` allow, as many at once as each host takes. It decides nothing else: what a
 * step does is `perform`, and what a failure means is the caller's affair. It ends when nothing is under way any more.
 */
export async function schedule(
  steps: readonly Step[],
  perform: (step: Step) => Promise<void>,
  { limitOf, stopOnFailure }: Rules,
): Promise<Schedule> {
  const numbers = new Set(steps.map((step) => step.seq));
  const waiting = new Map(steps.map((step) => [step, step.needs.filter((seq) => numbers.has(seq)).length]));
  const dependants = dependantsOf(steps);
  const done: Step[] = [];
  const failed: Ending[] = [];
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();

  const start = (step: Step): void => {
    waiting.delete(step);
    busy.set(step.host, (busy.get(step.host) ?? 0) + load(step));
    const run = perform(step)
      .then(
        () => {
          done.push(step);
          for (const dependant of dependants.get(step.seq) ?? []) {
            waiting.set(dependant, (waiting.get(dependant) ?? 0) - 1);
          }
        },
        (error: unknown) => {
          failed.push({ step, error });
        },
      )
      .finally(() => {
        busy.set(step.host, (busy.get(step.host) ?? 0) - load(step));
        underWay.delete(run);
      });
    underWay.add(run);
  };

  const startAllThatMay = (): void => {
    if (failed.length > 0 && stopOnFailure) return;
    for (const [step, needs] of [...waiting]) {
      if (needs === 0 && (busy.get(step.host) ?? 0) < limitOf(step.host)) start(step);
    }
  };

  startAllThatMay();
  while (underWay.size > 0) {
    await Promise.race(underWay);
    startAllThatMay();
  }
  return { done, failed, skipped: [...waiting.keys()] };
}

const sleeping: readonly StepKind[] = [
  'wait_healthy',
  'watch_health',
  'pause',
  'wait_drained',
  'judge_canary',
];

/** A wait mostly sleeps, and takes no place from the calls that give the host work. */
function load(step: Step): number {
  return sleeping.includes(step.kind) ? 0 : 1;
}

function dependantsOf(steps: readonly Step[]): Map<number, Step[]> {
  const dependants = new Map<number, Step[]>();
  for (const step of steps) {
    for (const need of step.needs) dependants.set(need, [...(dependants.get(need) ?? []), step]);
  }
  return dependants;
}
