import { describe, expect, it } from '@jest/globals';
import {
  containersAt,
  containersOf,
  containersOn,
  endpointsOf,
  heightOf,
  ownersOf,
  externalNamed,
  stacksOf,
  targetAt,
  usersOf,
} from '../../src/model/lookup.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { external, withExternals } from '../support/trees.ts';

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

  it("are not misled by a number in the service's own name, and put a stack without a number first", () => {
    const web2 = makeState({ web2: { hosts } });
    const unnumbered = changeRow(web2, 'stacks', 'web2-stack7', { name: 'web2-stack' });
    const reversed = { ...unnumbered, stacks: [...unnumbered.stacks].reverse() };
    const numbers = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11];
    expect(stacksOf(reversed, 'web2').map((stack) => stack.name)).toEqual([
      'web2-stack',
      ...numbers.map((number) => `web2-stack${number}`),
    ]);
  });

  it('give the containers at a position, none of a stack that is too low', () => {
    const lower = changeRow(state, 'containers', 'webapp-stack1-app2', { stack: 'other-stack1' });
    expect(containersAt(lower, 'webapp', 1).map((row) => row.stack)).toEqual(
      stacksOf(state, 'webapp')
        .slice(1)
        .map((stack) => stack.name),
    );
    expect(containersAt(state, 'webapp', 2)).toEqual([]);
  });

  it('give containers from position 0 up', () => {
    const reversed = { ...state, containers: [...state.containers].reverse() };
    expect(containersOf(reversed, 'webapp-stack1').map((row) => row.version)).toEqual(['v1', 'v2']);
  });

  it('give endpoints by pointer and then by name', () => {
    for (const endpoints of [state.endpoints, [...state.endpoints].reverse()]) {
      const names = endpointsOf({ ...state, endpoints }, 'webapp').map((endpoint) => endpoint.name);
      expect(names).toEqual(['webapp-endpoint-a', 'webapp-endpoint-b', 'webapp-endpoint-qa']);
    }
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

  it('refuse a container whose stack belongs to no service', () => {
    const orphan = changeRow(state, 'stacks', 'webapp-stack1', { service: 'gone' });
    const [container] = orphan.containers;
    expect(() => container && ownersOf(orphan, container)).toThrow(
      'container webapp-stack1-app1 belongs to no stack of a service',
    );
  });
});

describe('look-ups of external services', () => {
  const db = external('db', ['qa=b:2', 'prod=a:1']);

  it('give one by its name, and no service', () => {
    const withDb = withExternals(state, external('mq'), db);
    expect(externalNamed(withDb, 'db')).toBe(db);
    expect(externalNamed(withDb, 'webapp')).toBeUndefined();
    expect(externalNamed(state, 'db')).toBeUndefined();
  });

  it('give its target at a stage', () => {
    expect(targetAt(db, 'prod')).toEqual({ stage: 'prod', host: 'a', port: 1 });
    expect(targetAt(db, 'dev')).toBeUndefined();
  });

  it('give the services that use a service or an external one, but for itself', () => {
    const using = makeState({
      webapp: { traffic: { uses: ['mail', 'db'] } },
      mail: { traffic: { uses: ['mail'] } },
      shop: { traffic: { uses: ['db'] } },
    });
    const users = (name: string) => usersOf(using, name).map((service) => service.name);
    expect([users('mail'), users('db'), users('shop')]).toEqual([['webapp'], ['webapp', 'shop'], []]);
  });
});
