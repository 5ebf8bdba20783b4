import { describe } from '@jest/globals';
import { endpointService } from '../../src/constraints/endpointService.ts';
import { defaultRules } from '../../src/model/rules.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable } from '../support/constraints.ts';

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
