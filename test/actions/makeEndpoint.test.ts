import { describe, expect, it } from '@jest/globals';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';

const place = { service: 'webapp', stage: 'prod', pointer: 0, port: 80, address: null, url: null };

describe('makeEndpoint', () => {
  it('adds the front door under its full name', () => {
    const state = frozen(makeState({ webapp: {} }));
    const next = accepted(makeEndpoint(state, { shortName: 'prod', ...place }));
    expect(next).toEqual(makeState({ webapp: { endpoints: { prod: { port: 80 } } } }));
  });

  it('refuses a name that is taken', () => {
    const state = makeState({ webapp: { endpoints: { prod: {} } } });
    expect(refusalsInFull(makeEndpoint(state, { shortName: 'prod', ...place }))).toEqual([
      "names: webapp-endpoint-prod: there is an endpoint of this name already. Remedy: choose another name, or 'cmanage delete endpoint webapp-endpoint-prod' first",
    ]);
  });
});
