import { describe, expect, it } from '@jest/globals';
import { createService } from '../../src/actions/createService.ts';
import { deleteEndpoint, deleteService, deleteStack } from '../../src/actions/deletions.ts';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { placeStacks } from '../../src/actions/placement.ts';
import { pop } from '../../src/actions/pop.ts';
import { release } from '../../src/actions/processes.ts';
import { pushOnStack } from '../../src/actions/pushOnStack.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import { makeEnvironment, makeFacts, makeHost, makeState } from '../support/makeState.ts';

const state = makeState({ webapp: { endpoints: { prod: {} } } });
const empty = makeState({ webapp: { versions: [] } });
const image = 'registry.example/webapp';
const host = makeHost('docker01', { ports: { from: 20000, to: 20002 } });
const stack = 'webapp-stack1';
const place = { service: 'webapp', stage: 'prod', pointer: 0, port: 80, address: null, url: null };
const service = { name: 'webapp', image, pull: 'registry', settings: defaultSettings } as const;
const facts = makeFacts(image, ['v0.4']);
const withoutHosts = makeEnvironment({ hosts: [] });

describe('what an action says can be done about its refusal', () => {
  it.each([
    [
      'the name of a service is taken',
      createService(state, service),
      "choose another name, or 'cmanage release webapp -v VERSION'",
    ],
    [
      'the name of an endpoint is taken',
      makeEndpoint(state, { shortName: 'prod', ...place }),
      "choose another name, or 'cmanage delete endpoint webapp-endpoint-prod' first",
    ],
    ['a service is in use', deleteService(state, 'webapp'), 'give --cascade, which takes these away first'],
    ['there is no such service', deleteService(state, 'nobody'), "see 'cmanage show services'"],
    ['there is no such stack', deleteStack(state, 'nowhere'), "see 'cmanage show stacks'"],
    ['there is no such endpoint', deleteEndpoint(state, 'none'), "see 'cmanage show endpoints'"],
    [
      'there are too few hosts',
      placeStacks(state, makeEnvironment({ hosts: [host] }), { service: 'webapp', count: 1, height: 3 }),
      'add a host to hosts.yml',
    ],
    ['a position is not there', pop(state, { stack, position: 3 }), 'choose a position from 0 to 2'],
    ['a stack is empty', pop(empty, { stack, position: 0 }), 'choose a position from 0 to 0'],
    [
      'a host has left hosts.yml',
      release(state, { service: 'webapp', versions: ['v0.4'] }, withoutHosts, facts),
      'put docker01 back into hosts.yml',
    ],
    [
      'nobody has the image',
      pushOnStack(state, { stack, version: 'v9', host }, facts),
      'push the image to its registry, or load it on docker01, and try again',
    ],
    [
      'a host has no port left',
      pushOnStack(state, { stack, version: 'v0.4', host }, facts),
      'widen its ports in hosts.yml',
    ],
  ])('where %s', (_case, outcome, remedy) => {
    expect(outcome).toMatchObject({ ok: false, violations: [{ level: 'error', remedy }] });
  });
});
