import { describe, expect, it } from '@jest/globals';
import { createStack, createTwin } from '../../src/actions/createStack.ts';
import { containersOf } from '../../src/model/lookup.ts';
import { changeRow, frozen, makeFacts, makeHost, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const versions = ['v0.1', 'v0.2'];
const facts = makeFacts('registry.example/webapp', versions);

describe('createStack', () => {
  it('adds a stack with its containers from position 0 up', () => {
    const state = frozen(makeState({ webapp: { versions } }));
    const request = { service: 'webapp', host: makeHost('docker02'), versions };
    const next = accepted(createStack(state, request, facts));
    expect(next).toEqual(makeState({ webapp: { versions, hosts: ['docker01', 'docker02'] } }));
  });

  it('never gives the number of a stack twice', () => {
    const state = frozen(
      changeRow(makeState({ webapp: { hosts: [] } }), 'services', 'webapp', { nextStack: 7 }),
    );
    const request = { service: 'webapp', host: makeHost('docker01'), versions };
    const next = accepted(createStack(state, request, facts));
    expect(next.stacks.map((stack) => stack.name)).toEqual(['webapp-stack7']);
    expect(next.services.map((service) => service.nextStack)).toEqual([8]);
  });

  it('raises the counter of its own service alone', () => {
    const state = frozen(makeState({ other: {}, webapp: { versions } }));
    const request = { service: 'webapp', host: makeHost('docker02'), versions };
    const next = accepted(createStack(state, request, facts));
    expect(next.services.map(({ name, nextStack }) => [name, nextStack])).toEqual([
      ['other', 2],
      ['webapp', 3],
    ]);
  });

  it('may add an empty stack', () => {
    const next = accepted(
      createStack(
        makeState({ webapp: { hosts: [] } }),
        { service: 'webapp', host: makeHost('docker01'), versions: [] },
        facts,
      ),
    );
    expect(containersOf(next, 'webapp-stack1')).toEqual([]);
  });

  it('refuses a service that does not exist', () => {
    const request = { service: 'nobody', host: makeHost('docker01'), versions };
    expect(refusals(createStack(makeState(), request, facts))).toEqual([
      'stack-service: nobody: there is no such service',
    ]);
  });

  it('refuses when the bits of a version are not known', () => {
    const request = { service: 'webapp', host: makeHost('docker02'), versions: ['v0.1', 'v9'] };
    expect(refusals(createStack(makeState({ webapp: {} }), request, facts))).toEqual([
      'container-version: webapp-stack2-app2: the image of version v9 is not on docker02',
    ]);
  });
});

describe('createTwin', () => {
  const bits = { digest: 'the bits that were pinned', created: '2026-11-20T10:00:00.000Z' };
  const state = frozen(
    changeRow(makeState({ webapp: { versions }, other: {} }), 'containers', 'webapp-stack1-app2', bits),
  );

  it('has the same bits in the same order, and names and ports of its own', () => {
    const next = accepted(createTwin(state, { twin: 'webapp-stack1', host: makeHost('docker02') }));
    const named = { stack: 'webapp-stack2' };
    expect(next).toEqual({
      ...changeRow(state, 'services', 'webapp', { nextStack: 3 }),
      stacks: [
        ...state.stacks,
        { name: 'webapp-stack2', service: 'webapp', host: 'docker02', nextContainer: 3 },
      ],
      containers: [
        ...state.containers,
        { ...state.containers[0], ...named, name: 'webapp-stack2-app1', hostPort: 20000 },
        { ...state.containers[1], ...named, name: 'webapp-stack2-app2', hostPort: 20001, ...bits },
      ],
    });
  });

  it('of an empty stack is an empty one', () => {
    const empty = makeState({ webapp: { versions: [] } });
    const next = accepted(createTwin(empty, { twin: 'webapp-stack1', host: makeHost('docker02') }));
    expect(next.stacks.map((stack) => stack.name)).toEqual(['webapp-stack1', 'webapp-stack2']);
    expect(next.containers).toEqual([]);
  });

  it('refuses a host without a free port for each', () => {
    const host = makeHost('docker02', { ports: { from: 20000, to: 20000 } });
    expect(refusals(createTwin(state, { twin: 'webapp-stack1', host }))).toEqual([
      'ports: docker02: all of its ports 20000-20000 are in use',
    ]);
  });

  it('refuses the twin of a stack that is not there', () => {
    expect(createTwin(state, { twin: 'gone', host: makeHost('docker02') }).ok).toBe(false);
  });
});
