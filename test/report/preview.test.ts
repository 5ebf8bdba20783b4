import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import type { State } from '../../src/model/state.ts';
import type { Violation } from '../../src/model/violation.ts';
import { diff } from '../../src/plan/diff.ts';
import { stackChanges, treeChanges } from '../../src/plan/preview.ts';
import { configDiffs, previewText, summaryLines, violationLine } from '../../src/report/preview.ts';
import { paint } from '../../src/report/style.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4']);
const state = makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: { port: 80 } } } });
const higher = accepted(release(state, { service: 'webapp', versions: ['v0.4'] }, environment, facts));
const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));
const style = { stages: ['prod', 'qa', 'dev'], columns: null, colour: paint({}, {}) };

const violation: Violation = {
  code: 'stack-versions',
  level: 'warn',
  object: 'webapp-stack1-app4',
  service: 'webapp',
  fact: 'v0.1 cannot stand on v0.3',
  remedy: 'release v0.3 or later',
};

function textOf(before: State, next: State, violations: readonly Violation[] = []): string {
  const plan = planOf(before, next);
  const stacks = stackChanges(before, next);
  return previewText(
    { command: 'cmanage pop webapp', allowed: true, violations, stacks, trees: [], plan },
    style,
  );
}

describe('violationLine', () => {
  it('names the rule, the object, the fact and the remedy', () => {
    expect(violationLine(violation)).toBe(
      'stack-versions: webapp-stack1-app4: v0.1 cannot stand on v0.3. Remedy: release v0.3 or later.',
    );
  });
});

describe('previewText', () => {
  it('shows twins in one table, what happens to each version, the configuration and the steps', () => {
    const text = textOf(higher, popped);
    expect(text.split('\n\n').map((part) => part.split('\n')[0])).toEqual([
      'Plan: cmanage pop webapp',
      'webapp-stack1 on docker01, webapp-stack2 on docker02:',
      'HAProxy on lb01:',
      'Steps:',
      'Each step leaves a correct state (19 checked).',
    ]);
    expect(text).toContain(`position\tstage\tbefore\tafter\twhat happens
0\tprod\tv0.1\tv0.2\tv0.1 goes, v0.2 comes from qa
1\tqa\tv0.2\tv0.3\tv0.3 comes from dev
2\tdev\tv0.3\tv0.4\tv0.4 comes from position 3
3\t\tv0.4\t-\t`);
  });

  it('says what is new, and that HAProxy stays', () => {
    const text = textOf(state, higher);
    expect(text).toContain('3\t\t-\tv0.4\tv0.4 is new');
    expect(text).toContain('HAProxy: no change.');
  });

  it('shows warnings, and no error, which would have been a refusal', () => {
    const text = textOf(state, higher, [violation, { ...violation, level: 'error', object: 'other' }]);
    expect(text).toContain(`Warnings:\n  ${violationLine(violation)}\n`);
    expect(text).not.toContain('other');
  });

  it('says that nothing is to be done', () => {
    const plan = { steps: [], pivot: 0 };
    const text = previewText(
      { command: 'cmanage x', allowed: true, violations: [], stacks: [], trees: [], plan },
      style,
    );
    expect(text).toBe('Plan: cmanage x\n\nHAProxy: no change.\n\nNothing is to be done.');
  });
});

describe('previewText: trees', () => {
  const prod = 'webapp-endpoint-prod';
  const services = makeState({ webapp: { endpoints: { prod: {} } }, mail: {}, log: {} });
  const before = withTree(services, prod, 'webapp > log', 'webapp > mail');
  const next = withTree(services, prod, 'webapp > log', 'webapp > mail @ 2');
  const trees = treeChanges(before, next);
  const plan = { steps: [], pivot: 0 };
  const shown = (colour: typeof style.colour) =>
    previewText(
      { command: 'x', allowed: true, violations: [], stacks: [], trees, plan },
      { ...style, colour },
    );

  it('shows the lines that stay, go and come', () => {
    expect(shown(style.colour)).toBe(`Plan: x

Tree of webapp-endpoint-prod:
  webapp v0.1 (position 0)
  ├─ log v0.1 (position 0)
- └─ mail v0.1 (position 0)
+ └─ mail v0.3 (position 2, fixed)

HAProxy: no change.

Nothing is to be done.`);
  });

  it('paints what goes red and what comes green', () => {
    const lines = shown(paint({ isTTY: true }, {})).split('\n');
    expect(lines.slice(2, 7)).toEqual([
      'Tree of webapp-endpoint-prod:',
      '  webapp v0.1 (position 0)',
      '  ├─ log v0.1 (position 0)',
      '\u001b[31m- └─ mail v0.1 (position 0)\u001b[39m',
      '\u001b[32m+ └─ mail v0.3 (position 2, fixed)\u001b[39m',
    ]);
  });
});

describe('configDiffs', () => {
  it('shows the lines that change, for each load balancer', () => {
    const [change] = configDiffs(planOf(higher, popped));
    expect(change?.loadbalancer).toBe('lb01');
    const lines = change?.diff.split('\n').filter((line) => /^[+-] .*server /.test(line));
    expect(lines?.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '- server webapp-stack1-app1 192.0.2.11:20000 weight 100',
      '- server webapp-stack2-app1 192.0.2.12:20000 weight 100',
      '+ server webapp-stack1-app2 192.0.2.11:20001 weight 100',
      '+ server webapp-stack2-app2 192.0.2.12:20001 weight 100',
    ]);
  });

  it('shows what somebody wrote by hand, and does not obey it', () => {
    const live = new Map([['lb01', 'global\n# \u001b[2J\u202e\n']]);
    const [change] = configDiffs(diff(state, state, { environment, live, commit: false }));
    expect(change?.diff).toContain('-# \\u001b[2J\\u202e');
  });
});

describe('summaryLines', () => {
  it('tells the versions before and after, and on which hosts', () => {
    expect(summaryLines(stackChanges(higher, popped))).toEqual([
      'webapp: v0.1 v0.2 v0.3 v0.4 -> v0.2 v0.3 v0.4 on docker01, docker02',
    ]);
    expect(summaryLines(stackChanges(makeState(), makeState({ shop: { versions: ['v1'] } })))).toEqual([
      'shop: nothing -> v1 on docker01',
    ]);
  });
});
