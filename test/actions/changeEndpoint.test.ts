import { describe, expect, it } from '@jest/globals';
import { changeEndpoints, type EndpointChange } from '../../src/actions/changeEndpoint.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import { frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';

const certificate = '/etc/haproxy/www.pem';
const options = endpointOptions({ certificate, sticky: true });
const state = frozen(
  makeState({
    webapp: { endpoints: { prod: { port: 443, url: 'www.example.com', options }, qa: { port: 81 } } },
  }),
);
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];

function changed(change: Partial<EndpointChange>, ...names: string[]) {
  const next = accepted(changeEndpoints(state, names, { options: {}, ...change }));
  expect({ ...next, endpoints: state.endpoints }).toEqual(state);
  return next.endpoints;
}

describe('changeEndpoints', () => {
  it('changes what is given of the endpoints that are named, and nothing else', () => {
    const [first, second] = state.endpoints;
    expect(changed({ port: 444, options: { balance: 'random' } }, prod)).toEqual([
      { ...first, port: 444, options: { ...options, balance: 'random' } },
      second,
    ]);
    expect(changed({ url: null, address: '192.0.2.99' }, prod)[0]).toEqual({
      ...first,
      ...{ url: null, address: '192.0.2.99' },
    });
    expect(
      changed({ options: { timeoutClient: 90 } }, prod, qa).map((row) => row.options.timeoutClient),
    ).toEqual([90, 90]);
  });

  it('takes an option away', () => {
    expect(changed({ options: { certificate: null, sticky: false } }, prod)[0]?.options).toEqual(
      endpointOptions({}),
    );
  });

  const forwarded = (given: Partial<EndpointOptions>) =>
    changed({ options: given }, prod)[0]?.options.forwarded;

  it('lets the headers that only HTTP has come and go with the mode, unless that is given too', () => {
    expect(forwarded({ mode: 'tcp' })).toBe(false);
    expect(forwarded({ mode: 'tcp', forwarded: true })).toBe(true);
    expect(forwarded({ mode: 'http', forwarded: false })).toBe(false);
    const tcp = { ...state, endpoints: changed({ options: { mode: 'tcp' } }, prod) };
    const back = accepted(changeEndpoints(tcp, [prod], { options: { mode: 'http' } }));
    expect(back).toEqual(state);
  });

  it('keeps what was chosen while the mode stays', () => {
    const without = { ...state, endpoints: changed({ options: { forwarded: false } }, prod) };
    const next = accepted(changeEndpoints(without, [prod], { options: { mode: 'http', sticky: false } }));
    expect(next.endpoints[0]?.options).toMatchObject({ forwarded: false, sticky: false });
  });

  it('refuses an endpoint there is not', () => {
    expect(refusalsInFull(changeEndpoints(state, [prod, 'gone'], { options: {} }))).toEqual([
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ]);
  });
});
