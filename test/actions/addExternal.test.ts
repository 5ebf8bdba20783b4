import { describe, expect, it } from '@jest/globals';
import { addExternal } from '../../src/actions/addExternal.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { external, withExternals } from '../support/trees.ts';

const state = frozen(withExternals(makeState({ webapp: {} }), external('db')));

describe('addExternal', () => {
  it('adds an external service at the end, as it is given', () => {
    const search = {
      ...external('search', ['prod=192.0.2.40:9200']),
      mode: 'http',
      healthPath: '/up',
    } as const;
    expect(accepted(addExternal(state, search))).toEqual(withExternals(state, search));
  });

  it.each([
    [
      'an external service',
      'db',
      "names: db: there is an external service of this name already. Remedy: choose another name, or 'cmanage changeexternal db --target STAGE=HOST:PORT'",
    ],
    [
      'a service',
      'webapp',
      'names: webapp: there is a service of this name already. Remedy: choose another name',
    ],
  ])('refuses the name of %s', (_case, name, expected) => {
    expect(refusalsInFull(addExternal(state, external(name)))).toEqual([expected]);
  });
});
