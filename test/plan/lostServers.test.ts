import { describe, expect, it } from '@jest/globals';
import { lostServers } from '../../src/plan/lostServers.ts';
import { makeEnvironment, makeHost, makeState } from '../support/makeState.ts';

const hosts = ['docker01', 'docker02', 'docker03'];
const state = makeState({
  webapp: { hosts, endpoints: { prod: {}, qa: {} } },
  mail: { hosts: ['docker02'], endpoints: { prod: {} } },
  log: { hosts: ['docker02'] },
});
const knowing = (...names: string[]) => makeEnvironment({ hosts: names.map((name) => makeHost(name)) });

describe('lostServers', () => {
  it('are none where every host is known, and where an endpoint has no server', () => {
    expect(lostServers(state, knowing(...hosts))).toEqual([]);
    expect(lostServers(makeState({ webapp: { hosts: [], endpoints: { prod: {} } } }), knowing())).toEqual([]);
  });

  it('warn of an endpoint that keeps some, and are an error for one that keeps none', () => {
    const lost = (object: string, service: string, server: string, level: string) => ({
      code: 'host-known',
      level,
      object,
      service,
      fact: `it would lose ${server}, whose host docker02 is not in hosts.yml`,
      remedy: 'put docker02 back into hosts.yml',
    });
    expect(lostServers(state, knowing('docker01', 'docker03'))).toEqual([
      lost('webapp-endpoint-prod', 'webapp', 'webapp-stack2-app1', 'warn'),
      lost('webapp-endpoint-qa', 'webapp', 'webapp-stack2-app2', 'warn'),
      lost('mail-endpoint-prod', 'mail', 'mail-stack1-app1', 'error'),
    ]);
  });

  it('are all named, with each host once', () => {
    const [prod] = lostServers(state, knowing('docker03'));
    expect([prod?.level, prod?.fact, prod?.remedy]).toEqual([
      'warn',
      'it would lose webapp-stack1-app1, whose host docker01 is not in hosts.yml; webapp-stack2-app1, whose host docker02 is not in hosts.yml',
      'put docker01 and docker02 back into hosts.yml',
    ]);
    const shared = { ...state, stacks: state.stacks.map((stack) => ({ ...stack, host: 'docker01' })) };
    expect(lostServers(shared, knowing('docker03'))[0]?.remedy).toBe('put docker01 back into hosts.yml');
  });
});
