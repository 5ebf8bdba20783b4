import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { addContainer, pushOnStack } from '../../src/actions/pushOnStack.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, digestFor, frozen, makeFacts, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusals, refusalsInFull } from '../support/outcome.ts';

const image = 'registry.example/webapp';
const facts = makeFacts(image, ['v0.4', 'v0.5']);

function push(state: State, version = 'v0.4', host = makeHost('docker01')): State {
  return accepted(pushOnStack(state, { stack: 'webapp-stack1', version, host }, facts));
}

describe('pushOnStack', () => {
  it('puts a container on top, with the next name, a free port and the pinned digest', () => {
    const state = frozen(makeState({ webapp: {} }));
    const next = push(state);
    expect(next.containers.slice(0, 3)).toEqual(state.containers);
    expect(next.containers[3]).toEqual({
      name: 'webapp-stack1-app4',
      stack: 'webapp-stack1',
      position: 3,
      version: 'v0.4',
      digest: digestFor(image, 'v0.4'),
      created: null,
      hostPort: 20003,
      links: {},
    });
    expect(next.stacks.map((stack) => stack.nextContainer)).toEqual([5]);
  });

  it('never gives a name twice, whatever was popped meanwhile', () => {
    let state: State = frozen(makeState({ webapp: {} }));
    const given = new Set(state.containers.map((container) => container.name));
    for (let round = 0; round < 5; round++) {
      state = accepted(pop(frozen(state), { stack: 'webapp-stack1', position: state.containers.length - 1 }));
      state = push(frozen(state));
      const top = state.containers.at(-1)?.name ?? '';
      expect(given.has(top)).toBe(false);
      given.add(top);
    }
    expect(state.stacks.map((stack) => stack.nextContainer)).toEqual([9]);
  });

  it('takes the lowest port that no service on the host has', () => {
    const state = makeState({ webapp: {}, other: {} });
    const hole = accepted(pop(state, { stack: 'webapp-stack1', position: 1 }));
    expect(push(hole).containers.at(-1)?.hostPort).toBe(20001);
    expect(push(push(hole)).containers.at(-1)?.hostPort).toBe(20006);
  });

  it('does not mind the ports of another host', () => {
    const state = makeState({ other: { hosts: ['docker02'] }, webapp: { versions: [] } });
    expect(push(state).containers.at(-1)?.hostPort).toBe(20000);
  });

  it('refuses when the range is exhausted, and takes its last port before', () => {
    const state = makeState({ webapp: {} });
    const full = makeHost('docker01', { ports: { from: 20000, to: 20002 } });
    const request = { stack: 'webapp-stack1', version: 'v0.4', host: full };
    expect(refusals(pushOnStack(state, request, facts))).toEqual([
      'ports: docker01: all of its ports 20000-20002 are in use',
    ]);
    const last = makeHost('docker01', { ports: { from: 20000, to: 20003 } });
    expect(push(state, 'v0.4', last).containers.at(-1)?.hostPort).toBe(20003);
  });

  it('leaves out a port outside the range that a container still has', () => {
    const state = changeRow(makeState({ webapp: {} }), 'containers', 'webapp-stack1-app1', {
      hostPort: 30000,
    });
    expect(push(state).containers.at(-1)?.hostPort).toBe(20000);
  });

  it('refuses a stack that does not exist', () => {
    for (const version of ['v0.4', 'a version without an image']) {
      const request = { stack: 'nowhere', version, host: makeHost('docker01') };
      expect(refusals(pushOnStack(makeState(), request, facts))).toEqual([
        'stack-service: nowhere: there is no such stack',
      ]);
    }
  });

  it('refuses an image that is on another host alone', () => {
    const elsewhere = {
      images: [{ version: 'v0.4', host: 'docker02', digest: digestFor(image, 'v0.4'), created: null }],
      now: 0,
    };
    const request = { stack: 'webapp-stack1', version: 'v0.4', host: makeHost('docker01') };
    expect(refusalsInFull(pushOnStack(makeState({ webapp: {} }), request, elsewhere))).toEqual([
      'container-version: webapp-stack1-app4: the image of version v0.4 is not on docker01. Remedy: push the image to its registry, or load it on docker01, and try again',
    ]);
  });

  it('pins the bits and the time that were looked up', () => {
    const created = '2026-11-20T10:00:00.000Z';
    const looked = { images: [{ version: 'v0.4', host: null, digest: 'the bits', created }], now: 0 };
    const request = { stack: 'webapp-stack1', version: 'v0.4', host: makeHost('docker01') };
    const next = accepted(pushOnStack(makeState({ webapp: {} }), request, looked));
    expect(next.containers.at(-1)).toMatchObject({ version: 'v0.4', digest: 'the bits', created });
  });
});

describe('addContainer', () => {
  const bits = { version: 'v9', digest: 'the bits', created: null };
  const host = makeHost('docker02');

  it('puts known bits on top of one stack, and touches no other row', () => {
    const state = frozen(makeState({ webapp: { hosts: ['docker01', 'docker02'], versions: ['v1'] } }));
    // More than the bits is given here, as where a neighbour's row is: its name and place are not taken.
    const [row] = state.containers;
    const next = accepted(addContainer(state, { stack: 'webapp-stack2', host, bits: { ...row, ...bits } }));
    expect(next).toEqual({
      ...changeRow(state, 'stacks', 'webapp-stack2', { nextContainer: 3 }),
      containers: [
        ...state.containers,
        {
          name: 'webapp-stack2-app2',
          stack: 'webapp-stack2',
          position: 1,
          ...bits,
          hostPort: 20001,
          links: {},
        },
      ],
    });
  });

  it('refuses a stack that is not there, and a host without a free port', () => {
    const state = makeState({ webapp: {} });
    expect(refusalsInFull(addContainer(state, { stack: 'gone', host, bits }))).toEqual([
      "stack-service: gone: there is no such stack. Remedy: see 'cmanage show stacks'",
    ]);
    const full = makeHost('docker01', { ports: { from: 20001, to: 20002 } });
    expect(refusalsInFull(addContainer(state, { stack: 'webapp-stack1', host: full, bits }))).toEqual([
      'ports: docker01: all of its ports 20001-20002 are in use. Remedy: widen its ports in hosts.yml',
    ]);
  });
});
