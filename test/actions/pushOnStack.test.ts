import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { pushOnStack } from '../../src/actions/pushOnStack.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, digestFor, frozen, makeFacts, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

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
      hostPort: 20003,
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
    const request = { stack: 'nowhere', version: 'v0.4', host: makeHost('docker01') };
    expect(refusals(pushOnStack(makeState(), request, facts))).toEqual([
      'stack-service: nowhere: there is no such stack',
    ]);
  });

  it('refuses an image that is on another host alone', () => {
    const elsewhere = { images: [{ version: 'v0.4', host: 'docker02', digest: digestFor(image, 'v0.4') }] };
    const request = { stack: 'webapp-stack1', version: 'v0.4', host: makeHost('docker01') };
    expect(refusals(pushOnStack(makeState({ webapp: {} }), request, elsewhere))).toEqual([
      'container-version: webapp-stack1-app4: the image of version v0.4 is not on docker01',
    ]);
  });
});
