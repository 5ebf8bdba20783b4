import { describe, expect, it } from '@jest/globals';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { inShort, scenes, verbs } from '../support/scene.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const hosts = ['docker01', 'docker02'];
const state = (rolling: object) => makeState({ webapp: { hosts, versions: ['v1'], rolling } });
const add = planOf(makeState(), state({ monitor: 30 }), environment);

describe('execute: containers that are watched', () => {
  it('undoes everything when one of them fails, and cuts the other watch short', async () => {
    const { engines, run } = await scene();
    let looks = 0;
    // The first look is that of the wait for its health, the second the first one of the watch.
    engines.docker02.distort = (found) => (++looks > 2 ? { ...found, RestartCount: 1 } : found);
    const started = performance.now();
    expect(inShort(await run(add))).toEqual({
      ...{ status: 'undone', failures: ['watch_health docker02'], leftovers: [] },
    });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(verbs(engines.docker01)).toBe('pull create start update stop remove');
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });

  it.each([
    ['watch', { monitor: 600 }, 'watch_health'],
    ['pause', { parallelism: 1, delay: 600 }, 'pause'],
  ])('undoes everything when the operator interrupts a %s', async (_case, rolling, kind) => {
    const { engines, journal, run } = await scene();
    const plan = planOf(makeState(), state(rolling), environment);
    const seq = plan.steps.find((step) => step.kind === kind)?.seq ?? 0;
    const interrupt = new AbortController();
    const timer = setInterval(() => {
      if (journal.includes(`${seq} sent`)) interrupt.abort(new Error('interrupted by the operator'));
    }, 10);
    const result = await run(plan, { signal: interrupt.signal });
    clearInterval(timer);
    expect(result.status).toBe('undone');
    expect(String(result.failures[0]?.error)).toContain('interrupted by the operator');
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });
});
