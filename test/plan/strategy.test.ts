import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import type { State } from '../../src/model/state.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import type { Plan, StepKind } from '../../src/plan/step.ts';
import { strategies, type Strategy } from '../../src/plan/strategy.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment();
const hosts = ['docker01', 'docker02'];
const versions = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
const state = makeState({ webapp: { hosts, versions, endpoints: { prod: {}, qa: {} } } });
const popped: State = accepted(popService(state, { service: 'webapp', position: 0, single: false }));
const facts = makeFacts('registry.example/webapp', ['v0.5']);
const released = accepted(release(state, { service: 'webapp', versions: ['v0.5'] }, environment, facts));

const pop = (strategy: Strategy): Plan => planOf(state, popped, environment, strategy);
const seqsOf = ({ steps }: Plan, kind: StepKind): number[] =>
  steps.filter((step) => step.kind === kind).map(({ seq }) => seq);
const wordOf = ({ steps }: Plan, seq: number): string => {
  const step = steps.find((one) => one.seq === seq);
  return `${step?.kind ?? ''} ${step?.host ?? ''} ${step?.object ?? ''}`;
};

describe('a plan under any strategy', () => {
  it.each(strategies)('leaves a correct state after each step: %s', (strategy) => {
    for (const next of [popped, released]) {
      const told = checkEveryStep(state, next, planOf(state, next, environment, strategy), environment);
      expect(told.filter(({ level }) => level === 'error')).toEqual([]);
    }
  });

  it.each(strategies)('does the same steps, but for their order: %s', (strategy) => {
    const words = (plan: Plan): string[] => plan.steps.map(({ seq }) => wordOf(plan, seq)).sort();
    expect(words(pop(strategy))).toEqual(words(pop('rollback')));
  });

  it('says which one it is, unless it is the usual one', () => {
    expect(strategies.map((strategy) => pop(strategy).onError)).toEqual([
      ...['best-effort', undefined, 'commit-at-end'],
    ]);
  });
});

describe('commit-at-end', () => {
  it('takes nothing of the old away before the new state is recorded, and can be undone until then', () => {
    const plan = pop('commit-at-end');
    const [commit = 0] = seqsOf(plan, 'commit_state');
    expect(plan.pivot).toBe(commit);
    for (const kind of ['stop_container', 'remove_container'] as const) {
      expect(seqsOf(plan, kind)).toHaveLength(2);
      for (const seq of seqsOf(plan, kind)) expect(seq).toBeGreaterThan(commit);
    }
    for (const seq of seqsOf(plan, 'wait_drained')) expect(seq).toBeLessThan(commit);
    const stops = plan.steps.filter(({ kind }) => kind === 'stop_container');
    for (const { needs } of stops) expect(needs).toContain(commit);
  });

  it('is the usual plan where nothing goes, or nothing is recorded', () => {
    const usual = planOf(state, released, environment);
    expect(planOf(state, released, environment, 'commit-at-end')).toEqual({
      ...usual,
      onError: 'commit-at-end',
    });
  });
});

describe('best-effort', () => {
  const plan = planOf(state, released, environment, 'best-effort');

  it('lets all containers of a position fail but one, from their creation on', () => {
    expect(
      plan.onFailure?.tolerated.map((place) => [place.failures, place.steps.map((seq) => wordOf(plan, seq))]),
    ).toEqual([
      [
        1,
        [
          'create_container docker01 webapp-stack1-app5',
          'create_container docker02 webapp-stack2-app5',
          'start_container docker01 webapp-stack1-app5',
          'start_container docker02 webapp-stack2-app5',
          'wait_healthy docker01 webapp-stack1-app5',
          'wait_healthy docker02 webapp-stack2-app5',
        ],
      ],
    ]);
  });

  it('has them fail with their host and with their image', () => {
    const shared = plan.onFailure?.shared?.map(({ step, containers }) => [
      ...[wordOf(plan, step), containers.map(({ name }) => name).join(' ')],
    ]);
    expect(shared).toEqual([
      ['check_host docker01 engine', 'webapp-stack1-app5'],
      ['check_host docker02 engine', 'webapp-stack2-app5'],
      ['pull_image docker01 webapp:v0.5', 'webapp-stack1-app5'],
      ['pull_image docker02 webapp:v0.5', 'webapp-stack2-app5'],
    ]);
  });

  it('undoes nothing: where it cannot go on, it stops where it is', () => {
    for (const one of [plan, pop('best-effort')])
      expect(one.onFailure?.pauses).toEqual(
        one.steps.filter(({ seq }) => seq <= one.pivot).map(({ seq }) => seq),
      );
  });

  it('goes on also without containers that are there already and get requests', () => {
    const tolerated = pop('best-effort').onFailure?.tolerated ?? [];
    const words = tolerated.flatMap((place) => place.steps.map((seq) => wordOf(pop('best-effort'), seq)));
    expect(words).toContain('wait_healthy docker02 webapp-stack2-app2');
  });
});
