import { wasRefused } from '../docker/engine.ts';
import { isMending } from '../plan/failurePolicy.ts';
import type { Plan, Step } from '../plan/step.ts';
import { undo } from '../plan/undo.ts';
import { goesOn, type Undoing } from '../plan/takeUp.ts';
import type { Journal } from '../store/journal.ts';
import type { Ending } from './schedule.ts';
import { pausesAt, toleranceOf } from './tolerance.ts';
import { CutShort, uninterrupted, walk, type Execution, type Walk } from './walk.ts';

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

/** How far a plan had come when it is taken up. */
export type Begun = {
  /** The steps that need not be walked: they are done, and their effects hold. */
  readonly settled: ReadonlySet<number>;
  /** The steps that were sent, or may have been. */
  readonly touched: readonly Step[];
};

const nothingYet: Begun = { settled: new Set(), touched: [] };

/**
 * Walks a plan, from its beginning or from where it had come. Up to the pivot a failure stops it, and what was done, or
 * may have been done, is undone by the inverses in the opposite order. After the pivot traffic has moved: everything that
 * can go forward does, the state is written, and what failed is reported as left over.
 */
export async function execute(plan: Plan, execution: Execution, begun = nothingYet): Promise<Result> {
  const touched = new Set(begun.touched.map((step) => step.seq));
  const tolerance = toleranceOf(plan.onFailure);
  const onward: Walk = { intent: 'sent', tolerance, stopOnFailure: true, touched };
  const rest = plan.steps.filter((step) => !begun.settled.has(step.seq));
  if (isMending(plan)) return mend(rest, execution, onward, tolerance.endings);
  if (begun.touched.some((step) => step.seq > plan.pivot)) {
    return goOn(rest, execution, onward, []);
  }
  const first = await walk(
    rest.filter((step) => step.seq <= plan.pivot),
    execution,
    onward,
  );
  if (first.failed.length > 0) {
    const failures = first.failed.filter((ending) => !(ending.error instanceof CutShort));
    if (pausesAt(plan.onFailure, failures) && !execution.signal.aborted) {
      const all = [...tolerance.endings, ...failures];
      const how = { recorded: false, passedPivot: false, paused: true };
      return { status: 'unfinished', ...how, failures: all, leftovers: [] };
    }
    const now = [...first.done, ...first.failed.map((ending) => ending.step)];
    const before = begun.touched.filter((step) => !now.some(({ seq }) => seq === step.seq));
    const steps = [...before, ...now].sort((a, b) => a.seq - b.seq);
    // What was asked for once before may be under way, whatever became of asking again.
    const refused = first.failed.filter(({ step, error }) => !touched.has(step.seq) && wasRefused(error));
    const known = new Set([...first.done, ...refused.map(({ step }) => step)]);
    const uncertain = steps.filter((step) => goesOn(step) && !known.has(step));
    return { ...(await goBack({ steps, uncertain, recorded: new Set() }, plan, execution)), failures };
  }
  const after = rest.filter((step) => step.seq > plan.pivot);
  return goOn(after, execution, onward, tolerance.endings);
}

/**
 * Mends what can be mended: what needs a step that failed is not tried, and nothing is undone. Then the operation has come to its
 * end; what is still broken is for the next one to find.
 */
async function mend(
  rest: readonly Step[],
  execution: Execution,
  onward: Walk,
  tolerated: readonly Ending[],
): Promise<Result> {
  const forward = { ...execution, signal: uninterrupted() };
  const { failed } = await walk(rest, forward, { ...onward, stopOnFailure: false });
  const end = { recorded: true, passedPivot: true, paused: false };
  return { status: 'done', ...end, failures: [...tolerated, ...failed], leftovers: [] };
}

/** Beyond the pivot: all that can be done is done, and then the state is written. */
async function goOn(
  rest: readonly Step[],
  execution: Execution,
  onward: Walk,
  tolerated: readonly Ending[],
): Promise<Result> {
  const forward = { ...execution, signal: uninterrupted() };
  const how: Walk = { ...onward, tolerance: null, stopOnFailure: false };
  const removals = await walk(
    rest.filter((step) => step.kind !== 'commit_state'),
    forward,
    how,
  );
  const commit = await walk(
    rest.filter((step) => step.kind === 'commit_state'),
    forward,
    how,
  );
  const failed = [...removals.failed, ...commit.failed];
  const leftovers = [...failed, ...removals.skipped.map(notReached)];
  const status = leftovers.length === 0 ? 'done' : 'unfinished';
  const end = { recorded: commit.failed.length === 0, passedPivot: true, paused: false };
  return { status, ...end, failures: [...tolerated, ...failed], leftovers };
}

/**
 * Undoes steps. A creation whose answer nobody heard may still be on its way to the engine, although there is no such
 * container yet: it is asked for again before it is undone, and then it is there and can be removed. A stop is asked for again
 * likewise, and has come to its end before the container is started.
 */
export async function goBack(
  { steps, uncertain, recorded }: Undoing,
  plan: Plan,
  execution: Execution,
): Promise<Result> {
  const back = await walk(
    undo(steps, plan.steps.length),
    { ...execution, journal: leaving(recorded, execution.journal), signal: uninterrupted() },
    {
      ...{ intent: 'compensating', tolerance: null, stopOnFailure: false, touched: new Set() },
      first: byNumber(uncertain),
    },
  );
  const leftovers = [...back.failed, ...back.skipped.map(notReached)];
  const status = leftovers.length === 0 ? 'undone' : 'unfinished';
  return { status, recorded: false, passedPivot: false, paused: false, failures: [], leftovers };
}

/** A journal in which the records of some steps stay as they are, however these end now. */
function leaving(recorded: ReadonlySet<number>, journal: Journal): Journal {
  return {
    ...journal,
    intend: (seq, status) => (recorded.has(seq) ? Promise.resolve() : journal.intend(seq, status)),
    settle: (seq, status, result) => {
      if (!recorded.has(seq)) journal.settle(seq, status, result);
    },
  };
}

/** By the number that a step and what undoes it have in common. */
function byNumber(steps: readonly Step[]): ReadonlyMap<number, Step> {
  return new Map(steps.map((step) => [step.seq, step]));
}

function notReached(step: Step): Ending {
  return { step, error: new Error('it was not reached') };
}
