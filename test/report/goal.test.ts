import { describe, expect, it } from '@jest/globals';
import { goalAnswer, goalText } from '../../src/report/goal.ts';
import { defaultStages } from '../../src/model/rules.ts';
import { goalPlan, type Asked } from '../support/goals.ts';
import { makeState } from '../support/makeState.ts';

const state = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {}, dev: {} } },
});

function text(goal: string, asked: Asked = {}): string {
  const wishes = goal.split(' ').map((part) => {
    const [stage = '', version = ''] = part.split('=');
    return { stage, version };
  });
  const found = goalPlan(state, goal, asked);
  const answer = goalAnswer(state, { service: 'webapp', wishes }, found, {
    stages: defaultStages,
    typed: 'cmanage',
  });
  return `\n${goalText(answer, null)}\n`;
}

describe('the answer of cmanage plan', () => {
  it('has the commands as they are to be typed, and after each what the stages answer with', () => {
    expect(text('prod=v0.5', { using: ['v0.5'] })).toBe(`
webapp now: prod v0.1, qa v0.2, dev v0.3
The goal:   prod v0.5

The shortest way, 2 commands, which leaves a stage at another position:
  cmanage release webapp -v v0.5                        # prod v0.1, qa v0.2, dev v0.3
  cmanage changetree webapp-endpoint-prod --position 3  # prod v0.5, qa v0.2, dev v0.3

Without re-pointing anything, 4 commands:
  cmanage release webapp -v v0.5 v0.5 v0.5  # prod v0.1, qa v0.2, dev v0.3
  cmanage pop webapp                        # prod v0.2, qa v0.3, dev v0.5
  cmanage pop webapp                        # prod v0.3, qa v0.5, dev v0.5
  cmanage pop webapp                        # prod v0.5, qa v0.5, dev v0.5
`);
  });

  it('says that the goal is reached', () => {
    expect(text('qa=v0.2')).toBe(
      '\nwebapp: prod v0.1, qa v0.2, dev v0.3. That is the goal: nothing is to be done.\n',
    );
  });

  it('names what is in the way and what is nearest', () => {
    expect(text('prod=v0.0', { using: ['v0.0'] })).toBe(`
webapp now: prod v0.1, qa v0.2, dev v0.3
The goal:   prod v0.0

There is no way. What stands in it:
  stack-versions: webapp-stack1-app4: v0.0 cannot stand on v0.3 at position 2 of webapp-stack1, which is later. Remedy: release v0.3 or later.

The nearest that is possible: prod v0.1, as it is now.
`);
  });

  it('says that it has not looked at everything', () => {
    expect(text('prod=v0.5', { using: ['v0.5'], limit: 1 })).toMatch(
      new RegExp(`
No way was found.

The nearest that is possible: prod v0.1, as it is now.

\\d+ states were looked at, and there are more: --limit looks further.
`),
    );
  });
});
