import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/plan/step.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { inShort, interruptedSoon, refuse, scenes, verbs } from '../support/scene.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const addition = (hosts: string[], versions = ['v1']): Plan =>
  planOf(makeState(), makeState({ webapp: { hosts, versions } }), environment, 'best-effort');
const both = ['docker01', 'docker02'];

/** Counts what is recorded. */
function recording() {
  const commits: unknown[] = [];
  const commit = (): Promise<void> => {
    commits.push('recorded');
    return Promise.resolve();
  };
  return { commits, tools: { commit } };
}

describe('execute: best effort', () => {
  it.each([
    [
      'a host',
      (call: string) => (call === 'info' ? ({ status: 500 } as const) : undefined),
      'check_host docker02',
      '',
    ],
    ['an image', refuse('pull'), 'pull_image docker02', 'pull'],
    ['a creation', refuse('create'), 'create_container docker02', 'pull create'],
    ['a start', refuse('start'), 'start_container docker02', 'pull create start'],
  ])(
    'goes on without what %s fails for, and tries nothing more there',
    async (_what, interfere, failure, calls) => {
      const { engines, run } = await scene();
      engines.docker02.interfere = interfere;
      const { commits, tools } = recording();
      const result = await run(addition(both), { tools });
      expect(result).toMatchObject({ status: 'done', recorded: true });
      expect(inShort(result)).toMatchObject({ failures: [failure], leftovers: [] });
      expect(verbs(engines.docker01)).toBe('pull create start');
      expect(verbs(engines.docker02)).toBe(calls);
      expect(commits).toEqual(['recorded']);
    },
  );

  it('stops where it is where nothing would be left at a position, undoes nothing, and goes on later', async () => {
    const { engines, run } = await scene();
    engines.docker01.interfere = refuse('start');
    const { commits, tools } = recording();
    const plan = addition(['docker01']);
    expect(await run(plan, { tools })).toMatchObject({ status: 'unfinished', paused: true, recorded: false });
    expect(verbs(engines.docker01)).toBe('pull create start');
    expect(commits).toEqual([]);
    engines.docker01.interfere = () => undefined;
    expect(await run(plan, { tools })).toMatchObject({ status: 'done', recorded: true });
  });

  it('counts containers of one position, not of all', async () => {
    const { engines, run } = await scene();
    engines.docker02.interfere = refuse('create webapp-stack2-app2');
    const result = await run(addition(both, ['v1', 'v2']), recording());
    expect(result).toMatchObject({ status: 'done' });
    expect(verbs(engines.docker02)).toBe('pull pull create create start');
  });

  it('undoes what the operator interrupts, as always', async () => {
    const { engines, run } = await scene();
    engines.docker02.health = 'starting';
    const result = await run(addition(both), { signal: interruptedSoon() });
    expect(result).toMatchObject({ status: 'undone', paused: false });
  });
});

describe('execute: commit at end', () => {
  it('takes everything back where recording fails, and has removed nothing', async () => {
    const { engines, run } = await scene();
    const first = makeState({ webapp: { hosts: both, versions: ['v1', 'v2'] } });
    await run(planOf(makeState(), first, environment));
    for (const engine of Object.values(engines)) engine.calls.length = 0;
    const next = makeState({ webapp: { hosts: both, versions: ['v1'] } });
    const commit = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    const plan = planOf(first, next, environment, 'commit-at-end');
    const result = await run(plan, { tools: { commit } });
    expect(inShort(result)).toEqual({ status: 'undone', failures: ['commit_state state'], leftovers: [] });
    for (const engine of Object.values(engines)) {
      expect(verbs(engine)).toBe('');
      expect(engine.containers.size).toBe(2);
    }
  });
});
