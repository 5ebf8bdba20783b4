import { describe, expect, it } from '@jest/globals';
import { placeStacks } from '../../src/actions/placement.ts';
import { frozen, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const hosts = ['docker03', 'docker01', 'docker02'].map((name) => makeHost(name));

function place(state: Parameters<typeof placeStacks>[0], count: number, given = hosts, height = 3) {
  return placeStacks(frozen(state), frozen(given), { service: 'webapp', count, height });
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

  it('takes a host without a limit as never full', () => {
    const given = [makeHost('docker01', { maxContainers: 2 }), makeHost('docker02', { maxContainers: null })];
    expect(accepted(place(makeState(), 1, given)).map((host) => host.name)).toEqual(['docker02']);
  });

  it('refuses more stacks than there are hosts left', () => {
    expect(refusals(place(makeState({ webapp: {} }), 3))).toEqual([
      'stack-hosts: webapp: 3 stacks need 3 hosts without a stack of it, and hosts.yml has 2',
    ]);
  });
});
