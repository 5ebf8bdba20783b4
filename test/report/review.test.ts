import { describe, expect, it } from '@jest/globals';
import { popService, release } from '../../src/actions/processes.ts';
import { constraints } from '../../src/constraints/all.ts';
import { defaultRules } from '../../src/model/rules.ts';
import type { State } from '../../src/model/state.ts';
import { refusal, type Violation } from '../../src/model/violation.ts';
import { stackChanges, treeChanges } from '../../src/plan/preview.ts';
import { refusedReview, reviewText } from '../../src/report/review.ts';
import { makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const environment = makeEnvironment();
const facts = makeFacts('registry.example/webapp', ['v0.4']);
const state = makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: { port: 80 } } } });
const higher = accepted(release(state, { service: 'webapp', versions: ['v0.4'] }, environment, facts));
const popped = accepted(popService(higher, { service: 'webapp', position: 0, single: false }));

function reviewOf(
  before: State,
  next: State,
  command: string,
  violations: readonly Violation[] = [],
): string {
  const plan = planOf(before, next);
  const [stacks, trees] = [stackChanges(before, next), treeChanges(before, next)];
  return reviewText({ command, allowed: true, violations, stacks, trees, plan }, defaultRules);
}

/** What a reviewer sees before anything is unfolded, and the titles of what is folded. */
function atAGlance(text: string): string {
  return text.replace(/<details><summary>(.*?)<\/summary>.*?<\/details>/gs, '[$1]');
}

const warning: Violation = {
  ...refusal('host-loss', 'a_b', 'it | <b>goes</b> dark', 'see #1, @all'),
  level: 'warn',
};

describe('a plan for a change review', () => {
  it('says what it comes to, and folds the rest', () => {
    expect(atAGlance(reviewOf(higher, popped, 'pop webapp'))).toBe(`### \`cmanage pop webapp\`

**Allowed** · 19 steps on docker01, docker02 · HAProxy on lb01 changes · no warnings

- webapp: prod v0.1 → v0.2, qa v0.2 → v0.3, dev v0.3 → v0.4 on 2 hosts

[webapp-stack1 on docker01, webapp-stack2 on docker02]

[HAProxy on lb01: 2 lines more, 2 fewer]

[19 steps]

[${constraints.length} rules checked; each step leaves a correct state]`);
  });

  it('has the whole table, the diff, the steps and the rules in it', () => {
    const text = reviewOf(higher, popped, 'pop webapp');
    expect(text).toContain('| 0 | prod | v0.1 | v0.2 | v0.1 goes, v0.2 comes from qa |');
    expect(text).toMatch(/\n```diff\n--- .* now\n\+\+\+ .* then\n@@/);
    expect(text).toMatch(/\n```text\n +1 {2}check_host/);
    expect(text).toContain('\n| stack-twins | error | ');
    for (const { code } of constraints) expect(text).toContain(`\n| ${code} | `);
  });

  it('shows warnings unfolded, and takes nothing in them for markup', () => {
    const text = reviewOf(state, higher, 'release webapp -v v0.4', [warning]);
    expect(text).toContain('HAProxy: no change · **1 warning**');
    expect(text).toContain(
      '**Warnings**\n\n- host-loss: a\\_b: it \\| &lt;b&gt;goes&lt;/b&gt; dark. Remedy: see &#35;1, &#64;all.',
    );
    expect(text).toMatch(/\n\| host-loss \| \w+ \| .* \| 1 warning \|/);
  });

  it('keeps code in its span, whatever was typed', () => {
    const text = reviewOf(state, higher, 'release webapp -m "`rm`\n# x"');
    expect(text.split('\n')[0]).toBe('### `` cmanage release webapp -m "`rm`\\n# x" ``');
  });

  it('says that nothing is to be done', () => {
    expect(atAGlance(reviewOf(state, state, 'deploy containers'))).toBe(`### \`cmanage deploy containers\`

**Allowed** · nothing is to be done

[${constraints.length} rules checked]`);
  });

  it('says why a change is refused', () => {
    expect(refusedReview('pop webapp', [{ ...warning, level: 'error' }, warning]))
      .toBe(`### \`cmanage pop webapp\`

**Refused** · nothing was touched

- host-loss: a\\_b: it \\| &lt;b&gt;goes&lt;/b&gt; dark. Remedy: see &#35;1, &#64;all.`);
  });
});

describe('rules that are off', () => {
  it('are listed, and not counted as checked', () => {
    const rules = { ...defaultRules, settings: { 'host-loss': { level: 'off' as const, parameters: {} } } };
    const preview = {
      command: 'x',
      allowed: true,
      violations: [],
      stacks: [],
      trees: [],
      plan: planOf(state, state),
    };
    const text = reviewText(preview, rules);
    expect(text).toContain(`<summary>${constraints.length - 1} rules checked</summary>`);
    expect(text).toMatch(/\n\| host-loss \| off \| .* \| nothing \|/);
  });
});
