import { describe, expect, it } from '@jest/globals';
import {
  addService,
  padVersions,
  popService,
  release,
  removeContainers,
} from '../../src/actions/processes.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { State } from '../../src/model/state.ts';
import { frozen, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';

const environment = frozen(makeEnvironment());
const versions = ['v0.1', 'v0.2', 'v0.3'];
const image = 'registry.example/webapp';
const facts = frozen(makeFacts(image, [...versions, 'v0.4', 'v0.5']));
const webapp = { name: 'webapp', image, pull: 'registry', settings: defaultSettings, versions } as const;
const two = frozen(
  makeState({ webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {} } } }),
);

function stacksIn(state: State): Record<string, string> {
  const rows = state.stacks.map((stack) => {
    const own = state.containers.filter((container) => container.stack === stack.name);
    return [stack.name, own.map((container) => container.version).join(' ')] as const;
  });
  return Object.fromEntries(rows);
}

describe('addService', () => {
  it('makes twin stacks on different hosts', () => {
    const next = accepted(addService(frozen(makeState()), { ...webapp, stacks: 2 }, environment, facts));
    expect(next).toEqual(makeState({ webapp: { hosts: ['docker01', 'docker02'] } }));
  });

  it('puts the second service where there is more room', () => {
    const next = accepted(
      addService(frozen(makeState({ other: {} })), { ...webapp, stacks: 2 }, environment, facts),
    );
    const hosts = next.stacks.filter((stack) => stack.service === 'webapp').map((stack) => stack.host);
    expect(hosts).toEqual(['docker02', 'docker03']);
  });

  it.each([
    ['a name that is taken', two, 2, 'names: webapp: there is a service of this name already'],
    [
      'more stacks than hosts',
      makeState(),
      4,
      'stack-hosts: webapp: 4 stacks need 4 hosts without a stack of it, and 3 can take one',
    ],
  ])('refuses %s', (_case, state, stacks, expected) => {
    expect(refusals(addService(state, { ...webapp, stacks }, environment, facts))).toEqual([expected]);
  });

  it('refuses when the registry has no such version', () => {
    const request = { ...webapp, stacks: 1, versions: ['v9'] };
    expect(refusals(addService(makeState(), request, environment, facts))).toEqual([
      'container-version: webapp-stack1-app1: the image of version v9 is not on docker01',
    ]);
  });
});

describe('release', () => {
  it('pushes every version on top of every stack', () => {
    const next = accepted(
      release(two, { service: 'webapp', versions: ['v0.4', 'v0.5'] }, environment, facts),
    );
    expect(stacksIn(next)).toEqual({
      'webapp-stack1': 'v0.1 v0.2 v0.3 v0.4 v0.5',
      'webapp-stack2': 'v0.1 v0.2 v0.3 v0.4 v0.5',
    });
    expect(next.endpoints).toEqual(two.endpoints);
    expect(next.services).toEqual(two.services);
  });

  it('refuses a service that does not exist', () => {
    expect(refusals(release(two, { service: 'nobody', versions }, environment, facts))).toEqual([
      'stack-service: nobody: there is no such service',
    ]);
  });

  it('refuses a stack whose host has left hosts.yml', () => {
    const smaller = { ...environment, hosts: environment.hosts.slice(0, 1) };
    expect(refusals(release(two, { service: 'webapp', versions: ['v0.4'] }, smaller, facts))).toEqual([
      'host-known: webapp-stack2: its host docker02 is not in hosts.yml',
    ]);
  });
});

describe('popService', () => {
  it.each([
    [false, 'v0.2 v0.3'],
    [true, 'v0.1 v0.2 v0.3'],
  ])('single %p: the second stack is then %s', (single, second) => {
    const next = accepted(popService(two, { service: 'webapp', position: 0, single }));
    expect(stacksIn(next)).toEqual({ 'webapp-stack1': 'v0.2 v0.3', 'webapp-stack2': second });
  });

  it('refuses a position that is not there, and a service that is not there', () => {
    expect(refusals(popService(two, { service: 'webapp', position: 3, single: false }))).toEqual([
      'stack-height: webapp-stack1: it has no position 3: its height is 3',
    ]);
    expect(refusals(popService(two, { service: 'nobody', position: 0, single: false }))).toEqual([
      'stack-service: nobody: there is no such service',
    ]);
  });
});

describe('a service without a stack', () => {
  const none = frozen(makeState({ webapp: { hosts: [] } }));

  it('has nothing to release on, and nothing to pop', () => {
    const request = { service: 'webapp', versions: ['v0.4'] };
    for (const outcome of [
      release(none, request, environment, facts),
      popService(none, { service: 'webapp', position: 0, single: false }),
      popService(none, { service: 'webapp', position: 0, single: true }),
    ]) {
      expect(refusalsInFull(outcome)).toEqual([
        "service-stacks: webapp: it has no stack. Remedy: delete it with 'cmanage delete service webapp' and add it again",
      ]);
    }
  });
});

describe('removeContainers', () => {
  it('empties the stacks of the service, and keeps them and their counters', () => {
    const next = accepted(removeContainers(two, 'webapp'));
    expect(next).toEqual({ ...two, containers: [] });
  });

  it('refuses a service that does not exist', () => {
    expect(refusals(removeContainers(two, 'nobody'))).toEqual([
      'stack-service: nobody: there is no such service',
    ]);
  });
});

describe('padVersions', () => {
  it.each([
    [['v1'], 3, ['v1', 'v1', 'v1']],
    [['v1', 'v2'], 3, ['v1', 'v2', 'v2']],
    [['v1', 'v2', 'v3'], 3, ['v1', 'v2', 'v3']],
    [['v1', 'v2', 'v3', 'v4'], 3, ['v1', 'v2', 'v3', 'v4']],
    [[], 3, []],
    [['v1'], 0, ['v1']],
  ])('%p to height %d is %p', (given, height, expected) => {
    expect(padVersions(frozen(given), height)).toStrictEqual(expected);
  });
});
