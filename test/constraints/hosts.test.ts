import { describe } from '@jest/globals';
import { hostCapacity } from '../../src/constraints/hostCapacity.ts';
import { hostKnown } from '../../src/constraints/hostKnown.ts';
import { stackHosts } from '../../src/constraints/stackHosts.ts';
import { changeRow, makeHost, makeState } from '../support/makeState.ts';
import { judgeTable } from '../support/constraints.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02', 'docker03'] }, other: {} });

describe('stack-hosts', () => {
  judgeTable(stackHosts, [
    { name: 'stacks on different hosts; two services may share one', state, findings: [] },
    {
      name: 'two stacks on one host',
      state: changeRow(state, 'stacks', 'webapp-stack3', { host: 'docker01' }),
      findings: [['webapp-stack3', 'it shares host docker01 with webapp-stack1']],
    },
    {
      name: 'all stacks on one host',
      state: makeState({ webapp: { hosts: ['docker01', 'docker01', 'docker01'] } }),
      findings: [
        ['webapp-stack2', 'with webapp-stack1'],
        ['webapp-stack3', 'with webapp-stack1'],
      ],
    },
  ]);
});

describe('host-known', () => {
  judgeTable(hostKnown, [
    { name: 'hosts of hosts.yml', state, findings: [] },
    {
      name: 'a host that has left hosts.yml',
      state,
      environment: { hosts: [makeHost('docker01'), makeHost('docker03')] },
      findings: [['webapp-stack2', 'its host docker02 is not in hosts.yml']],
    },
  ]);
});

const limited = (maxContainers: number | null) => ({ hosts: [makeHost('docker01', { maxContainers })] });

describe('host-capacity', () => {
  judgeTable(hostCapacity, [
    { name: 'room left', state, environment: limited(7), findings: [] },
    { name: 'just full', state, environment: limited(6), findings: [] },
    {
      name: 'one too many, over all services',
      state,
      environment: limited(5),
      findings: [['docker01', '6 containers are too many: its max_containers is 5']],
    },
    { name: 'no limit', state, environment: limited(null), findings: [] },
  ]);
});
