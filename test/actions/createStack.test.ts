import { describe, expect, it } from '@jest/globals';
import { createStack } from '../../src/actions/createStack.ts';
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
