import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popService } from '../../src/actions/processes.ts';
import { inverse, undo, type Step, type StepKind } from '../../src/plan/step.ts';
import { correctState } from '../support/arbitraryState.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const pop = planOf(before, accepted(popService(before, { service: 'webapp', position: 0, single: false })));
const add = planOf(makeState(), makeState({ webapp: { versions: ['v1'], endpoints: { prod: {} } } }));

function stepOf(kind: StepKind): Step {
  const step = [...add.steps, ...pop.steps].find((candidate) => candidate.kind === kind);
  if (!step) throw new Error(`no plan of this test has ${kind}`);
  return step;
}

describe('inverse', () => {
  it.each([
    ['create_container', 'remove_container'],
    ['start_container', 'stop_container'],
    ['stop_container', 'start_container'],
    ['remove_container', 'create_container'],
  ] as const)('of %s is %s, of the same container', (kind, opposite) => {
    const step = stepOf(kind);
    expect(inverse(step)).toMatchObject({ ...step, kind: opposite });
  });

  it('of a start gives no time to a container that no request has reached', () => {
    expect(inverse(stepOf('start_container'))).toMatchObject({ grace: 0 });
    expect(stepOf('stop_container')).toMatchObject({ grace: 10 });
  });

  it('of a switch puts the configuration back that lay there', () => {
    const step = stepOf('switch_traffic');
    if (step.kind !== 'switch_traffic') throw new Error('unreachable');
    expect(inverse(step)).toEqual({ ...step, config: step.previous, previous: step.config });
    expect(step.config).not.toBe(step.previous);
  });

  it.each([
    'check_host',
    'check_config',
    'pull_image',
    'wait_healthy',
    'wait_drained',
    'commit_state',
  ] as const)('of %s is nothing', (kind) => {
    expect(inverse(stepOf(kind))).toBeNull();
  });

  it('undone twice, a step is of its kind again', () => {
    for (const step of [...add.steps, ...pop.steps]) {
      const once = inverse(step);
      if (once)
        expect(inverse(once)).toMatchObject(step.kind === 'stop_container' ? { kind: step.kind } : step);
    }
  });
});

describe('undo', () => {
  it('of a whole release takes traffic back first, waits for its requests to end, then stops, then removes', () => {
    expect(undo(add.steps, add.steps.length).map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      'switch_traffic haproxy.cfg',
      'wait_drained old workers',
      'stop_container webapp-stack1-app1',
      'remove_container webapp-stack1-app1',
    ]);
  });

  it('of a part of a plan does the inverses in the opposite order, each after what was built on it', () => {
    const cut = fc.tuple(correctState, correctState, fc.nat(60));
    fc.assert(
      fc.property(cut, ([from, to, length]) => {
        const { steps } = planOf(from, to);
        const done = steps.slice(0, length);
        const undone = undo(done, steps.length);
        const expected = done.filter((step) => inverse(step) !== null).map((step) => step.seq);
        const isWait = ({ kind }: Step): boolean => kind === 'wait_drained';
        expect(undone.filter((step) => !isWait(step)).map((step) => step.seq)).toEqual(expected.reverse());
        const waits = undone.filter(isWait).map((step) => step.seq);
        expect(waits).toEqual(
          done.filter((step) => step.kind === 'switch_traffic').map(() => steps.length + 1),
        );
        const earlier = new Set<number>();
        for (const { seq, kind, needs } of undone) {
          for (const need of needs) expect(earlier.has(need)).toBe(true);
          const built = done.filter((step) => step.needs.includes(seq) && inverse(step) !== null);
          for (const step of built) expect(needs).toContain(step.seq);
          if (kind === 'stop_container') for (const wait of waits) expect(needs).toContain(wait);
          earlier.add(seq);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('stops no container before traffic is taken back, though a wait stood between them', () => {
    const stop = undo(add.steps, add.steps.length).find((step) => step.kind === 'stop_container');
    expect(stop?.needs).toContain(stepOf('switch_traffic').seq);
  });

  it('of two load balancers waits for each, by numbers of its own', () => {
    const loadBalancers = [makeBalancer({ drainLimit: 5 }), makeBalancer({ name: 'lb02', drainLimit: 7 })];
    const service = { versions: ['v1', 'v2'], endpoints: { prod: {} } };
    const { steps } = planOf(makeState(), makeState({ webapp: service }), makeEnvironment({ loadBalancers }));
    const undone = undo(steps, steps.length);
    expect(steps.length).toBe(14);
    expect(undone.map(({ seq, kind, needs }) => `${seq} ${kind}: ${needs.join(' ')}`.trimEnd())).toEqual([
      ...['13 switch_traffic:', '16 wait_drained: 13', '12 switch_traffic:', '15 wait_drained: 12'],
      ...['9 stop_container: 12 13 15 16', '8 stop_container: 12 13 15 16'],
      ...['7 remove_container: 9 12 13', '6 remove_container: 8 12 13'],
    ]);
    expect(undone.filter((step) => step.kind === 'wait_drained')).toMatchObject([
      { host: 'lb02', limit: 7, object: 'old workers' },
      { host: 'lb01', limit: 5, object: 'old workers' },
    ]);
  });

  it('says why it happens', () => {
    for (const { because } of undo(add.steps, add.steps.length))
      expect(because).toBe('the operation failed and is taken back');
  });

  it('of nothing is nothing', () => {
    expect(undo([], 0)).toEqual([]);
  });
});
