import { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { rollingTyped, withRollingArguments } from '../../src/cli/rollingArguments.ts';

function typed(line: string) {
  const command = withRollingArguments(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return rollingTyped(command.parse(line === '' ? [] : line.split(' '), { from: 'user' }).opts());
}

describe('the rolling parameters as they are typed', () => {
  it.each([
    ['', {}],
    ['--parallelism 2 --delay 30', { parallelism: 2, delay: 30 }],
    ['--parallelism all', { parallelism: null }],
    ['--order stop-first', { order: 'stop-first' }],
    ['--on-failure pause --max-failure-ratio 0.25', { onFailure: 'pause', maxFailureRatio: 0.25 }],
    ['--max-failure-ratio .5', { maxFailureRatio: 0.5 }],
    ['--max-failure-ratio 1', { maxFailureRatio: 1 }],
    ['--monitor 0', { monitor: 0 }],
  ])('%s', (line, expected) => {
    expect(typed(line)).toEqual(expected);
  });

  it.each([
    ...['0', '-1', '1.5', '1001', 'some', ''].map((text) => `--parallelism=${text}`),
    ...['-1', '3601', '1.5', '1m'].map((text) => `--delay=${text}`),
    ...['1.1', '2', '-0.1', '25%', '.', ''].map((text) => `--max-failure-ratio=${text}`),
    '--order=both',
    '--on-failure=retry',
    '--monitor=3601',
  ])('refuses %s', (line) => {
    expect(() => typed(line)).toThrow(line.slice(line.indexOf('=') + 1));
  });
});
