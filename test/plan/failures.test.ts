import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import type { Rolling } from '../../src/model/rolling.ts';
import type { Plan } from '../../src/plan/step.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4', 'v0.5']);
const all = ['docker01', 'docker02', 'docker03'];

function planOfRelease(rolling: Partial<Rolling>, hosts = all, versions = ['v0.4']): Plan {
  const state = makeState({ webapp: { hosts, rolling } });
  return planOf(state, accepted(release(state, { service: 'webapp', versions }, environment, facts)));
}

/** The policy of a plan, with its steps in words. */
function inWords({ steps, onFailure }: Plan) {
  const word = (seq: number): string => {
    const step = steps.find((one) => one.seq === seq);
    return `${step?.kind ?? ''} ${step?.object.replace('webapp-', '') ?? ''}`;
  };
  return (
    onFailure && {
      pauses: onFailure.pauses.map(word),
      tolerated: onFailure.tolerated.map((place) => ({ ...place, steps: place.steps.map(word) })),
    }
  );
}

describe('what it means that containers fail', () => {
  it('is nothing of its own as usual, nor where one container is all there is', () => {
    expect(planOfRelease({})).not.toHaveProperty('onFailure');
    expect(planOfRelease({ onFailure: 'continue' }, ['docker01'])).not.toHaveProperty('onFailure');
    expect(planOfRelease({ maxFailureRatio: 0.3 })).not.toHaveProperty('onFailure');
  });

  it('is a pause at every step by which a container comes up', () => {
    expect(inWords(planOfRelease({ onFailure: 'pause', monitor: 5 }, ['docker01']))).toEqual({
      pauses: ['start_container stack1-app4', 'wait_healthy stack1-app4', 'watch_health stack1-app4'],
      tolerated: [],
    });
  });

  it.each<[Partial<Rolling>, number]>([
    [{ maxFailureRatio: 0.34 }, 1],
    [{ maxFailureRatio: 0.67 }, 2],
    [{ maxFailureRatio: 1 }, 2],
    [{ onFailure: 'continue' }, 2],
    [{ onFailure: 'continue', maxFailureRatio: 0.34 }, 2],
  ])('is that, by %j, %d of three may fail', (rolling, failures) => {
    expect(planOfRelease(rolling).onFailure?.tolerated.map((place) => place.failures)).toEqual([failures]);
  });

  it('counts each position by itself, because each stage needs one that runs', () => {
    const { onFailure } = planOfRelease(
      { onFailure: 'continue' },
      ['docker01', 'docker02'],
      ['v0.4', 'v0.5'],
    );
    expect(onFailure?.tolerated.map(({ failures, steps }) => [failures, steps.length])).toEqual([
      [1, 4],
      [1, 4],
    ]);
  });

  it('has a third of three be one, whatever 0.1 and 0.2 are together', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `docker${index}`);
    const state = makeState({ webapp: { hosts: ten, rolling: { maxFailureRatio: 0.1 + 0.2 } } });
    const next = { ...state, containers: state.containers };
    expect(
      planOf(makeState(), next, makeEnvironment({ loadBalancers: [] })).onFailure?.tolerated[0]?.failures,
    ).toBe(3);
  });

  it('tolerates nothing of a container that is there already, and pauses where it is watched', () => {
    const rolling = { onFailure: 'pause', maxFailureRatio: 1, monitor: 5 } as const;
    const state = makeState({ webapp: { hosts: all.slice(0, 2), rolling, endpoints: { prod: {} } } });
    const popped = accepted(popService(state, { service: 'webapp', position: 0, single: false }));
    const words = inWords(planOf(state, popped));
    expect(words?.tolerated).toEqual([]);
    expect(words?.pauses).toContain('watch_health stack1-app2');
  });
});
