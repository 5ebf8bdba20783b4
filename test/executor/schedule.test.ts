import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { schedule, type Schedule } from '../../src/executor/schedule.ts';
import type { Step } from '../../src/plan/step.ts';
import { makeStep } from '../support/steps.ts';

/** Walks steps and keeps what was under way when. A step named in `failing` fails. */
async function walk(
  steps: readonly Step[],
  {
    failing = [],
    limit = 100,
    stopOnFailure = false,
  }: { failing?: readonly number[]; limit?: number; stopOnFailure?: boolean } = {},
) {
  const order: number[] = [];
  const done = new Set<number>();
  const underWay = new Map<string, number>();
  const faults: string[] = [];
  let most = 0;
  const perform = async (step: Step): Promise<void> => {
    order.push(step.seq);
    for (const need of step.needs) if (!done.has(need)) faults.push(`${step.seq} before ${need}`);
    const load = step.kind === 'wait_healthy' ? 0 : 1;
    const busy = (underWay.get(step.host) ?? 0) + load;
    underWay.set(step.host, busy);
    most = Math.max(most, busy);
    await new Promise((resolve) => setImmediate(resolve));
    underWay.set(step.host, (underWay.get(step.host) ?? 0) - load);
    if (failing.includes(step.seq)) throw new Error(`step ${step.seq} fails`);
    done.add(step.seq);
  };
  const result = await schedule(steps, perform, { limitOf: () => limit, stopOnFailure });
  return { ...numbers(result), order, most, faults };
}

function numbers({ done, failed, skipped }: Schedule): Record<'done' | 'failed' | 'skipped', number[]> {
  return {
    done: done.map((step) => step.seq),
    failed: failed.map(({ step }) => step.seq),
    skipped: skipped.map((step) => step.seq),
  };
}

const chain = [makeStep(1), makeStep(2, [1]), makeStep(3, [2])];
const fork = [makeStep(1), makeStep(2), makeStep(3, [1]), makeStep(4, [2]), makeStep(5, [3, 4])];

describe('schedule', () => {
  it('ends at once where there is nothing to do', async () => {
    expect(await walk([])).toMatchObject({ done: [], failed: [], skipped: [] });
  });

  it('does what is needed first', async () => {
    expect(await walk(chain)).toMatchObject({ done: [1, 2, 3], order: [1, 2, 3], faults: [] });
    expect(await walk([...chain].reverse())).toMatchObject({ order: [1, 2, 3], faults: [] });
  });

  it('takes a need that is not among the steps for met', async () => {
    expect(await walk([makeStep(7, [3]), makeStep(8, [7, 4])])).toMatchObject({ done: [7, 8] });
  });

  it('does side by side what nothing keeps apart', async () => {
    expect(await walk([makeStep(1), makeStep(2), makeStep(3)])).toMatchObject({ most: 3 });
  });

  it.each([1, 2, 5])('sends a host no more than %d at once', async (limit) => {
    const steps = Array.from({ length: 20 }, (_, index) => makeStep(index + 1));
    expect(await walk(steps, { limit })).toMatchObject({ most: limit, failed: [], skipped: [] });
  });

  it('counts each host by itself', async () => {
    const steps = Array.from({ length: 8 }, (_, index) =>
      makeStep(index + 1, [], { host: `docker0${index % 4}` }),
    );
    const started: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const walking = schedule(
      steps,
      async (step) => {
        started.push(step.host);
        await gate;
      },
      { limitOf: (host) => (host === 'docker00' ? 2 : 1), stopOnFailure: false },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(['docker00', 'docker01', 'docker02', 'docker03', 'docker00']);
    release();
    expect((await walking).done).toHaveLength(8);
  });

  it('lets no wait for health take the place of work', async () => {
    const steps = [
      makeStep(1, [], { kind: 'wait_healthy' }),
      makeStep(2, [], { kind: 'wait_healthy' }),
      makeStep(3),
      makeStep(4),
    ];
    const started: number[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const walking = schedule(
      steps,
      async (step) => {
        started.push(step.seq);
        await gate;
      },
      { limitOf: () => 1, stopOnFailure: false },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual([1, 2, 3]);
    release();
    await walking;
  });

  it('goes on with whatever does not need a step that failed', async () => {
    expect(await walk(fork, { failing: [1] })).toMatchObject({ done: [2, 4], failed: [1], skipped: [3, 5] });
  });

  it('starts nothing new after a failure where it is to stop, and waits for what is under way', async () => {
    const result = await walk(fork, { failing: [1], stopOnFailure: true });
    expect(result).toMatchObject({ order: [1, 2], failed: [1], skipped: [3, 4, 5] });
    expect(result.done).toEqual([2]);
  });

  it('gives every failure with its reason', async () => {
    const { failed } = await schedule(
      [makeStep(1), makeStep(2)],
      (step) => Promise.reject(new Error(`because of ${step.seq}`)),
      { limitOf: () => 9, stopOnFailure: false },
    );
    expect(failed.map(({ error }) => (error as Error).message)).toEqual(['because of 1', 'because of 2']);
  });

  const plan = fc
    .array(fc.tuple(fc.nat(3), fc.array(fc.nat(), { maxLength: 3 }), fc.boolean()), { maxLength: 25 })
    .map((rows) => ({
      failing: rows.flatMap(([, , fails], index) => (fails && index % 3 === 0 ? [index + 1] : [])),
      steps: rows.map(([host, needs], index) =>
        makeStep(index + 1, index === 0 ? [] : [...new Set(needs.map((need) => (need % index) + 1))], {
          host: `docker0${host}`,
        }),
      ),
    }));

  it('ends with every step done, failed or skipped, whatever the plan', async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async ({ steps, failing }, limit, stopOnFailure) => {
          const { done, failed, skipped, faults, most } = await walk(steps, {
            failing,
            limit,
            stopOnFailure,
          });
          expect([...done, ...failed, ...skipped].sort((a, b) => a - b)).toEqual(
            steps.map((step) => step.seq),
          );
          expect(faults).toEqual([]);
          expect(most).toBeLessThanOrEqual(limit);
          for (const seq of skipped.filter(() => !stopOnFailure)) {
            const { needs = [] } = steps[seq - 1] ?? {};
            expect(needs.some((need) => failed.includes(need) || skipped.includes(need))).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
