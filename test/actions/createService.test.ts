import { describe, expect, it } from '@jest/globals';
import { createService } from '../../src/actions/createService.ts';
import { defaultRolling } from '../../src/model/rolling.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';
import { external, withExternals } from '../support/trees.ts';

const request = { image: 'registry.example/shop', pull: 'registry', settings: defaultSettings } as const;

describe('createService', () => {
  const state = frozen(makeState({ webapp: {} }));

  it('adds a service without stacks', () => {
    const next = accepted(createService(state, { name: 'shop', ...request }));
    expect(next).toEqual({
      ...state,
      services: [
        ...state.services,
        {
          name: 'shop',
          ...request,
          traffic: defaultServiceTraffic,
          rolling: defaultRolling,
          retention: null,
          nextStack: 1,
        },
      ],
    });
  });

  it('refuses a name that is taken', () => {
    expect(refusals(createService(state, { name: 'webapp', ...request }))).toEqual([
      'names: webapp: there is a service of this name already',
    ]);
  });

  it('refuses the name of an external service', () => {
    const withDb = withExternals(state, external('db'));
    expect(refusalsInFull(createService(withDb, { name: 'db', ...request }))).toEqual([
      'names: db: there is an external service of this name already. Remedy: choose another name',
    ]);
  });
});
