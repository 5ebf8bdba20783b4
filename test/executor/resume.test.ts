import { describe, expect, it } from '@jest/globals';
import { createContainer } from '../../src/docker/containers.ts';
import { settle } from '../../src/executor/settle.ts';
import { touchedSteps } from '../../src/plan/course.ts';
import { stepsToUndo } from '../../src/plan/takeUp.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { firstOf, openOperation, upTo } from '../support/openOperation.ts';
import { planOf } from '../support/plans.ts';
import { inShort, refuse, scenes, verbs } from '../support/scene.ts';
import { origin } from '../support/specs.ts';

const scene = scenes();
const environment = makeEnvironment({ loadBalancers: [] });
const state = makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: ['v1'] } });
const add = planOf(makeState(), state, environment);
const remove = planOf(state, makeState(), environment);
const wait = firstOf(add, 'wait_healthy');
const signal = new AbortController().signal;
const noBalancer = (): never => {
  throw new Error('no plan of this test has a load balancer');
};

/** Makes the containers of a plan as an earlier process did. */
async function made(engines: Awaited<ReturnType<typeof scene>>['engines']): Promise<void> {
  for (const step of add.steps) {
    if (step.kind !== 'create_container') continue;
    await createContainer(engines[step.host as keyof typeof engines].engine, step.spec, origin, signal);
  }
  for (const { calls } of Object.values(engines)) calls.splice(0);
}

describe('an operation that goes on', () => {
  it('before its pivot adopts what it made and looks at everything again', async () => {
    const { engines, run } = await scene();
    const operation = openOperation(add, upTo(add, wait, 'sent'));
    await made(engines);
    const begun = await settle(operation, noBalancer);
    expect([...begun.settled]).toEqual([]);
    expect(inShort(await run(add, { begun }))).toMatchObject({ status: 'done' });
    expect(verbs(engines.docker01)).toBe('pull create start');
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(2);
  });

  it('and fails, undoes what was made before, too', async () => {
    const { engines, run } = await scene();
    await made(engines);
    engines.docker02.interfere = refuse('pull');
    const begun = await settle(openOperation(add, upTo(add, wait, 'sent')), noBalancer);
    expect(inShort(await run(add, { begun }))).toEqual({
      ...{ status: 'undone', failures: ['pull_image docker02'], leftovers: [] },
    });
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
  });

  it('and fails, keeps the records of what was done before and is not reached', async () => {
    const { engines, journal, run } = await scene();
    await made(engines);
    engines.docker01.interfere = refuse('pull');
    engines.docker02.interfere = refuse('pull');
    const begun = await settle(openOperation(add, upTo(add, wait, 'sent')), noBalancer);
    await run(add, { begun });
    const create = firstOf(add, 'create_container');
    expect(journal.filter((line) => line.startsWith(`${create.seq} `))).not.toContain(
      `${create.seq} skipped`,
    );
    expect(journal).toContain(`${wait.seq + 2} skipped`);
  });

  it('past its pivot goes on with what is left, whatever fails, and records it', async () => {
    const { engines, run } = await scene();
    await made(engines);
    const stop = firstOf(remove, 'stop_container');
    const operation = openOperation(remove, upTo(remove, stop, 'sent'));
    engines[stop.host as 'docker01'].interfere = refuse('remove');
    const commits: string[] = [];
    const commit = (): Promise<void> => Promise.resolve(void commits.push('recorded'));
    const result = await run(remove, { begun: await settle(operation, noBalancer), tools: { commit } });
    expect(inShort(result)).toEqual({
      status: 'unfinished',
      failures: [`remove_container ${stop.host}`],
      leftovers: [`remove_container ${stop.host}`],
    });
    expect(result).toMatchObject({ recorded: true, passedPivot: true });
    expect(commits).toEqual(['recorded']);
    expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(1);
  });
});

describe('an operation that is undone from its journal', () => {
  it('leaves nothing, wherever it was killed', async () => {
    for (const last of add.steps) {
      const { engines, run } = await scene();
      const operation = openOperation(add, upTo(add, last, 'sent'));
      for (const step of touchedSteps(operation)) {
        if (step.kind !== 'create_container' || step.seq === last.seq) continue;
        await createContainer(engines[step.host as 'docker01'].engine, step.spec, origin, signal);
      }
      const result = await run(add, { undoing: stepsToUndo(operation, makeState()) });
      expect(inShort(result)).toEqual({ status: 'undone', failures: [], leftovers: [] });
      expect(engines.docker01.containers.size + engines.docker02.containers.size).toBe(0);
    }
  });

  it('asks for a creation nobody heard of again, so that one on its way cannot appear afterwards', async () => {
    const { engines, run } = await scene();
    const create = firstOf(add, 'create_container');
    const operation = openOperation(add, upTo(add, create, 'sent'));
    engines[create.host as 'docker01'].images.add(create.spec.image);
    await run(add, { undoing: stepsToUndo(operation, makeState()) });
    expect(verbs(engines[create.host as 'docker01'])).toMatch(/^create .*remove$/);
  });

  it('and whose way back fails stays on it', async () => {
    const { engines, journal, run } = await scene();
    await made(engines);
    engines.docker02.interfere = refuse('remove');
    const operation = openOperation(add, upTo(add, wait, 'sent'));
    const result = await run(add, { undoing: stepsToUndo(operation, makeState()) });
    expect(inShort(result)).toMatchObject({ status: 'unfinished', leftovers: ['remove_container docker02'] });
    const [create] = add.steps.filter(({ kind, host }) => kind === 'create_container' && host === 'docker02');
    expect(journal.filter((line) => line.startsWith(`${create?.seq ?? 0} `)).at(-1)).toBe(
      `${create?.seq ?? 0} compensating`,
    );
  });
});
