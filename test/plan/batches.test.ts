import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { release } from '../../src/actions/processes.ts';
import { batchesOf } from '../../src/plan/batches.ts';
import type { Plan } from '../../src/plan/step.ts';
import { undo } from '../../src/plan/undo.ts';
import type { Rolling } from '../../src/model/rolling.ts';
import type { State } from '../../src/model/state.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf, printed } from '../support/plans.ts';
import { makeSpec } from '../support/specs.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4', 'v0.5']);
const hosts = ['docker01', 'docker02', 'docker03'];

function planOfRelease(rolling: Partial<Rolling>, versions: readonly string[] = ['v0.4']): Plan {
  const state = makeState({ webapp: { hosts, rolling } });
  return planOf(state, accepted(release(state, { service: 'webapp', versions }, environment, facts)));
}

describe('batchesOf', () => {
  const added = (stacks: number, positions: number) =>
    Array.from({ length: stacks * positions }, (_, index) => ({
      spec: {
        ...makeSpec(),
        name: `webapp-stack${Math.floor(index / positions) + 1}-app${(index % positions) + 1}`,
        position: index % positions,
        service: 'webapp',
      },
    }));
  const stateWith = (parallelism: number | null): State =>
    makeState({ webapp: { rolling: { parallelism } } });
  const shape = (stacks: number, positions: number, parallelism: number | null) =>
    batchesOf(added(stacks, positions), stateWith(parallelism)).map((batch) =>
      batch.map(({ spec }) => spec.name.replace(/webapp-stack|app/g, '')).join(' '),
    );

  it('has twins come up together, the lowest position first', () => {
    expect(shape(2, 2, null)).toEqual(['1-1 1-2 2-1 2-2']);
    expect(shape(2, 2, 2)).toEqual(['1-1 2-1', '1-2 2-2']);
    expect(shape(3, 1, 2)).toEqual(['1-1 2-1', '3-1']);
    expect(shape(0, 0, 2)).toEqual([]);
  });

  it('leaves nobody out, and lets no more come up at once than its service says', () => {
    const count = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(count, count, fc.option(count), (stacks, positions, parallelism) => {
        const batches = shape(stacks, positions, parallelism).map((batch) => batch.split(' '));
        expect(batches.flat().sort()).toEqual(
          added(stacks, positions)
            .map(({ spec }) => spec.name.replace(/webapp-stack|app/g, ''))
            .sort(),
        );
        for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(parallelism ?? Infinity);
      }),
    );
  });
});

describe('the plan of a release in batches', () => {
  it('starts each batch when the one before is healthy and the delay has passed', () => {
    expect(printed(planOfRelease({ parallelism: 2, delay: 10 }))).toBe(`
 1  check_host        docker01  engine                                 every host is asked before anything changes
 2  check_host        docker02  engine                                 every host is asked before anything changes
 3  check_host        docker03  engine                                 every host is asked before anything changes
 4  pull_image        docker01  webapp:v0.4 (a37f4f70f92d)             docker01 is to run webapp v0.4
 5  pull_image        docker02  webapp:v0.4 (a37f4f70f92d)             docker02 is to run webapp v0.4
 6  pull_image        docker03  webapp:v0.4 (a37f4f70f92d)             docker03 is to run webapp v0.4
 7  create_container  docker01  webapp-stack1-app4 (v0.4, port 20003)  webapp-stack1 gets v0.4 at position 3
 8  create_container  docker02  webapp-stack2-app4 (v0.4, port 20003)  webapp-stack2 gets v0.4 at position 3
 9  create_container  docker03  webapp-stack3-app4 (v0.4, port 20003)  webapp-stack3 gets v0.4 at position 3
10  start_container   docker01  webapp-stack1-app4                     v0.4 answers on port 20003 of docker01
11  start_container   docker02  webapp-stack2-app4                     v0.4 answers on port 20003 of docker02
12  wait_healthy      docker01  webapp-stack1-app4                     nothing is sent to a container before it is healthy
13  wait_healthy      docker02  webapp-stack2-app4                     nothing is sent to a container before it is healthy
14  pause             cmanage   webapp (10 s)                          webapp waits for 10 s before its next containers start
15  start_container   docker03  webapp-stack3-app4                     v0.4 answers on port 20003 of docker03
16  wait_healthy      docker03  webapp-stack3-app4                     nothing is sent to a container before it is healthy
17  commit_state      state     revision 1                             the change is recorded when everything it says is true
`);
  });

  it('has no pause without a delay, and none after the last batch', () => {
    const kinds = (rolling: Partial<Rolling>) =>
      planOfRelease(rolling).steps.filter(({ kind }) => kind === 'pause').length;
    expect([kinds({ parallelism: 1 }), kinds({ parallelism: 1, delay: 3 }), kinds({ delay: 3 })]).toEqual([
      0, 2, 0,
    ]);
  });

  it('makes each start wait for the health of the batch before', () => {
    const { steps } = planOfRelease({ parallelism: 1 }, ['v0.4', 'v0.5']);
    const starts = steps.filter(({ kind }) => kind === 'start_container');
    const waits = steps.filter(({ kind }) => kind === 'wait_healthy');
    expect(starts.map(({ object }) => object.replace('webapp-', ''))).toEqual([
      ...['stack1-app4', 'stack2-app4', 'stack3-app4'],
      ...['stack1-app5', 'stack2-app5', 'stack3-app5'],
    ]);
    starts.slice(1).forEach((start, index) => {
      expect(start.needs).toContain(waits[index]?.seq);
    });
  });

  it('is undone without any pause', () => {
    const { steps } = planOfRelease({ parallelism: 1, delay: 10 });
    const back = undo(steps.slice(0, -1), steps.length).map(({ kind, object }) => `${kind} ${object}`);
    expect(back).toEqual([
      ...[3, 2, 1].map((stack) => `stop_container webapp-stack${stack}-app4`),
      ...[3, 2, 1].map((stack) => `remove_container webapp-stack${stack}-app4`),
    ]);
  });
});
