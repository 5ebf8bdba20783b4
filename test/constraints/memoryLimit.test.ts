import { describe, expect, it } from '@jest/globals';
import { memoryLimit } from '../../src/constraints/memoryLimit.ts';
import { makeState } from '../support/makeState.ts';
import { worldOf } from '../support/constraints.ts';

describe('memory-limit', () => {
  it('is for every service that has none', () => {
    const state = makeState({ webapp: { settings: { memory: 2 ** 29 } }, mail: {}, log: { hosts: [] } });
    const lacking = (service: string) => ({
      service,
      object: service,
      fact: 'it has no memory limit',
      remedy: 'delete it and add it again with --memory, such as 512m, or say in rules.yml why it needs none',
    });
    expect(memoryLimit.judge(worldOf(state))).toEqual([lacking('mail'), lacking('log')]);
  });
});
