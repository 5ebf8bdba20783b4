import { describe, expect, it } from '@jest/globals';
import { hostOfStack } from '../../src/actions/hostOfStack.ts';
import { makeEnvironment } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';

const environment = makeEnvironment();
const stack = { name: 'webapp-stack1', service: 'webapp', host: 'docker02', nextContainer: 1 };

describe('hostOfStack', () => {
  it('is the host of that name in hosts.yml', () => {
    expect(accepted(hostOfStack(stack, environment))).toBe(environment.hosts[1]);
  });

  it('refuses one that is not in hosts.yml', () => {
    expect(refusalsInFull(hostOfStack({ ...stack, host: 'gone' }, environment))).toEqual([
      'host-known: webapp-stack1: its host gone is not in hosts.yml. Remedy: put gone back into hosts.yml',
    ]);
  });
});
