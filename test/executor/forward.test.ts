import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { inShort, refuse, scenes, verbs, type Scene } from '../support/scene.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });

describe('execute: a failure after the pivot', () => {
  const before: State = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });
  const pop = planOf(
    before,
    accepted(popService(before, { service: 'webapp', position: 0, single: false })),
    environment,
  );

  async function popScene(): Promise<Scene> {
    const ready = await scene();
    await ready.run(planOf(makeState(), before, environment));
    for (const fake of Object.values(ready.engines)) fake.calls.length = 0;
    ready.journal.length = 0;
    return ready;
  }

  it('does not happen', async () => {
    const { engines, run } = await popScene();
    expect(inShort(await run(pop))).toEqual({ status: 'done', failures: [], leftovers: [] });
    expect(verbs(engines.docker01)).toBe('update stop remove');
    expect([...engines.docker01.containers.keys()]).toEqual(['webapp-stack1-app2', 'webapp-stack1-app3']);
  });

  it('goes forward with the rest, commits, and reports what is left over', async () => {
    const { engines, journal, run } = await popScene();
    engines.docker02.interfere = refuse('stop');
    let commits = 0;
    const commit = (): Promise<void> => {
      commits++;
      return Promise.resolve();
    };
    expect(inShort(await run(pop, { tools: { commit } }))).toEqual({
      status: 'unfinished',
      failures: ['stop_container docker02'],
      leftovers: ['remove_container docker02', 'stop_container docker02'],
    });
    expect(commits).toBe(1);
    expect(verbs(engines.docker01)).toBe('update stop remove');
    expect(engines.docker02.containers.size).toBe(3);
    const [remove] = pop.steps.filter((step) => step.kind === 'remove_container' && step.host === 'docker02');
    expect(journal).toContain(`${remove?.seq ?? 0} skipped`);
    expect(journal.filter((line) => line.includes('compensat'))).toEqual([]);
  });

  it('is unfinished where the state could not be written', async () => {
    const { engines, run } = await popScene();
    const commit = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    expect(inShort(await run(pop, { tools: { commit } }))).toEqual({
      status: 'unfinished',
      failures: ['commit_state state'],
      leftovers: ['commit_state state'],
    });
    expect(verbs(engines.docker01)).toBe('update stop remove');
  });

  it('does not happen because the operator interrupts: the way is gone to its end', async () => {
    const { engines, run } = await popScene();
    const controller = new AbortController();
    engines.docker01.interfere = (call) => {
      if (call.startsWith('stop')) controller.abort(new Error('interrupted by the operator'));
      return undefined;
    };
    expect(inShort(await run(pop, { signal: controller.signal }))).toMatchObject({ status: 'done' });
  });

  it('does not happen before the pivot: nothing is stopped while a host does not answer', async () => {
    const { engines, run } = await popScene();
    engines.docker02.interfere = refuse('info');
    expect(inShort(await run(pop))).toMatchObject({ status: 'undone', failures: ['check_host docker02'] });
    expect(verbs(engines.docker01)).toBe('');
  });
});
