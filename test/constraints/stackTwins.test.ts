import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { stackTwins } from '../../src/constraints/stackTwins.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { accepted } from '../support/outcome.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02', 'docker03'] } });
const other = `sha256:${'f'.repeat(64)}`;

describe('stack-twins', () => {
  judgeTable(stackTwins, [
    { name: 'twins', state, findings: [] },
    { name: 'a stack alone', state: makeState({ webapp: {} }), findings: [] },
    { name: 'no stack', state: makeState({ webapp: { hosts: [] } }), findings: [] },
    {
      name: 'two services that differ',
      state: makeState({ webapp: {}, other: { versions: ['v9'] } }),
      findings: [],
    },
    {
      name: 'a lower stack',
      state: accepted(pop(state, { stack: 'webapp-stack2', position: 0 })),
      findings: [['webapp-stack2', 'no twin of webapp-stack1: its height is 2 and not 3']],
    },
    {
      name: 'the first one lower than all others',
      state: accepted(pop(state, { stack: 'webapp-stack1', position: 2 })),
      findings: [
        ['webapp-stack2', 'its height is 3 and not 2'],
        ['webapp-stack3', 'its height is 3 and not 2'],
      ],
    },
    {
      name: 'another version',
      state: changeRow(state, 'containers', 'webapp-stack3-app2', { version: 'v0.9' }),
      findings: [['webapp-stack3', 'position 1 is v0.9 and not v0.2']],
    },
    {
      name: 'another order',
      state: changeRow(
        changeRow(state, 'containers', 'webapp-stack2-app1', { position: 1 }),
        'containers',
        'webapp-stack2-app2',
        { position: 0 },
      ),
      findings: [['webapp-stack2', 'position 0 is v0.2 and not v0.1']],
    },
    {
      name: 'other bits under the same tag',
      state: changeRow(state, 'containers', 'webapp-stack2-app3', { digest: other }),
      findings: [['webapp-stack2', `position 2 (v0.3) has other bits: ${other}`]],
    },
  ]);

  it('says of each stack the first difference, and how many there are in all', () => {
    const lower = accepted(pop(state, { stack: 'webapp-stack2', position: 0 }));
    const odd = changeRow(lower, 'containers', 'webapp-stack3-app3', { digest: other });
    const about = (object: string, difference: string) => ({
      service: 'webapp',
      object,
      counts: 'webapp',
      fact: `it is no twin of webapp-stack1: ${difference}`,
      remedy: 'change all stacks of the service together, or relax stack-twins for it in rules.yml',
      // The second is one lower and has another version at each of its two positions; the third has other bits at one.
      deficit: 4,
    });
    const [, , third] = makeState({ webapp: {} }).containers;
    expect(stackTwins.judge(worldOf(odd))).toEqual([
      about('webapp-stack2', 'its height is 2 and not 3'),
      about('webapp-stack3', `position 2 (v0.3) has other bits: ${other} and not ${third?.digest ?? ''}`),
    ]);
  });
});
