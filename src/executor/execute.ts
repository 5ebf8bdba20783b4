import { setMaxListeners } from 'node:events';
import { undo, type Plan, type Step, type StepKind } from '../plan/step.ts';
import type { Journal } from '../store/journal.ts';
import { perform, type Tools } from './perform.ts';
import { pausesAt, toleranceOf, type Tolerance } from './tolerance.ts';
import { schedule, type Ending, type Rules } from './schedule.ts';

/** What became of an operation; `status` is what the journal records. */
export type Result = {
  readonly status: 'done' | 'undone' | 'unfinished';
  /** Whether the state is now what was asked for, or still what it was. */
  readonly recorded: boolean;
  /** Whether the pivot was passed: then there is no way back, and traffic goes where the plan sends it. */
  readonly passedPivot: boolean;
  /** Whether it stopped where it was, and nothing was undone, because the plan says so of the containers that failed. */
  readonly paused: boolean;
  /** Why it failed; where it went on without containers, why these did. */
  readonly failures: readonly Ending[];
  /** What could not be put right: steps of the way back, or of the way forward after the pivot. */
  readonly leftovers: readonly Ending[];
};

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
};

/**
 * Walks a plan. Up to the pivot a failure stops it, and what was done, or may have been done, is undone by the
 * inverses in the opposite order. After the pivot traffic has moved: everything that can go forward does, the state is
 * written, and what failed is reported as left over.
 */
export async function execute(plan: Plan, execution: Execution): Promise<Result> {
  const before = plan.steps.filter((step) => step.seq <= plan.pivot);
  const after = plan.steps.filter((step) => step.seq > plan.pivot);
  const tolerance = toleranceOf(plan.onFailure);
  const first = await walk(before, execution, 'sent', tolerance);
  if (first.failed.length > 0) {
    const failures = first.failed.filter((ending) => !(ending.error instanceof CutShort));
    if (pausesAt(plan.onFailure, failures) && !execution.signal.aborted) {
      const all = [...tolerance.endings, ...failures];
      const state = { recorded: false, passedPivot: false, paused: true };
      return { status: 'unfinished', ...state, failures: all, leftovers: [] };
    }
    const touched = [...first.done, ...first.failed.map((ending) => ending.step)].sort(
      (a, b) => a.seq - b.seq,
    );
    const back = await walk(
      undo(touched, plan.steps.length),
      { ...execution, signal: uninterrupted() },
      'compensating',
      null,
    );
    const leftovers = [...back.failed, ...back.skipped.map(notReached)];
    const status = leftovers.length === 0 ? 'undone' : 'unfinished';
    return { status, recorded: false, passedPivot: false, paused: false, failures, leftovers };
  }
  const forward = { ...execution, signal: uninterrupted() };
  const removals = await walk(
    after.filter((step) => step.kind !== 'commit_state'),
    forward,
    'sent',
    null,
  );
  const commit = await walk(
    after.filter((step) => step.kind === 'commit_state'),
    forward,
    'sent',
    null,
  );
  const failed = [...removals.failed, ...commit.failed];
  const failures = [...tolerance.endings, ...failed];
  const leftovers = [...failed, ...removals.skipped.map(notReached)];
  const status = failures.length + leftovers.length === 0 ? 'done' : 'unfinished';
  const recorded = commit.failed.length === 0;
  return { status, recorded, passedPivot: true, paused: false, failures, leftovers };
}

/** A signal that nobody aborts: once the way back or forward is taken, it is gone to its end. */
function uninterrupted(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

function notReached(step: Step): Ending {
  return { step, error: new Error('it was not reached') };
}

/** Steps that change nothing, and so may be cut short: a call that changes something is always waited for. */
const mayBeCut: readonly StepKind[] = [
  'check_host',
  'pull_image',
  'wait_healthy',
  'watch_health',
  'pause',
  'judge_canary',
];

/** Why a step ended that was cut because another had failed; it is no failure of its own. */
class CutShort extends Error {
  override message = 'cut short, because another step failed';
}

async function walk(
  steps: readonly Step[],
  { journal, tools, limitOf, progress, signal }: Execution,
  intent: 'sent' | 'compensating',
  /** What may fail; null where the walk goes on after any failure. */
  tolerance: Tolerance | null,
): ReturnType<typeof schedule> {
  const undoing = intent === 'compensating';
  const stopOnFailure = tolerance !== null;
  const failure = new AbortController();
  setMaxListeners(0, failure.signal);
  const cut = AbortSignal.any([signal, failure.signal]);
  setMaxListeners(0, cut);

  const run = async (step: Step): Promise<void> => {
    const started = performance.now();
    const tell = (phase: 'begun' | 'done' | 'failed', text: string): void => {
      progress({ step, phase, undoing, text, milliseconds: performance.now() - started });
    };
    signal.throwIfAborted();
    if (tolerance?.isVain(step) === true) {
      journal.settle(step.seq, 'skipped', null);
      return;
    }
    await journal.intend(step.seq, intent);
    tell('begun', '');
    const cuttable = mayBeCut.includes(step.kind);
    try {
      const text = await perform(
        tolerance?.adapted(step) ?? step,
        journal.operation,
        tools,
        cuttable ? cut : uninterrupted(),
      );
      journal.settle(step.seq, undoing ? 'compensated' : 'done', text);
      tell('done', text);
    } catch (error) {
      const reason = cuttable && failure.signal.aborted ? new CutShort() : error;
      const text = reason instanceof Error ? reason.message : String(reason);
      journal.settle(step.seq, 'failed', text);
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
    for (const step of walked.skipped) journal.settle(step.seq, 'skipped', null);
  }
  return walked;
}
