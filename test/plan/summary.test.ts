import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { drainHost } from '../../src/actions/stackProcesses.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import { summaryOf, type OperationSummary } from '../../src/plan/summary.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const state = makeState({
  webapp: { hosts: ['docker01', 'docker02'], versions: ['v1', 'v2'], endpoints: { prod: {} } },
  mail: { hosts: ['docker02'], versions: ['v1'] },
});
const external = { name: 'db', mode: 'tcp', targets: [], healthPath: null } as const;

const summarize = (next: State): OperationSummary =>
  summaryOf({ stacks: stackChanges(state, next), plan: planOf(state, next) });

describe('summaryOf', () => {
  it('puts stacks that change alike together', () => {
    const next = accepted(popService(state, { service: 'webapp', position: 0, single: false }));
    const change = { stacks: ['webapp-stack1', 'webapp-stack2'], before: ['v1', 'v2'], after: ['v2'] };
    expect(summarize(next)).toEqual([{ service: 'webapp', changes: [change] }]);
  });

  it('has every service with what became of its stacks', () => {
    expect(summarize(accepted(drainHost(state, 'docker02', makeEnvironment())))).toEqual([
      {
        service: 'mail',
        changes: [
          { stacks: ['mail-stack1'], before: ['v1'], after: [] },
          { stacks: ['mail-stack2'], before: [], after: ['v1'] },
        ],
      },
      {
        service: 'webapp',
        changes: [
          { stacks: ['webapp-stack2'], before: ['v1', 'v2'], after: [] },
          { stacks: ['webapp-stack3'], before: [], after: ['v1', 'v2'] },
        ],
      },
    ]);
  });

  it.each<[string, State, string[]]>([
    ['an endpoint', changeRow(state, 'endpoints', prod, { port: 81 }), ['webapp']],
    ['a relation', withTree(state, prod, 'webapp > mail'), ['mail', 'webapp']],
    ['a service without stacks', makeState({ webapp: { hosts: [] } }), ['mail', 'webapp']],
    ['an external service', { ...state, externals: [external] }, ['db']],
  ])('names the services of other rows: %s', (_case, next, services) => {
    expect(summarize(next).map(({ service }) => service)).toEqual(services);
  });

  it('is empty where nothing is touched', () => {
    expect(summarize(state)).toEqual([]);
  });
});
