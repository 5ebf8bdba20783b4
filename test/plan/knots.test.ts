import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import { mixedAnswers } from '../../src/plan/mixing.ts';
import { withLinks } from '../support/links.ts';
import { makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];

/** Production is at position 2 and goes to 0, and in the same change the stacks lose what is at 0. */
function changed(hosts: readonly string[]): { before: State; next: State } {
  const versions = ['v0.1', 'v0.2', 'v0.3', 'v0.4'];
  const endpoints = { prod: { pointer: 2 }, qa: { pointer: 1 } };
  const services = makeState({ webapp: { hosts, versions, endpoints }, mail: { versions } });
  const trees = [prod, qa].reduce((state, endpoint) => withTree(state, endpoint, 'webapp > mail'), services);
  const before = withLinks(trees);
  const popped = accepted(popService(before, { service: 'webapp', position: 0, single: false }));
  const pointer = { endpoint: prod, child: null, parent: null };
  return { before, next: accepted(changeTree(popped, pointer, { position: 0 })) };
}

/** The steps that move the traffic of the containers that change places, in the plan's order. */
function moves({ before, next }: { before: State; next: State }): string[] {
  return planOf(before, next)
    .steps.filter(({ kind }) => ['add_server', 'drain_server', 'set_map'].includes(kind))
    .map(({ kind, object }) => `${kind} ${object}`)
    .filter((line) => /-app[23]( |$)/.test(line));
}

describe('containers that change places between two endpoints', () => {
  it('go stack by stack, so that the others answer while one is led elsewhere', () => {
    expect(moves(changed(['docker01', 'docker02']))).toEqual([
      `drain_server ${qa}/webapp-stack1-app2`,
      'set_map webapp-stack1-app2 to mail',
      `drain_server ${prod}/webapp-stack1-app3`,
      'set_map webapp-stack1-app3 to mail',
      `add_server ${qa}/webapp-stack1-app3`,
      `drain_server ${qa}/webapp-stack2-app2`,
      'set_map webapp-stack2-app2 to mail',
      `add_server ${prod}/webapp-stack1-app2`,
      `drain_server ${prod}/webapp-stack2-app3`,
      'set_map webapp-stack2-app3 to mail',
      `add_server ${prod}/webapp-stack2-app2`,
      `add_server ${qa}/webapp-stack2-app3`,
    ]);
  });

  it('overlap where there is one stack, and the plan warns of it', () => {
    const { before, next } = changed(['docker01']);
    expect(moves({ before, next })).toEqual([
      `add_server ${prod}/webapp-stack1-app2`,
      `drain_server ${prod}/webapp-stack1-app3`,
      'set_map webapp-stack1-app3 to mail',
      `add_server ${qa}/webapp-stack1-app3`,
      `drain_server ${qa}/webapp-stack1-app2`,
      'set_map webapp-stack1-app2 to mail',
    ]);
    const warnings = mixedAnswers(before, next, makeEnvironment());
    const fact =
      'webapp-stack1-app3 and webapp-stack1-app2 change places with nobody else to answer meanwhile, and an answer may come from where another endpoint calls';
    const remedy = 'scale webapp to two stacks before where that matters';
    expect(warnings).toEqual(
      [prod, qa].map((object) => expect.objectContaining({ level: 'warn', object, fact, remedy })),
    );
  });
});
