import { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import {
  changeTyped,
  withEndpointArguments,
  withoutEndpointArguments,
} from '../../src/cli/endpointArguments.ts';

function typed(line: string) {
  const command = withoutEndpointArguments(withEndpointArguments(new Command()))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return changeTyped(command.parse(line === '' ? [] : line.split(' '), { from: 'user' }).opts());
}

describe('the options of an endpoint as they are typed', () => {
  it.each([
    ['', { options: {} }],
    ['--mode tcp', { options: { mode: 'tcp' } }],
    ['--certificate /a.pem --redirect-from 80', { options: { certificate: '/a.pem', redirectFrom: 80 } }],
    ['--no-certificate --no-redirect-from', { options: { certificate: null, redirectFrom: null } }],
    ['--forwarded --sticky', { options: { forwarded: true, sticky: true } }],
    ['--no-forwarded --no-sticky', { options: { forwarded: false, sticky: false } }],
    ['--balance leastconn', { options: { balance: 'leastconn' } }],
    [
      '--timeout-connect 1 --timeout-client 2 --timeout-server 3 --timeout-tunnel 4',
      { options: { timeoutConnect: 1, timeoutClient: 2, timeoutServer: 3, timeoutTunnel: 4 } },
    ],
    ['--url a.example --address 192.0.2.7', { url: 'a.example', address: '192.0.2.7', options: {} }],
    ['--no-url --no-address', { url: null, address: null, options: {} }],
  ])('%s', (line, expected) => {
    expect(typed(line)).toEqual(expected);
  });

  it.each([
    '--mode udp',
    '--balance static-rr',
    '--balance uri',
    '--certificate www.pem',
    '--certificate /a#b',
    '--redirect-from 0',
    '--redirect-from 65536',
    '--timeout-client 0',
    '--timeout-client 604801',
    '--timeout-server 1.5',
    '--timeout-tunnel -1',
    '--url WWW',
  ])('refuses %s', (line) => {
    expect(() => typed(line)).toThrow();
  });
});
