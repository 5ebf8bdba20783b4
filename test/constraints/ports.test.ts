import { describe, expect, it } from '@jest/globals';
import { ports } from '../../src/constraints/ports.ts';
import type { Endpoint } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeBalancer, makeHost, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';

const own = '192.0.2.10';

function endpoints(...given: Partial<Endpoint>[]) {
  return makeState({
    webapp: { endpoints: Object.fromEntries(given.map((one, index) => [`e${index}`, one])) },
  });
}

const tcp = endpointOptions({ mode: 'tcp' });

const taken = (fact: string) => [['webapp-endpoint-e1', fact]] as const;

describe('ports: the public ones', () => {
  judgeTable(ports, [
    { name: 'different ports', state: endpoints({ port: 80 }, { port: 81 }), findings: [] },
    { name: 'the ends of the range', state: endpoints({ port: 1 }, { port: 65535 }), findings: [] },
    {
      name: 'the same port',
      state: endpoints({ port: 80 }, { port: 80 }),
      findings: taken('port 80 of the load balancer is taken by webapp-endpoint-e0'),
    },
    {
      name: 'one port told apart by URL, with one for the rest',
      state: endpoints({ port: 80 }, { port: 80, url: 'a.example' }, { port: 80, url: 'b.example' }),
      findings: [],
    },
    {
      name: 'one port and one URL',
      state: endpoints({ port: 80, url: 'a.example' }, { port: 80, url: 'a.example' }),
      findings: taken('for a.example is taken by webapp-endpoint-e0'),
    },
    {
      name: 'one port on different addresses',
      state: endpoints({ port: 80, address: '192.0.2.11' }, { port: 80, address: '192.0.2.12' }),
      findings: [],
    },
    {
      name: "none and the load balancer's own address are the same",
      state: endpoints({ port: 80 }, { port: 80, address: own }),
      findings: taken('port 80 of the load balancer is taken'),
    },
    {
      name: 'another address than its own',
      state: endpoints({ port: 80 }, { port: 80, address: '192.0.2.11' }),
      findings: [],
    },
    {
      name: 'its own address where it has none',
      state: endpoints({ port: 80, address: own }, { port: 80, address: own }),
      environment: { loadBalancers: [makeBalancer({ address: null })] },
      findings: taken(`port 80 of ${own} is taken`),
    },
    ...[0, -1, 65536, 80.5, NaN].map((port) => ({
      name: `the port ${port}`,
      state: endpoints({}, { port }),
      findings: taken(`${port} is no TCP port`),
    })),
    {
      name: 'two that pass on TCP connections',
      state: endpoints({ port: 5432, options: tcp }, { port: 5432, options: tcp }),
      findings: taken('port 5432 of the load balancer is taken by webapp-endpoint-e0'),
    },
    ...[10_000, 10_499, 10_500, 10_999].map((port) => ({
      name: `the port ${port}, which is one of the links`,
      state: endpoints({}, { port }),
      findings: taken(`port ${port} is one of those at which containers reach the services they call`),
    })),
    {
      name: 'ports beside those of the links, and such a port of another address',
      state: endpoints({ port: 9999 }, { port: 11_000 }, { port: 10_000, address: '192.0.2.99' }),
      findings: [],
    },
    {
      name: 'three on one port: two are one too many each',
      state: endpoints({ port: 80 }, { port: 80 }, { port: 80 }),
      findings: [
        ['webapp-endpoint-e1', 'is taken by webapp-endpoint-e0'],
        ['webapp-endpoint-e2', 'is taken by webapp-endpoint-e1'],
      ],
    },
  ]);
});

describe('what ports says can be done', () => {
  const remedy = (first: Partial<Endpoint>, second: Partial<Endpoint>) =>
    ports.judge(worldOf(endpoints({ port: 80, ...first }, { port: 80, ...second })))[0]?.remedy;

  it('names --url only where requests say which host they are for', () => {
    expect(remedy({}, {})).toBe('choose another port or address, or tell them apart by --url');
    expect(remedy({ options: tcp }, {})).toBe('choose another port or address');
    expect(remedy({}, { options: tcp })).toBe('choose another port or address');
  });
});

const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] }, other: {} });

describe('ports: those of the hosts', () => {
  judgeTable(ports, [
    { name: 'one port on two hosts', state, findings: [] },
    {
      name: 'one port twice on a host',
      state: changeRow(state, 'containers', 'other-stack1-app1', { hostPort: 20001 }),
      findings: [['other-stack1-app1', 'port 20001 of host docker01 is taken by webapp-stack1-app2']],
    },
    {
      name: 'a range that was narrowed',
      state,
      environment: {
        hosts: [makeHost('docker01', { ports: { from: 20001, to: 20004 } }), makeHost('docker02')],
      },
      findings: [
        ['webapp-stack1-app1', 'port 20000 is outside the range 20001-20004 of host docker01'],
        ['other-stack1-app3', 'port 20005 is outside the range'],
      ],
    },
    { name: 'a host that is not known', state, environment: { hosts: [] }, findings: [] },
    {
      name: 'a container of no stack',
      state: changeRow(state, 'containers', 'webapp-stack1-app1', { stack: 'gone', hostPort: 20001 }),
      findings: [],
    },
  ]);
});
