import { setMaxListeners } from 'node:events';
import { isRuledOut } from '../docker/engine.ts';
import type { Step, StepKind } from '../plan/step.ts';
import type { Journal } from '../store/journal.ts';
import { perform, type Tools } from './perform.ts';
import { schedule, type Rules } from './schedule.ts';
import type { Tolerance } from './tolerance.ts';

/** What is told while a plan runs, for progress on a terminal and lines in a log. */
export type Progress = (event: {
  readonly step: Step;
  readonly phase: 'begun' | 'done' | 'failed';
  readonly undoing: boolean;
  readonly text: string;
  readonly milliseconds: number;
}) => void;

export type Execution = {
  readonly journal: Journal;
  readonly tools: Tools;
  readonly limitOf: (host: string) => number;
  readonly progress: Progress;
  /** Aborted when the operator interrupts; what is under way then fails, and the operation is undone. */
  readonly signal: AbortSignal;
  /** Resolves at once, or when the operator has answered what is to become of an operation they interrupted. */
  readonly mayGoOn?: () => Promise<void>;
};

/** How steps are walked. */
export type Walk = {
  readonly intent: 'sent' | 'compensating';
  /** What may fail although other steps need it; null where nothing may. */
  readonly tolerance: Tolerance | null;
  /** Whether any other failure stops the walk; else all that does not need the failed step goes on. */
  readonly stopOnFailure: boolean;
  /** Steps that were touched before: their records stay where they are not reached now. */
  readonly touched: ReadonlySet<number>;
  /** By their numbers, steps that are done once more before what undoes them; where that is ruled out, nothing of them is there. */
  readonly first?: ReadonlyMap<number, Step>;
};

/** Steps that change nothing, and so may be cut short: a call that changes something is always waited for. */
const mayBeCut: readonly StepKind[] = [
  ...(['check_host', 'pull_image', 'wait_healthy'] as const),
  ...(['watch_health', 'pause', 'judge_canary'] as const),
];

/** Why a step ended that was cut because another had failed; it is no failure of its own. */
export class CutShort extends Error {
  override message = 'cut short, because another step failed';
}

/** A signal that nobody aborts: once the way back or forward is taken, it is gone to its end. */
export function uninterrupted(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

/** Walks steps in the order their needs allow; of each, its intent is in the journal before it is sent. */
export async function walk(
  steps: readonly Step[],
  { journal, tools, limitOf, progress, signal, mayGoOn }: Execution,
  { intent, tolerance, stopOnFailure, touched, first }: Walk,
): ReturnType<typeof schedule> {
  const undoing = intent === 'compensating';
  const failure = new AbortController();
  setMaxListeners(0, failure.signal);
  const cut = AbortSignal.any([signal, failure.signal]);
  setMaxListeners(0, cut);

  const askAgain = async (step: Step): Promise<void> => {
    await perform(step, journal.operation, tools, uninterrupted()).catch((error: unknown) => {
      if (!isRuledOut(error)) throw error;
    });
  };
  const run = async (step: Step): Promise<void> => {
    const started = performance.now();
    const tell = (phase: 'begun' | 'done' | 'failed', text: string): void => {
      progress({ step, phase, undoing, text, milliseconds: performance.now() - started });
    };
    await mayGoOn?.();
    signal.throwIfAborted();
    if (tolerance?.isVain(step) === true) {
      journal.settle(step.seq, 'skipped', null);
      return;
    }
    await journal.intend(step.seq, intent);
    tell('begun', '');
    const cuttable = mayBeCut.includes(step.kind);
    try {
      const again = first?.get(step.seq);
      if (again) await askAgain(again);
      const adapted = tolerance?.adapted(step) ?? step;
      const text = await perform(adapted, journal.operation, tools, cuttable ? cut : uninterrupted());
      journal.settle(step.seq, undoing ? 'compensated' : 'done', text);
      tell('done', text);
    } catch (error) {
      const reason = cuttable && failure.signal.aborted ? new CutShort() : error;
      const text = reason instanceof Error ? reason.message : String(reason);
      // What could not be undone stays on its way back, so that whoever takes it up goes on with that.
      journal.settle(step.seq, undoing ? 'compensating' : 'failed', text);
      tell('failed', text);
      if (!cut.aborted && tolerance?.takes({ step, error: reason }) === true) return;
      if (stopOnFailure) failure.abort();
      throw reason;
    }
  };
  const rules: Rules = { limitOf, stopOnFailure };
  const walked = await schedule(steps, run, rules);
  // A step of the way back that was not reached keeps its record: what it would have undone was done.
  if (!undoing) {
    for (const step of walked.skipped) {
      if (!touched.has(step.seq)) journal.settle(step.seq, 'skipped', null);
    }
  }
  return walked;
}
