import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../src/model/environment.ts';
import {
  containersOf,
  containersOn,
  endpointsOf,
  heightOf,
  ownersOf,
  stacksOf,
} from '../../src/model/lookup.ts';
import { changeRow, makeState } from '../support/makeState.ts';

const hosts = Array.from({ length: 11 }, (_, index) => `host${index}`);
const state = makeState({
  webapp: { hosts, versions: ['v1', 'v2'], endpoints: { qa: { pointer: 1 }, b: {}, a: {} } },
  other: { hosts: ['host3'] },
});

describe('look-ups', () => {
  it('give stacks by their number and not by the letters of it, whatever the order of the rows', () => {
    const reversed = { ...state, stacks: [...state.stacks].reverse() };
    const names = stacksOf(reversed, 'webapp').map((stack) => stack.name);
    expect(names.slice(0, 2)).toEqual(['webapp-stack1', 'webapp-stack2']);
    expect(names.slice(-2)).toEqual(['webapp-stack10', 'webapp-stack11']);
  });

  it('give containers from position 0 up', () => {
    const reversed = { ...state, containers: [...state.containers].reverse() };
    expect(containersOf(reversed, 'webapp-stack1').map((row) => row.version)).toEqual(['v1', 'v2']);
  });

  it('give endpoints by pointer and then by name', () => {
    const names = endpointsOf(state, 'webapp').map((endpoint) => endpoint.name);
    expect(names).toEqual(['webapp-endpoint-a', 'webapp-endpoint-b', 'webapp-endpoint-qa']);
  });

  it('give the containers of all services on a host', () => {
    expect(containersOn(state, 'host3')).toHaveLength(5);
    expect(containersOn(state, 'nowhere')).toEqual([]);
  });

  it('give the height of the highest stack', () => {
    expect(heightOf(state, 'webapp')).toBe(2);
    expect(heightOf(state, 'nobody')).toBe(0);
  });

  it('refuse a container that belongs to no stack', () => {
    const [container] = changeRow(state, 'containers', 'webapp-stack1-app1', { stack: 'gone' }).containers;
    expect(() => container && ownersOf(state, container)).toThrow('belongs to no stack');
  });
});

describe('digestOf', () => {
  const images = [
    { version: 'v1', host: 'docker01', digest: 'one' },
    { version: 'v2', host: null, digest: 'two' },
  ];

  it.each([
    ['v1', 'docker01', 'one'],
    ['v1', 'docker02', null],
    ['v2', 'docker02', 'two'],
    ['v3', 'docker01', null],
  ])('of %s on %s is %s', (version, host, digest) => {
    expect(digestOf({ images }, version, host)).toBe(digest);
  });
});
