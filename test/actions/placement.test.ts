import { describe, expect, it } from '@jest/globals';
import { placeStacks } from '../../src/actions/placement.ts';
import { frozen, makeEnvironment, makeHost, makeState, ruleSet } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';

const hosts = ['docker03', 'docker01', 'docker02'].map((name) => makeHost(name));

function place(state: Parameters<typeof placeStacks>[0], count: number, given = hosts, height = 3) {
  return placeStacks(frozen(state), frozen(makeEnvironment({ hosts: given })), {
    service: 'webapp',
    count,
    height,
  });
}

describe('placeStacks', () => {
  it.each([
    ['ties by name', makeState(), ['docker01', 'docker02', 'docker03']],
    [
      'fewest containers first',
      makeState({ a: { hosts: ['docker01'] }, b: { hosts: ['docker02'], versions: ['v1'] } }),
      ['docker03', 'docker02', 'docker01'],
    ],
    [
      'containers count, not stacks',
      makeState({
        a: { hosts: ['docker01'] },
        b: { hosts: ['docker02'], versions: ['v1'] },
        c: { hosts: ['docker02'], versions: ['v1'] },
      }),
      ['docker03', 'docker02', 'docker01'],
    ],
  ])('%s', (_case, state, order) => {
    expect(accepted(place(state, 3)).map((host) => host.name)).toEqual(order);
  });

  it('leaves out the hosts that have a stack of the service', () => {
    const state = makeState({
      webapp: { hosts: ['docker01'] },
      busy: { hosts: ['docker02', 'docker03'], versions: Array<string>(9).fill('v1') },
    });
    expect(accepted(place(state, 2)).map((host) => host.name)).toEqual(['docker02', 'docker03']);
  });

  it.each([
    ['one place too few', 5, ['docker02', 'docker01']],
    ['just enough room', 6, ['docker01', 'docker02']],
  ])('puts a full host last: %s', (_case, maxContainers, order) => {
    const state = makeState({
      a: { hosts: ['docker01'] },
      b: { hosts: ['docker02'], versions: Array<string>(9).fill('v1') },
    });
    const given = [makeHost('docker01', { maxContainers }), makeHost('docker02')];
    expect(accepted(place(state, 2, given)).map((host) => host.name)).toEqual(order);
  });

  it.each([
    ['one port too few', 20005, ['docker02', 'docker01']],
    ['just enough ports', 20006, ['docker01', 'docker02']],
  ])('puts a host without ports for all of them last: %s', (_case, to, order) => {
    const state = makeState({
      a: { hosts: ['docker01'] },
      b: { hosts: ['docker02'], versions: Array<string>(9).fill('v1') },
    });
    for (const maxContainers of [null, 50]) {
      const ports = { from: 20000, to };
      const given = [makeHost('docker01', { ports, maxContainers }), makeHost('docker02')];
      expect(accepted(place(state, 2, given, 4)).map((host) => host.name)).toEqual(order);
    }
  });

  it('takes a host without a limit as never full', () => {
    const given = [makeHost('docker01', { maxContainers: 2 }), makeHost('docker02', { maxContainers: null })];
    expect(accepted(place(makeState(), 1, given)).map((host) => host.name)).toEqual(['docker02']);
  });

  it('refuses more stacks than there are hosts left', () => {
    expect(refusals(place(makeState({ webapp: {} }), 3))).toEqual([
      'stack-hosts: webapp: 3 more stacks need 3 hosts without a stack of it, and 2 can take one',
    ]);
  });

  it('leaves out the hosts that take no new stack', () => {
    const given = [makeHost('docker01', { placement: false }), makeHost('docker02')];
    expect(accepted(place(makeState(), 1, given)).map((host) => host.name)).toEqual(['docker02']);
    expect(refusals(place(makeState(), 2, given))).toEqual([
      'stack-hosts: webapp: 2 stacks need 2 hosts without a stack of it, and 1 can take one',
    ]);
  });

  it.each([-1, 0.5, NaN])('refuses %p as a number of stacks', (count) => {
    expect(refusalsInFull(place(makeState(), count))).toEqual([
      `service-stacks: webapp: it cannot have ${count} stacks. Remedy: give a whole number`,
    ]);
  });

  it('gives each host as hosts.yml describes it', () => {
    expect(accepted(place(makeState(), 1))).toEqual([makeHost('docker01')]);
    expect(accepted(place(makeState(), 0))).toEqual([]);
  });

  it.each([
    [
      'one of a service that has none',
      makeState(),
      1,
      [],
      'one stack needs a host without a stack of it, and 0 can take one',
    ],
    [
      'one more',
      makeState({ webapp: {} }),
      1,
      [makeHost('docker01')],
      'one more stack needs a host without a stack of it, and 0 can take one',
    ],
    [
      'several',
      makeState(),
      2,
      [makeHost('docker01')],
      '2 stacks need 2 hosts without a stack of it, and 1 can take one',
    ],
  ])('says how many hosts are lacking: %s', (_case, state, count, given, fact) => {
    expect(refusalsInFull(place(state, count, given))).toEqual([
      `stack-hosts: webapp: ${fact}. Remedy: add a host to hosts.yml`,
    ]);
  });
});

describe('placeStacks: labels', () => {
  const labelled = [
    makeHost('docker01', { labels: { zone: 'a' } }),
    makeHost('docker02', { labels: { zone: 'b', disk: 'ssd' } }),
    makeHost('docker03', { labels: { zone: 'b', disk: 'hdd' } }),
    makeHost('docker04', { labels: { zone: 'b', disk: 'ssd', rack: '1' } }),
  ];
  const placed = (
    count: number,
    labels: { required?: string[]; preferred?: string[] },
    state = makeState(),
    given = labelled,
  ) => {
    const environment = makeEnvironment({ hosts: given, rules: ruleSet('host-labels', labels) });
    return placeStacks(state, environment, { service: 'webapp', count, height: 3 });
  };
  const names = (...given: Parameters<typeof placed>) => accepted(placed(...given)).map((host) => host.name);

  it('takes only hosts that have every label required', () => {
    expect(names(2, { required: ['zone=b', 'disk=ssd'] })).toEqual(['docker02', 'docker04']);
    expect(refusalsInFull(placed(3, { required: ['zone=b', 'disk=ssd'] }))).toEqual([
      'stack-hosts: webapp: 3 stacks need 3 hosts without a stack of it that have zone=b and disk=ssd, and 2 can take one. Remedy: add a host to hosts.yml, or give one the labels',
    ]);
  });

  it.each([
    ['more of the labels preferred', makeState(), labelled, ['docker04', 'docker02', 'docker03', 'docker01']],
    [
      'rather than fewer containers',
      makeState({ busy: { hosts: ['docker04'] } }),
      labelled,
      ['docker04', 'docker02', 'docker03', 'docker01'],
    ],
    [
      'but not a full host',
      makeState(),
      labelled.map((host) => (host.name === 'docker04' ? { ...host, maxContainers: 2 } : host)),
      ['docker02', 'docker03', 'docker01', 'docker04'],
    ],
  ])('puts hosts first that have %s', (_case, state, given, expected) => {
    expect(names(4, { preferred: ['disk=ssd', 'rack', 'zone=b'] }, state, given)).toEqual(expected);
  });
});
