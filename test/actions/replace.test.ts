import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { replace, type Direction } from '../../src/actions/replace.ts';
import { containersOf } from '../../src/model/lookup.ts';
import { changeRow, frozen, makeEnvironment, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';

const stack = 'webapp-stack1';
const environment = frozen(makeEnvironment());
const state = frozen(
  changeRow(
    makeState({ webapp: { hosts: ['docker01', 'docker02'] }, other: {} }),
    'containers',
    `${stack}-app2`,
    {
      digest: 'the bits that were pinned',
      created: '2026-11-20T10:00:00.000Z',
    },
  ),
);

describe('replace', () => {
  it.each<[number, Direction, string[]]>([
    [0, 'up', ['app4 v0.2', 'app2 v0.2', 'app3 v0.3']],
    [1, 'up', ['app1 v0.1', 'app4 v0.3', 'app3 v0.3']],
    [1, 'down', ['app1 v0.1', 'app4 v0.1', 'app3 v0.3']],
    [2, 'down', ['app1 v0.1', 'app2 v0.2', 'app4 v0.2']],
  ])(
    'gives position %d the version of its neighbour %s, in a new container',
    (position, direction, expected) => {
      const next = accepted(replace(state, { stack, position, direction }, environment));
      const rows = containersOf(next, stack);
      expect(rows.map(({ name, version }) => `${name.replace(`${stack}-`, '')} ${version}`)).toEqual(
        expected,
      );
      expect(rows.map((row) => row.position)).toEqual([0, 1, 2]);
    },
  );

  it('takes the very bits of the neighbour, and a port of its own while the old one still has its', () => {
    const next = accepted(replace(state, { stack, position: 0, direction: 'up' }, environment));
    expect(containersOf(next, stack)[0]).toEqual({
      name: `${stack}-app4`,
      stack,
      position: 0,
      version: 'v0.2',
      digest: 'the bits that were pinned',
      created: '2026-11-20T10:00:00.000Z',
      hostPort: 20006,
      links: {},
    });
  });

  it('changes the counter of the stack, and nothing else', () => {
    const next = accepted(replace(state, { stack, position: 1, direction: 'up' }, environment));
    const others = (rows: typeof state.containers) =>
      rows.filter((row) => row.position !== 1 || row.stack !== stack);
    expect(others(next.containers)).toEqual(others(state.containers));
    expect({ ...next, containers: [] }).toEqual({
      ...changeRow(state, 'stacks', stack, { nextContainer: 5 }),
      containers: [],
    });
  });

  it.each<[string, Parameters<typeof replace>[1], string]>([
    [
      'a stack that is not there',
      { stack: 'gone', position: 0, direction: 'up' },
      "stack-service: gone: there is no such stack. Remedy: see 'cmanage show stacks'",
    ],
    [
      'a position above the top',
      { stack, position: 3, direction: 'down' },
      `stack-height: ${stack}: it has no position 3: its height is 3. Remedy: choose a position from 0 to 2`,
    ],
    [
      'a position below 0',
      { stack, position: -1, direction: 'up' },
      `stack-height: ${stack}: it has no position -1: its height is 3. Remedy: choose a position from 0 to 2`,
    ],
    [
      'the top by what is above it',
      { stack, position: 2, direction: 'up' },
      `stack-height: ${stack}: nothing stands above position 2. Remedy: choose --direction down`,
    ],
    [
      'position 0 by what is below it',
      { stack, position: 0, direction: 'down' },
      `stack-height: ${stack}: nothing stands below position 0. Remedy: choose --direction up`,
    ],
  ])('refuses %s', (_case, request, expected) => {
    expect(refusalsInFull(replace(state, request, environment))).toEqual([expected]);
  });

  it('refuses a stack whose host has left hosts.yml', () => {
    const none = { ...environment, hosts: [] };
    expect(refusalsInFull(replace(state, { stack, position: 0, direction: 'up' }, none))).toEqual([
      `host-known: ${stack}: its host docker01 is not in hosts.yml. Remedy: put docker01 back into hosts.yml`,
    ]);
  });

  it('refuses a host without a port for the new one, though the old one goes', () => {
    const host = makeHost('docker01', { ports: { from: 20000, to: 20005 } });
    const request = { stack, position: 0, direction: 'up' } as const;
    expect(refusalsInFull(replace(state, request, { ...environment, hosts: [host] }))).toEqual([
      'ports: docker01: all of its ports 20000-20005 are in use. Remedy: widen its ports in hosts.yml',
    ]);
    const popped = accepted(pop(state, { stack: 'other-stack1', position: 0 }));
    const next = accepted(replace(popped, request, { ...environment, hosts: [host] }));
    expect(containersOf(next, stack)[0]?.hostPort).toBe(20003);
  });
});
