import { describe, expect, it } from '@jest/globals';
import { endpointService } from '../../src/constraints/endpointService.ts';
import { defaultRules } from '../../src/model/rules.ts';
import { endpointOptions, type Weight } from '../../src/model/traffic.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

const name = 'webapp-endpoint-prod';
const state = makeState({ webapp: { endpoints: { prod: {}, qa: {}, dev: {} } } });

describe('endpoint-service', () => {
  judgeTable(endpointService, [
    { name: 'endpoints at their stages', state, findings: [] },
    { name: 'no endpoint at all', state: makeState({ webapp: {} }), findings: [] },
    {
      name: 'a service that does not exist',
      state: changeRow(state, 'endpoints', name, { service: 'gone' }),
      findings: [[name, 'its service gone does not exist']],
    },
    {
      name: 'a stage that does not exist',
      state: changeRow(state, 'endpoints', name, { stage: 'staging' }),
      findings: [[name, 'there is no stage "staging"']],
    },
    {
      name: 'a stage that rules.yml no longer has',
      state,
      environment: { rules: { ...defaultRules, stages: ['prod', 'qa'] } },
      findings: [['webapp-endpoint-dev', 'there is no stage "dev"']],
    },
    {
      name: 'the last position',
      state: changeRow(state, 'endpoints', name, { pointer: 2 }),
      findings: [],
    },
    {
      name: 'a pointer above the stack',
      state: changeRow(state, 'endpoints', name, { pointer: 3 }),
      findings: [[name, 'points at position 3, and the stacks of webapp have height 3']],
    },
    {
      name: 'a pointer below the stack',
      state: changeRow(state, 'endpoints', name, { pointer: -1 }),
      findings: [[name, 'points at position -1']],
    },
    {
      name: 'a pointer between two positions',
      state: changeRow(state, 'endpoints', name, { pointer: 0.5 }),
      findings: [[name, 'points at position 0.5']],
    },
    {
      name: 'stacks without containers',
      state: makeState({ webapp: { versions: [], endpoints: { prod: {} } } }),
      findings: [[name, 'have height 0']],
    },
    {
      name: 'both faults at once',
      state: changeRow(state, 'endpoints', name, { stage: 'staging', pointer: 9 }),
      findings: [
        [name, 'no stage "staging"'],
        [name, 'position 9'],
      ],
    },
  ]);
});

describe('the weights of an endpoint', () => {
  const weighted = (...weights: readonly [position: number, weight: number][]) => {
    const shares = weights.map(([position, weight]): Weight => ({ position, weight }));
    return changeRow(state, 'endpoints', name, { options: endpointOptions({ weights: shares }) });
  };
  const remedy = `set its weights anew by 'cmanage weight ${name} POSITION=WEIGHT ...', or end them by 'cmanage abort ${name}'`;

  it.each<[string, ReturnType<typeof weighted>, string[]]>([
    ['none', weighted(), []],
    ['a tenth', weighted([0, 90], [1, 10]), []],
    ['the bounds', weighted([0, 0], [2, 256]), []],
    [
      'a position above',
      weighted([0, 1], [3, 1]),
      ['it gives a share to position 3, and the stacks have height 3'],
    ],
    [
      'a position below',
      weighted([-1, 1]),
      ['it gives a share to position -1, and the stacks have height 3'],
    ],
    ['a position twice', weighted([0, 1], [0, 2]), ['it gives one position two weights']],
    ['too much', weighted([0, 257]), ['257 is no weight from 0 to 256']],
    ['less than nothing', weighted([0, 1], [1, -1]), ['-1 is no weight from 0 to 256']],
    ['a part', weighted([0, 0.5]), ['0.5 is no weight from 0 to 256']],
    ['nothing for anyone', weighted([0, 0], [1, 0]), ['it gives no position a share of its requests']],
    [
      'several faults',
      weighted([0, 300], [5, 1], [5, 1]),
      [
        'it gives a share to position 5, and the stacks have height 3',
        'it gives one position two weights',
        '300 is no weight from 0 to 256',
      ],
    ],
  ])('%s', (_case, spread, facts) => {
    const found = endpointService.judge(worldOf(spread));
    expect(found.map(({ object, fact }) => `${object}: ${fact}`)).toEqual(
      facts.map((fact) => `${name}: ${fact}`),
    );
    expect(new Set(found.map((finding) => finding.remedy))).toEqual(new Set(facts.map(() => remedy)));
  });
});
