import { describe, expect, it } from '@jest/globals';
import { endpointUrls, optionsTyped } from '../../src/report/endpointText.ts';
import type { Endpoint } from '../../src/model/state.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';

function endpoint(given: Partial<Endpoint>, options: Partial<EndpointOptions> = {}): Endpoint {
  const row = { ...given, options: endpointOptions(options) };
  const [made] = makeState({ webapp: { endpoints: { prod: row } } }).endpoints;
  if (!made) throw new Error('the sketch has no endpoint');
  return made;
}

const certificate = '/www.pem';
const url = 'www.example.com';

describe('the URL of an endpoint', () => {
  it.each<[string, Partial<Endpoint>, Partial<EndpointOptions>]>([
    ['http://192.0.2.10/', { port: 80 }, {}],
    ['http://192.0.2.10:443/', { port: 443 }, {}],
    ['http://192.0.2.99:8080/', { port: 8080, address: '192.0.2.99' }, {}],
    ['http://www.example.com/', { port: 80, url, address: '192.0.2.99' }, {}],
    ['https://www.example.com/', { port: 443, url }, { certificate }],
    ['https://www.example.com:8443/', { port: 8443, url }, { certificate }],
    ['https://192.0.2.10:80/', { port: 80 }, { certificate }],
    ['tcp://192.0.2.10:5432', { port: 5432 }, { mode: 'tcp' }],
    ['tcp://192.0.2.10:80', { port: 80 }, { mode: 'tcp' }],
    ['tls://192.0.2.10:443', { port: 443 }, { mode: 'tcp', certificate }],
  ])('%s', (expected, given, options) => {
    expect(endpointUrls(endpoint(given, options), makeEnvironment())).toEqual([expected]);
  });

  it('is one for each load balancer, and any where there is none or it has no address', () => {
    const urls = (...addresses: (string | null)[]) =>
      endpointUrls(
        endpoint({ port: 81 }),
        makeEnvironment({ loadBalancers: addresses.map((address) => makeBalancer({ address })) }),
      );
    expect(urls('192.0.2.1', '192.0.2.2')).toEqual(['http://192.0.2.1:81/', 'http://192.0.2.2:81/']);
    expect(urls('192.0.2.1', '192.0.2.1')).toEqual(['http://192.0.2.1:81/']);
    expect(urls()).toEqual(['http://*:81/']);
    expect(urls(null)).toEqual(['http://*:81/']);
  });
});

describe('the options of an endpoint', () => {
  it('are not told where they are the usual ones of its mode', () => {
    expect(optionsTyped(endpoint({ url }))).toBe('');
    expect(optionsTyped(endpoint({ address: '192.0.2.99' }))).toBe('');
    expect(optionsTyped(endpoint({}, { mode: 'tcp' }))).toBe('');
    expect(optionsTyped(structuredClone(endpoint({}, { weights: [] })))).toBe('');
  });

  it('are told as they would be typed', () => {
    const options = { certificate, redirectFrom: 80, forwarded: false, sticky: true, timeoutClient: 90 };
    expect(optionsTyped(endpoint({ url, address: '192.0.2.99' }, options))).toBe(
      'address 192.0.2.99, certificate /www.pem, redirect-from 80, no-forwarded, sticky, timeout-client 90',
    );
  });
});
