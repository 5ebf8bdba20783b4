import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popService } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { replace } from '../../src/actions/replace.ts';
import { connectService } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import type { Step, StepKind } from '../../src/plan/step.ts';
import { inverse, undo } from '../../src/plan/undo.ts';
import { correctState } from '../support/arbitraryState.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const pop = planOf(before, accepted(popService(before, { service: 'webapp', position: 0, single: false })));
const replaced = accepted(
  replace(before, { stack: 'webapp-stack1', position: 0, direction: 'up' }, makeEnvironment()),
);
const add = planOf(makeState(), makeState({ webapp: { versions: ['v1'], endpoints: { prod: {} } } }));

/** The numbers of all steps that must be done before the given one, directly or not. */
function ancestorsOf(steps: readonly Step[], seq: number): Set<number> {
  const needs = steps.find((step) => step.seq === seq)?.needs ?? [];
  return new Set(needs.flatMap((need) => [need, ...ancestorsOf(steps, need)]));
}

/** Three stages of a service that calls another one at their own positions. */
function staged(relation: string): State {
  const stages = { prod: {}, qa: {}, dev: {} };
  const services = makeState({ webapp: { endpoints: stages }, mail: {} });
  const trees = ['prod', 'qa', 'dev'].reduce(
    (state, stage) => withTree(state, `webapp-endpoint-${stage}`, relation),
    services,
  );
  return withLinks(trees);
}

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

  it.each([
    ['add_server', 'remove_server'],
    ['remove_server', 'add_server'],
    ['drain_server', 'ready_server'],
  ] as const)('of %s is %s, of the same server', (kind, opposite) => {
    const step = stepOf(kind);
    expect(inverse(step)).toEqual({ ...step, kind: opposite });
  });

  it('of a server that is made ready drains it again', () => {
    const step = { ...stepOf('drain_server'), kind: 'ready_server' } as Step;
    expect(inverse(step)).toEqual({ ...step, kind: 'drain_server' });
  });

  it.each(['reload', 'write_config'] as const)(
    'of a %s puts the configuration back that lay there',
    (kind) => {
      const step = stepOf(kind);
      if (step.kind !== kind) throw new Error('unreachable');
      expect(inverse(step)).toEqual({ ...step, config: step.previous, previous: step.config });
      expect(step.config).not.toBe(step.previous);
    },
  );

  it('of a weight gives the one there was', () => {
    const server = { name: 's', address: '192.0.2.11', port: 1, weight: 25 };
    const about = { seq: 1, needs: [], host: 'lb01', object: 'b/s', because: 'a test' };
    const at = { ...about, backend: 'b', sticky: false, limit: 3 };
    const step: Step = { ...at, kind: 'set_weight', server, previous: 100 };
    expect(inverse(step)).toEqual({ ...step, server: { ...server, weight: 100 }, previous: 25 });
  });

  it.each([
    ['link.a.0', 'link.a.1'],
    [null, 'link.a.1'],
    ['link.a.0', null],
  ])('of a link from %s to %s leads it back', (previous, backend) => {
    const at = { seq: 1, needs: [], host: 'lb01', object: 'x to a', because: 'a test', map: '/m', port: 9 };
    const step: Step = { ...at, kind: 'set_map', previous, backend, limit: 3 };
    expect(inverse(step)).toEqual({ ...step, previous: backend, backend: previous });
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
      'reload haproxy.cfg',
      'wait_drained old workers',
      'stop_container webapp-stack1-app1',
      'remove_container webapp-stack1-app1',
    ]);
  });

  it('of servers that were moved has the old ones take requests before the new ones go', () => {
    const { steps, pivot } = planOf(before, replaced);
    expect(undo(steps.slice(0, pivot), steps.length).map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      'ready_server webapp-endpoint-prod/webapp-stack1-app1',
      'remove_server webapp-endpoint-prod/webapp-stack1-app5',
      // A file that says anything else than HAProxy serves would reload it.
      'write_config haproxy.cfg',
      'stop_container webapp-stack1-app5',
      'remove_container webapp-stack1-app5',
    ]);
    // A server that is removed waits for its requests by itself, so that the container may stop after it.
    const undone = undo(steps.slice(0, pivot), steps.length);
    const [removal, stop] = ['remove_server', 'stop_container'].map((kind) =>
      undone.find((step) => step.kind === kind),
    );
    expect(stop?.needs).toContain(removal?.seq);
  });

  it('of a part of a plan does the inverses in the opposite order, each after what was built on it', () => {
    const cut = fc.tuple(correctState, correctState, fc.nat(60));
    fc.assert(
      fc.property(cut, ([from, to, length]) => {
        const { steps } = planOf(from, to);
        const done = steps.slice(0, length);
        const undone = undo(done, steps.length);
        const isWait = ({ kind }: Step): boolean => kind === 'wait_drained' || kind === 'wait_healthy';
        const isPlain = (step: Step): boolean => !isWait(step) && step.kind !== 'write_config';
        const seqs = (some: readonly Step[]): number[] => some.filter(isPlain).map((step) => step.seq);
        // What removed a drained server is taken back with its drain, see below.
        const expected = done.filter((step) => inverse(step) !== null && step.kind !== 'remove_server');
        expect(seqs(undone).toSorted((x, y) => x - y)).toEqual(seqs(expected));
        const writes = (some: readonly Step[]) => some.filter(({ kind }) => kind === 'write_config').length;
        expect(writes(undone)).toBe(writes(done));
        const waits = undone.filter(isWait).map((step) => step.seq);
        expect(waits.toSorted((x, y) => x - y)).toEqual(waits.map((_, index) => steps.length + 1 + index));
        const reloads = done.filter((step) => step.kind === 'reload');
        const old = undone.filter((step) => step.kind === 'wait_drained' && step.of === null);
        expect(old.flatMap((step) => step.needs).toSorted((x, y) => x - y)).toEqual(
          reloads.map((step) => step.seq),
        );
        const earlier = new Set<number>();
        for (const { seq, kind, needs } of undone) {
          for (const need of needs) expect(earlier.has(need)).toBe(true);
          // A file is put back after what HAProxy is told, see below.
          const built = done.filter(
            (step) =>
              step.needs.includes(seq) &&
              inverse(step) !== null &&
              !['write_config', 'remove_server'].includes(step.kind),
          );
          for (const step of built) expect(needs).toContain(step.seq);
          // A reload that came before a container's start never had it among its servers.
          const later = reloads.filter((reload) => ancestorsOf(done, reload.seq).has(seq));
          const waited = undone.filter((step) => later.some((reload) => step.needs[0] === reload.seq));
          if (kind === 'stop_container')
            for (const wait of waited.filter((step) => step.kind === 'wait_drained'))
              expect(needs).toContain(wait.seq);
          earlier.add(seq);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('stops no container before traffic is taken back, though a wait stood between them', () => {
    const stop = undo(add.steps, add.steps.length).find((step) => step.kind === 'stop_container');
    expect(stop?.needs).toContain(stepOf('reload').seq);
  });

  it('of containers that reach others for the first time has no step that waits for itself', () => {
    const from = makeState({
      webapp: { versions: ['v1'], endpoints: { prod: {} } },
      mail: { versions: ['v1'] },
    });
    const connected = connectService(from, {
      service: 'webapp',
      children: ['mail'],
      parents: [],
      endpoints: [],
    });
    const { steps, pivot } = planOf(
      from,
      accepted(provideLinks(from, accepted(connected), makeEnvironment())),
    );
    const undone = undo(steps.slice(0, pivot), steps.length);
    expect(undone.map(({ seq, kind, object }) => `${seq} ${kind} ${object}`)).toEqual([
      '10 ready_server webapp-endpoint-prod/webapp-stack1-app1',
      '9 remove_server webapp-endpoint-prod/webapp-stack1-app2',
      '11 write_config haproxy.cfg',
      '7 stop_container webapp-stack1-app2',
      '6 reload haproxy.cfg',
      '18 wait_drained old workers',
      '5 remove_container webapp-stack1-app2',
    ]);
    const needs = undone.map((step) => `${step.seq}: ${step.needs.join(' ')}`.trimEnd());
    expect(needs).toEqual([
      '10:',
      '9: 10',
      '11: 10 9',
      '7: 9 10 11',
      '6: 7 9 10 11',
      '18: 6',
      '5: 6 7 9 10 11',
    ]);
  });

  it('adds a server that was removed where its drain is taken back, after the links of its container', () => {
    const from = staged('webapp > mail');
    const { steps } = planOf(from, changeRow(from, 'endpoints', 'webapp-endpoint-qa', { pointer: 0 }));
    const told = (some: readonly Step[]): string[] =>
      some
        .filter(({ host, kind }) => host === 'lb01' && kind !== 'check_config')
        .map(({ kind, object }) => `${kind} ${object.replaceAll('webapp-', '')}`);
    expect(told(steps)).toEqual([
      'add_server endpoint-qa/stack1-app1',
      'drain_server endpoint-qa/stack1-app2',
      'wait_drained endpoint-qa/stack1-app2',
      'set_map stack1-app2 to mail',
      'wait_drained stack1-app2 to mail',
      'write_config haproxy.cfg',
      'remove_server endpoint-qa/stack1-app2',
    ]);
    expect(told(undo(steps, steps.length))).toEqual([
      'set_map stack1-app2 to mail',
      'wait_drained stack1-app2 to mail',
      'add_server endpoint-qa/stack1-app2',
      'remove_server endpoint-qa/stack1-app1',
      'write_config haproxy.cfg',
    ]);
    const undone = undo(steps, steps.length);
    const [set, wait, add] = undone;
    expect(wait).toMatchObject({ of: { backend: 'link.mail.2', port: 10001 }, limit: 30, needs: [set?.seq] });
    expect(add?.needs).toEqual(expect.arrayContaining([set?.seq, wait?.seq]));
  });

  it('puts the file of each load balancer back when that one serves what it says', () => {
    const loadBalancers = [makeBalancer(), makeBalancer({ name: 'lb02' })];
    const { steps, pivot } = planOf(before, replaced, makeEnvironment({ loadBalancers }));
    const undone = undo(steps.slice(0, pivot), steps.length);
    expect(undone.map(({ seq, kind, host }) => `${seq} ${kind} ${host}`)).toEqual([
      ...['12 ready_server lb02', '11 remove_server lb02', '13 write_config lb02'],
      ...['9 ready_server lb01', '8 remove_server lb01', '10 write_config lb01'],
      ...['6 stop_container docker01', '5 remove_container docker01'],
    ]);
    const needs = undone.map((step) => `${step.seq}: ${step.needs.join(' ')}`.trimEnd());
    expect(needs).toEqual([
      ...['12:', '11: 12', '13: 12 11', '9:', '8: 9', '10: 9 8'],
      ...['6: 8 9 10 11 12 13', '5: 6 8 9 10 11 12 13'],
    ]);
  });

  it('stops what was started before a file was written only when that file is put back, whatever it waits for', () => {
    const others = planOf(before, replaced).steps;
    const find = (kind: StepKind): Step => others.find((step) => step.kind === kind) ?? stepOf(kind);
    const undone = undo(
      [
        { ...find('add_server'), seq: 1, needs: [] },
        { ...find('start_container'), seq: 2, needs: [] },
        { ...find('write_config'), seq: 3, needs: [1, 2] },
      ],
      3,
    );
    expect(undone.map(({ seq, kind, needs }) => `${seq} ${kind}: ${needs.join(' ')}`.trimEnd())).toEqual([
      ...['1 remove_server:', '3 write_config: 1', '2 stop_container: 3'],
    ]);
  });

  it('of two load balancers waits for each, by numbers of its own', () => {
    const loadBalancers = [makeBalancer({ drainLimit: 5 }), makeBalancer({ name: 'lb02', drainLimit: 7 })];
    const service = { versions: ['v1', 'v2'], endpoints: { prod: {} } };
    const { steps } = planOf(makeState(), makeState({ webapp: service }), makeEnvironment({ loadBalancers }));
    const undone = undo(steps, steps.length);
    expect(steps.length).toBe(14);
    expect(undone.map(({ seq, kind, needs }) => `${seq} ${kind}: ${needs.join(' ')}`.trimEnd())).toEqual([
      ...['13 reload:', '16 wait_drained: 13', '12 reload:', '15 wait_drained: 12'],
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
