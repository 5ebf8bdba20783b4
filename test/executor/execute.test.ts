import { describe, expect, it } from '@jest/globals';
import { createContainer } from '../../src/docker/containers.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';
import { inShort, refuse, scenes, verbs } from '../support/scene.ts';
import { origin } from '../support/specs.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const state = makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: ['v1'] } });
const add = planOf(makeState(), state, environment);

describe('execute: a plan that goes well', () => {
  it('does every step in its order, and commits at the end', async () => {
    const { engines, journal, run } = await scene();
    const commits: string[] = [];
    const commit = (): Promise<void> => {
      commits.push(verbs(engines.docker01));
      return Promise.resolve();
    };
    expect(inShort(await run(add, { tools: { commit } }))).toEqual({
      status: 'done',
      failures: [],
      leftovers: [],
    });
    expect(verbs(engines.docker01)).toBe('pull create start');
    expect(verbs(engines.docker02)).toBe('pull create start');
    expect(commits).toEqual(['pull create start']);
    for (const { seq } of add.steps) {
      expect(journal.filter((line) => line.startsWith(`${seq} `))).toEqual([`${seq} sent`, `${seq} done`]);
    }
  });

  it('creates nothing anywhere before every image is everywhere', async () => {
    const { engines, run } = await scene();
    const seen: string[] = [];
    for (const fake of Object.values(engines)) {
      fake.interfere = (call) => {
        seen.push(call.split(' ')[0] ?? '');
        return undefined;
      };
    }
    await run(add);
    expect(seen.lastIndexOf('pull')).toBeLessThan(seen.indexOf('create'));
  });
});

describe('execute: a failure before the pivot', () => {
  it.each([
    ['pull', 'pull_image docker02', 'pull'],
    ['create', 'create_container docker02', 'pull create'],
    ['start', 'start_container docker02', 'pull create start update stop remove'],
  ])('at %s undoes what was done, in the opposite order', async (verb, failure, sent) => {
    const { engines, run } = await scene();
    engines.docker02.interfere = refuse(verb);
    expect(inShort(await run(add))).toEqual({ status: 'undone', failures: [failure], leftovers: [] });
    // How far the other host had come depends on which of them was quicker.
    expect(verbs(engines.docker01)).toMatch(/^(pull)?( create( start update stop)? remove)?$/);
    expect(verbs(engines.docker02)).toBe(sent);
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });

  it('asks for a creation that nobody answered once more, so that one on its way cannot appear afterwards', async () => {
    const { engines, run } = await scene();
    let isFirst = true;
    engines.docker02.interfere = (call) => {
      if (!call.startsWith('create') || !isFirst) return undefined;
      isFirst = false;
      return 'cut';
    };
    expect(inShort(await run(add))).toMatchObject({ status: 'undone', leftovers: [] });
    expect(verbs(engines.docker02)).toBe('pull create create remove');
  });

  it('leaves a creation for later of which the engine says nothing, although there is no such container', async () => {
    const { engines, run } = await scene();
    engines.docker02.interfere = (call) => (call.startsWith('create') ? 'cut' : undefined);
    expect(inShort(await run(add))).toMatchObject({
      status: 'unfinished',
      leftovers: ['remove_container docker02'],
    });
  });

  it('undoes a commit that failed, where nothing was removed', async () => {
    const { engines, run } = await scene();
    const commit = (): Promise<void> => Promise.reject(new Error('the disk is full'));
    expect(inShort(await run(add, { tools: { commit } }))).toMatchObject({
      status: 'undone',
      failures: ['commit_state state'],
    });
    expect(verbs(engines.docker01)).toBe('pull create start update stop remove');
    expect(engines.docker01.containers.size).toBe(0);
  });

  it('touches no engine that is another than it was', async () => {
    const { engines, run } = await scene();
    const pinHost = (host: string, id: string): Promise<string> =>
      Promise.resolve(host === 'docker02' ? 'the engine it was' : id);
    const result = await run(add, { tools: { pinHost } });
    expect(inShort(result)).toMatchObject({ status: 'undone', failures: ['check_host docker02'] });
    expect(String(result.failures[0]?.error)).toContain('another machine, or was installed anew');
    expect(verbs(engines.docker02)).toBe('');
  });

  it('never removes a foreign container that has a name of ours', async () => {
    const { engines, run } = await scene();
    const [create] = add.steps.filter((step) => step.kind === 'create_container' && step.host === 'docker02');
    if (create?.kind !== 'create_container') throw new Error('unreachable');
    const foreign = { ...origin, environment: 'another' };
    await createContainer(engines.docker02.engine, create.spec, foreign, new AbortController().signal);
    const result = await run(add);
    expect(inShort(result)).toMatchObject({ status: 'undone', failures: ['create_container docker02'] });
    expect(String(result.failures[0]?.error)).toContain('not made by this environment');
    expect([...engines.docker02.containers.keys()]).toEqual([create.spec.name]);
    expect(engines.docker01.containers.size).toBe(0);
  });

  it('reports what could not be undone, and keeps the record that it was done', async () => {
    const { engines, journal, run } = await scene();
    engines.docker02.interfere = refuse('start');
    engines.docker01.interfere = refuse('stop');
    const result = await run(add);
    expect(inShort(result)).toEqual({
      status: 'unfinished',
      failures: ['start_container docker02'],
      leftovers: ['remove_container docker01', 'stop_container docker01'],
    });
    expect(engines.docker01.containers.size).toBe(1);
    const [create] = add.steps.filter((step) => step.kind === 'create_container' && step.host === 'docker01');
    expect(journal.filter((line) => line.startsWith(`${create?.seq ?? 0} `)).at(-1)).toBe(
      `${create?.seq ?? 0} done`,
    );
  });

  it('undoes everything when the operator interrupts', async () => {
    const { engines, run } = await scene();
    const controller = new AbortController();
    engines.docker02.interfere = (call) => {
      if (call.startsWith('start')) controller.abort(new Error('interrupted by the operator'));
      return undefined;
    };
    const result = await run(add, { signal: controller.signal });
    expect(result.status).toBe('undone');
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });

  it('cuts short what only waits, and does not call that a failure of its own', async () => {
    const { engines, run } = await scene();
    engines.docker01.health = 'starting';
    engines.docker02.interfere = (call) =>
      call.startsWith('inspect') && engines.docker02.calls.some((made) => made.startsWith('start'))
        ? { status: 500, message: 'the engine is broken' }
        : undefined;
    const started = performance.now();
    const result = await run(add);
    expect(result.failures.map(({ step }) => `${step.kind} ${step.host}`)).toEqual(['wait_healthy docker02']);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(engines.docker01.containers.size).toBe(0);
  });

  it('sends nothing once it is interrupted', async () => {
    const { engines, run } = await scene();
    const signal = AbortSignal.abort(new Error('interrupted before the first step'));
    expect((await run(add, { signal })).status).toBe('undone');
    expect(verbs(engines.docker01) + verbs(engines.docker02)).toBe('');
  });

  it('sends nothing that the journal could not record', async () => {
    const { engines, run } = await scene();
    const intend = (): Promise<void> => Promise.reject(new Error('another cmanage has taken the lock'));
    const result = await run(add, { journal: { intend } });
    expect(result.failures.map(({ step }) => step.kind)).toEqual(['check_host', 'check_host']);
    expect(verbs(engines.docker01) + verbs(engines.docker02)).toBe('');
  });
});
