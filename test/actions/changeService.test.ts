import { describe, expect, it } from '@jest/globals';
import { changeService, type ServiceChange } from '../../src/actions/changeService.ts';
import { defaultRolling } from '../../src/model/rolling.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const state = frozen(
  makeState({ webapp: { rolling: { delay: 5 }, traffic: { uses: ['mail'], drainLimit: 9 } }, mail: {} }),
);

function changed(change: Partial<ServiceChange>) {
  const next = accepted(changeService(state, 'webapp', { rolling: {}, traffic: {}, ...change }));
  expect({ ...next, services: state.services }).toEqual(state);
  expect(next.services[1]).toEqual(state.services[1]);
  return next.services[0];
}

describe('changeService', () => {
  it('changes what is given of one service, and nothing else', () => {
    const [webapp] = state.services;
    expect(changed({ rolling: { parallelism: 2, order: 'stop-first' } })).toEqual({
      ...webapp,
      rolling: { ...defaultRolling, delay: 5, parallelism: 2, order: 'stop-first' },
    });
    expect(changed({ traffic: { drainLimit: null } })).toEqual({
      ...webapp,
      traffic: { mode: 'http', uses: ['mail'], drainLimit: null },
    });
  });

  it('changes what is retained of it, and stops that', () => {
    const retention = { by: 'count', limit: 2, warm: true } as const;
    expect(changed({ retention })).toEqual({ ...state.services[0], retention });
    expect(changed({ retention: null })).toEqual({ ...state.services[0], retention: null });
  });

  it('refuses a service that is not there', () => {
    expect(refusals(changeService(state, 'shop', { rolling: {}, traffic: {} }))).toEqual([
      'stack-service: shop: there is no such service',
    ]);
  });
});
