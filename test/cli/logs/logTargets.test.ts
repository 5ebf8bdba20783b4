import { describe, expect, it } from '@jest/globals';
import { logTargets } from '../../../src/cli/logs/logTargets.ts';
import { makeState } from '../../support/makeState.ts';

const hosts = ['docker01', 'docker02'];
const stages = ['prod', 'qa', 'dev'];
const versions = ['v1', 'v2', 'v3', 'v4'];
const plain = makeState({
  training: { hosts, versions },
  webapp: { hosts, versions, endpoints: { prod: {}, qa: { pointer: 3 } } },
});
const edge = {
  endpoint: 'webapp-endpoint-qa',
  parent: 'webapp',
  child: 'training',
  position: 2,
  drainLimit: null,
};
const state = { ...plain, edges: [edge] };

function named(service: string, stage: string | null): string[] {
  return logTargets(state, stages, { service, stage }).map(({ name }) => name);
}

describe('logTargets', () => {
  it('are all containers of a service, with their hosts and stages', () => {
    const targets = logTargets(state, stages, { service: 'webapp', stage: null });
    expect(targets).toHaveLength(8);
    expect(targets.map(({ stage }) => stage).slice(0, 4)).toEqual(['prod', 'qa', 'dev', null]);
    expect(new Set(targets.map(({ host }) => host))).toEqual(new Set(hosts));
  });

  it('at a stage are those that its endpoint leads to, wherever that points', () => {
    expect(named('webapp', 'qa')).toEqual(['webapp-stack1-app4', 'webapp-stack2-app4']);
  });

  it('at a stage are those that the tree leads to', () => {
    expect(named('training', 'qa')).toEqual(['training-stack1-app3', 'training-stack2-app3']);
  });

  it('stand at the position of the stage where no endpoint leads to them', () => {
    expect(named('webapp', 'dev')).toEqual(['webapp-stack1-app3', 'webapp-stack2-app3']);
  });

  it('are of every service that a pattern names, and of none where it names none', () => {
    expect(named('%a%', 'prod')).toHaveLength(4);
    expect(named('shop', null)).toEqual([]);
  });

  it('refuses a stage that rules.yml does not have', () => {
    expect(() => named('webapp', 'test')).toThrow(
      'there is no stage test: the stages of rules.yml are prod, qa, dev',
    );
  });
});
