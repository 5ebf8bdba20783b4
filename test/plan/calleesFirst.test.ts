import { describe, expect, it } from '@jest/globals';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { emptyState, type State } from '../../src/model/state.ts';
import { diff } from '../../src/plan/diff.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import type { Plan } from '../../src/plan/step.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();

/** webapp calls training, which calls ledger; each has one container on a host of its own. */
function chain(...trees: [endpoint: string, ...relations: string[]][]): State {
  const versions = ['v1'];
  const made = makeState({
    webapp: { hosts: ['docker01'], versions, endpoints: { prod: {} } },
    training: { hosts: ['docker02'], versions, endpoints: { prod: { port: 81 } } },
    ledger: { hosts: ['docker03'], versions },
  });
  const state = trees.reduce(
    (given, [endpoint, ...relations]) => withTree(given, endpoint, ...relations),
    made,
  );
  const linked = provideLinks(emptyState, state, environment);
  if (!linked.ok) throw new Error('it has no links');
  return linked.value;
}

const three = chain(['webapp-endpoint-prod', 'webapp > training', 'training > ledger']);

const deployed = (state: State, missing: (name: string) => boolean, live = ''): Plan =>
  diff({ ...state, containers: state.containers.filter(({ name }) => !missing(name)) }, state, {
    ...{ environment, live: new Map([['lb01', live]]), commit: false },
  });

/** What must be done before a container is started, near and far. */
function before(plan: Plan, container: string): string[] {
  const of = (seq: number): number[] => {
    const needs = plan.steps.find((step) => step.seq === seq)?.needs ?? [];
    return [...needs, ...needs.flatMap(of)];
  };
  const start = plan.steps.find(({ kind, object }) => kind === 'start_container' && object === container);
  const needed = new Set(of(start?.seq ?? 0));
  return plan.steps
    .filter(({ seq, kind }) => needed.has(seq) && ['wait_healthy', 'add_server'].includes(kind))
    .map(({ kind, object }) => `${kind} ${object}`);
}

describe('containers of an environment that is built from nothing', () => {
  it('start when those they call are healthy and can be reached, however deep', () => {
    const plan = deployed(three, () => true);
    expect(before(plan, 'ledger-stack1-app1')).toEqual([]);
    expect(before(plan, 'training-stack1-app1')).toEqual([
      'wait_healthy ledger-stack1-app1',
      'add_server link.ledger.0/ledger-stack1-app1',
    ]);
    expect(before(plan, 'webapp-stack1-app1')).toEqual([
      'wait_healthy ledger-stack1-app1',
      'add_server link.ledger.0/ledger-stack1-app1',
      'wait_healthy training-stack1-app1',
      'add_server link.training.0/training-stack1-app1',
    ]);
    expect(checkEveryStep({ ...three, containers: [] }, three, plan, environment)).toEqual([]);
  });

  it('serve endpoints only when all of them are healthy', () => {
    const { steps } = deployed(three, () => true);
    const seqOf = (kind: string, object: string): number =>
      steps.findIndex((step) => step.kind === kind && step.object === object);
    const last = steps.findLastIndex(({ kind }) => kind === 'wait_healthy');
    expect(seqOf('add_server', 'training-endpoint-prod/training-stack1-app1')).toBeGreaterThan(last);
    expect(seqOf('add_server', 'webapp-endpoint-prod/webapp-stack1-app1')).toBeGreaterThan(last);
  });

  it('wait for nobody where each calls the other in a tree of its own', () => {
    const mutual = chain(
      ['webapp-endpoint-prod', 'webapp > training'],
      ['training-endpoint-prod', 'training > webapp'],
    );
    const plan = deployed(mutual, () => true);
    const waits = ['webapp-stack1-app1', 'training-stack1-app1'].map((name) => before(plan, name).length > 0);
    expect(waits.sort()).toEqual([false, true]);
  });
});

describe('where somebody answers in the place of what is called', () => {
  it('a caller does not wait', () => {
    const plan = deployed(three, (name) => name.startsWith('webapp'));
    expect(before(plan, 'webapp-stack1-app1')).toEqual([]);
    expect(plan.steps.filter(({ kind }) => kind === 'start_container')).toHaveLength(1);
  });
});
