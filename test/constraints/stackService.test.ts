import { describe } from '@jest/globals';
import { stackService } from '../../src/constraints/stackService.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable } from '../support/constraints.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });

describe('stack-service', () => {
  judgeTable(stackService, [
    { name: 'stacks of a service', state, findings: [] },
    {
      name: 'a stack whose service is gone',
      state: changeRow(state, 'stacks', 'webapp-stack2', { service: 'gone' }),
      findings: [['webapp-stack2', 'its service gone does not exist']],
    },
    {
      name: 'a container whose stack is gone',
      state: changeRow(state, 'containers', 'webapp-stack1-app3', { stack: 'webapp-stack9' }),
      findings: [['webapp-stack1-app3', 'its stack webapp-stack9 does not exist']],
    },
    {
      name: 'a stack with a gap',
      state: changeRow(state, 'containers', 'webapp-stack1-app3', { position: 7 }),
      findings: [['webapp-stack1', 'its containers are at the positions 0, 1, 7, and not from 0 up']],
    },
    {
      name: 'a stack that begins too high, at half a position',
      state: changeRow(state, 'containers', 'webapp-stack2-app1', { position: 1.5 }),
      findings: [['webapp-stack2', 'its containers are at the positions 1, 1.5, 2, and not from 0 up']],
    },
    {
      name: 'everything gone',
      state: { ...state, services: [] },
      findings: [
        ['webapp-stack1', 'its service webapp does not exist'],
        ['webapp-stack2', 'its service webapp does not exist'],
      ],
    },
  ]);
});
