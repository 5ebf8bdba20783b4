import { describe, expect, it } from '@jest/globals';
import { drainHost, replaceService, scaleService } from '../../src/actions/stackProcesses.ts';
import { containersOf } from '../../src/model/lookup.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, frozen, makeEnvironment, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';

const environment = frozen(makeEnvironment());
const hosts = ['docker01', 'docker02'];
const two = frozen(makeState({ webapp: { hosts }, other: { versions: ['v1'] } }));
const noService = "stack-service: nobody: there is no such service. Remedy: see 'cmanage show services'";

/** Each stack with its host and the versions it runs, from position 0 up. */
const stacksIn = (state: State): string[] =>
  state.stacks.map(({ name, host }) =>
    [name, host, ...containersOf(state, name).map((row) => row.version)].join(' '),
  );

describe('replaceService', () => {
  it('replaces the position on every stack of the service, and on no other', () => {
    const next = accepted(
      replaceService(two, { service: 'webapp', position: 0, direction: 'up' }, environment),
    );
    expect(stacksIn(next)).toEqual([
      'webapp-stack1 docker01 v0.2 v0.2 v0.3',
      'webapp-stack2 docker02 v0.2 v0.2 v0.3',
      'other-stack1 docker01 v1',
    ]);
  });

  it('refuses a service that is not there, a position without a neighbour, and a service without a stack', () => {
    const request = { service: 'webapp', position: 0, direction: 'down' } as const;
    expect(refusalsInFull(replaceService(two, { ...request, service: 'nobody' }, environment))).toEqual([
      noService,
    ]);
    expect(refusals(replaceService(two, request, environment))).toEqual([
      'stack-height: webapp-stack1: nothing stands below position 0',
    ]);
    expect(refusals(replaceService(makeState({ webapp: { hosts: [] } }), request, environment))).toEqual([
      'service-stacks: webapp: it has no stack',
    ]);
  });
});

describe('scaleService', () => {
  const scaled = (state: State, stacks: number) =>
    stacksIn(accepted(scaleService(state, { service: 'webapp', stacks }, environment)));

  it('adds twins of the first stack, with its very bits, on hosts that have none', () => {
    const bits = { digest: 'the bits that were pinned', created: '2026-11-20T10:00:00.000Z' };
    const state = frozen(changeRow(two, 'containers', 'webapp-stack1-app2', bits));
    const next = accepted(scaleService(state, { service: 'webapp', stacks: 3 }, environment));
    expect(stacksIn(next)).toEqual([
      'webapp-stack1 docker01 v0.1 v0.2 v0.3',
      'webapp-stack2 docker02 v0.1 v0.2 v0.3',
      'other-stack1 docker01 v1',
      'webapp-stack3 docker03 v0.1 v0.2 v0.3',
    ]);
    expect(containersOf(next, 'webapp-stack3')[1]).toEqual({
      name: 'webapp-stack3-app2',
      stack: 'webapp-stack3',
      position: 1,
      version: 'v0.2',
      ...bits,
      hostPort: 20001,
      links: {},
    });
  });

  it('adds as many as are lacking', () => {
    expect(scaled(makeState({ webapp: {} }), 3)).toEqual([
      'webapp-stack1 docker01 v0.1 v0.2 v0.3',
      'webapp-stack2 docker02 v0.1 v0.2 v0.3',
      'webapp-stack3 docker03 v0.1 v0.2 v0.3',
    ]);
  });

  it('takes the last stacks away with their containers, and leaves the counters', () => {
    const three = frozen(makeState({ webapp: { hosts: ['docker01', 'docker02', 'docker03'] } }));
    const one = makeState({ webapp: {} });
    expect(accepted(scaleService(three, { service: 'webapp', stacks: 1 }, environment))).toEqual(
      changeRow(one, 'services', 'webapp', { nextStack: 4 }),
    );
  });

  it('takes them all away where none is wanted, which is for the rules to judge', () => {
    const none = makeState({ webapp: { hosts: [] } });
    const next = accepted(
      scaleService(makeState({ webapp: {} }), { service: 'webapp', stacks: 0 }, environment),
    );
    expect(next).toEqual(changeRow(none, 'services', 'webapp', { nextStack: 2 }));
  });

  it('changes nothing where there are as many already', () => {
    expect(accepted(scaleService(two, { service: 'webapp', stacks: 2 }, environment))).toEqual(two);
  });

  it('puts a twin where there is room for all of it', () => {
    const tight = [
      makeHost('docker01'),
      makeHost('docker02', { maxContainers: 2 }),
      makeHost('docker03', { maxContainers: 3 }),
    ];
    const next = scaleService(
      makeState({ webapp: {} }),
      { service: 'webapp', stacks: 2 },
      { ...environment, hosts: tight },
    );
    expect(stacksIn(accepted(next))[1]).toBe('webapp-stack2 docker03 v0.1 v0.2 v0.3');
  });

  it.each([
    ['a service that is not there', two, { service: 'nobody', stacks: 2 }, noService],
    [
      'a service without a stack',
      makeState({ webapp: { hosts: [] } }),
      { service: 'webapp', stacks: 2 },
      "service-stacks: webapp: it has no stack. Remedy: delete it with 'cmanage delete service webapp' and add it again",
    ],
    ...[-1, 1.5, NaN].map((stacks): [string, State, { service: string; stacks: number }, string] => [
      `${stacks} stacks`,
      two,
      { service: 'webapp', stacks },
      `service-stacks: webapp: it cannot have ${stacks} stacks. Remedy: give a whole number`,
    ]),
    [
      'more stacks than hosts',
      two,
      { service: 'webapp', stacks: 4 },
      'stack-hosts: webapp: 2 more stacks need 2 hosts without a stack of it, and 1 can take one. Remedy: add a host to hosts.yml',
    ],
  ])('refuses %s', (_case, state, request, expected) => {
    expect(refusalsInFull(scaleService(state, request, environment))).toEqual([expected]);
  });
});

describe('drainHost', () => {
  it('moves every stack to another host, and none of those elsewhere', () => {
    expect(stacksIn(accepted(drainHost(two, 'docker01', environment)))).toEqual([
      'webapp-stack2 docker02 v0.1 v0.2 v0.3',
      'webapp-stack3 docker03 v0.1 v0.2 v0.3',
      'other-stack2 docker02 v1',
    ]);
  });

  it('makes each a twin of the stack that leaves', () => {
    const state = frozen(changeRow(two, 'containers', 'webapp-stack2-app1', { version: 'v0.0' }));
    const next = accepted(drainHost(state, 'docker02', environment));
    expect(stacksIn(next).at(-1)).toBe('webapp-stack3 docker03 v0.0 v0.2 v0.3');
  });

  describe('lets those with the least choice choose first', () => {
    const drained = (state: State, given: Partial<Environment>) =>
      stacksIn(accepted(drainHost(frozen(state), 'docker01', { ...environment, ...given })));
    const low = { versions: ['v1'] };

    it('a low one that only one host can take, before a high one', () => {
      const settings = { 'host-labels': { parameters: { required: ['disk'] } } };
      const overrides = [{ services: 'picky', reason: 'a test', settings }];
      const hosts = [
        makeHost('docker02', { maxContainers: 3, labels: { disk: 'ssd' } }),
        makeHost('docker03'),
      ];
      const state = makeState({ high: {}, picky: low });
      expect(drained(state, { hosts, rules: { ...environment.rules, overrides } })).toEqual([
        'picky-stack2 docker02 v1',
        'high-stack2 docker03 v0.1 v0.2 v0.3',
      ]);
    });

    it('the higher one of two that any host can take', () => {
      const hosts = [makeHost('docker02', { maxContainers: 3 }), makeHost('docker03', { maxContainers: 1 })];
      expect(drained(makeState({ low, high: {} }), { hosts })).toEqual([
        'high-stack2 docker02 v0.1 v0.2 v0.3',
        'low-stack2 docker03 v1',
      ]);
    });
  });

  it('changes nothing on a host without a stack', () => {
    expect(accepted(drainHost(two, 'docker03', environment))).toEqual(two);
    expect(accepted(drainHost(two, 'nowhere', environment))).toEqual(two);
  });

  it('refuses when no other host is left, and does not come back to the same', () => {
    const state = makeState({ webapp: { hosts: ['docker01', 'docker02', 'docker03'] } });
    expect(refusals(drainHost(state, 'docker02', environment))).toEqual([
      'stack-hosts: webapp: one more stack needs a host without a stack of it, and 0 can take one',
    ]);
    const alone = { ...environment, hosts: environment.hosts.slice(0, 1) };
    expect(refusals(drainHost(makeState({ webapp: {} }), 'docker01', alone))).toEqual([
      'stack-hosts: webapp: one more stack needs a host without a stack of it, and 0 can take one',
    ]);
  });
});
