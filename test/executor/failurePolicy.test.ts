import { describe, expect, it } from '@jest/globals';
import type { Rolling } from '../../src/model/rolling.ts';
import { toleranceOf } from '../../src/executor/tolerance.ts';
import type { Plan, Step } from '../../src/plan/step.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { inShort, interruptedSoon, refuse, scenes, verbs } from '../support/scene.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const hosts = ['docker01', 'docker02'];
const addition = (rolling: Partial<Rolling>): Plan =>
  planOf(makeState(), makeState({ webapp: { hosts, versions: ['v1'], rolling } }), environment);

/** A container that exits as soon as it runs. */
const exits = (found: Record<string, unknown>) => ({ ...found, State: { Status: 'exited', ExitCode: 3 } });

describe('execute: a service that pauses', () => {
  it('leaves everything as it is, and the same plan goes on when what failed is mended', async () => {
    const { engines, run } = await scene();
    engines.docker02.distort = exits;
    const plan = addition({ onFailure: 'pause' });
    const commits: unknown[] = [];
    const commit = (): Promise<void> => {
      commits.push('recorded');
      return Promise.resolve();
    };
    const result = await run(plan, { tools: { commit } });
    expect(result).toMatchObject({ status: 'unfinished', paused: true, recorded: false, passedPivot: false });
    expect(inShort(result)).toMatchObject({ failures: ['wait_healthy docker02'], leftovers: [] });
    expect(verbs(engines.docker01)).toBe('pull create start');
    expect(verbs(engines.docker02)).toBe('pull create start');
    expect(commits).toEqual([]);

    engines.docker02.distort = (found) => found;
    expect(await run(plan, { tools: { commit } })).toMatchObject({ status: 'done', paused: false });
    expect(commits).toEqual(['recorded']);
  });

  it('undoes what is no failure of a container', async () => {
    const { engines, run } = await scene();
    engines.docker02.interfere = refuse('create');
    expect(await run(addition({ onFailure: 'pause' }))).toMatchObject({ status: 'undone', paused: false });
    expect(engines.docker01.containers.size).toBe(0);
  });

  it('undoes what the operator interrupts', async () => {
    const { engines, run } = await scene();
    engines.docker02.health = 'starting';
    const result = await run(addition({ onFailure: 'pause' }), { signal: interruptedSoon() });
    expect(result).toMatchObject({ status: 'undone', paused: false });
  });
});

describe('execute: a service of which some containers may fail', () => {
  it.each<[string, Partial<Rolling>]>([
    ['half of them', { maxFailureRatio: 0.5 }],
    ['all but one', { onFailure: 'continue' }],
  ])('goes on where %s may, and says that not all is as asked', async (_case, rolling) => {
    const { engines, journal, run } = await scene();
    engines.docker02.distort = exits;
    const plan = addition({ ...rolling, monitor: 0.1 });
    const result = await run(plan);
    expect(result).toMatchObject({ status: 'done', paused: false, recorded: true, passedPivot: true });
    expect(inShort(result)).toMatchObject({ failures: ['wait_healthy docker02'], leftovers: [] });
    expect(engines.docker02.containers.size).toBe(1);
    const watched = plan.steps.filter(({ kind }) => kind === 'watch_health').map(({ seq }) => seq);
    expect(watched.flatMap((seq) => journal.filter((line) => line.startsWith(`${seq} `)))).toEqual(
      expect.arrayContaining([`${watched[0]} done`, `${watched[1]} skipped`]),
    );
  });

  it('does not wait for one that did not even start', async () => {
    const { engines, run } = await scene();
    engines.docker02.interfere = refuse('start');
    const result = await run(addition({ onFailure: 'continue' }));
    expect(inShort(result)).toMatchObject({ status: 'done', failures: ['start_container docker02'] });
    expect(result.recorded).toBe(true);
  });

  it('goes back where all fail: nothing would be left to lead anybody to', async () => {
    const { engines, run } = await scene();
    engines.docker01.distort = exits;
    engines.docker02.distort = exits;
    expect(await run(addition({ onFailure: 'continue' }))).toMatchObject({ status: 'undone' });
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });

  it('goes back where the other one fails later, and takes away what it went on without', async () => {
    const { engines, run } = await scene();
    engines.docker02.distort = exits;
    const commit = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    expect(await run(addition({ onFailure: 'continue' }), { tools: { commit } })).toMatchObject({
      status: 'undone',
    });
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });
});

describe('a server whose container has failed', () => {
  it('is added as down, and no other one is', () => {
    const step = (seq: number, kind: string, name: string) =>
      ({ seq, kind, object: name, server: { name } }) as unknown as Step;
    const tolerance = toleranceOf({ pauses: [], tolerated: [{ steps: [1, 2], failures: 1 }] });
    expect(tolerance.takes({ step: step(1, 'wait_healthy', 'a'), error: new Error('no') })).toBe(true);
    expect(tolerance.takes({ step: step(2, 'wait_healthy', 'b'), error: new Error('no') })).toBe(false);
    expect(tolerance.adapted(step(3, 'add_server', 'a'))).toMatchObject({ down: true });
    expect(tolerance.adapted(step(4, 'add_server', 'b'))).not.toHaveProperty('down');
    expect(tolerance.adapted(step(5, 'drain_server', 'a'))).not.toHaveProperty('down');
  });
});
