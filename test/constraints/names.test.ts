import { describe } from '@jest/globals';
import { names } from '../../src/constraints/names.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable } from '../support/constraints.ts';

const state = makeState({ webapp: { endpoints: { prod: {} } } });
const endpoint = 'webapp-endpoint-prod';
const longest = 'a'.repeat(40);

describe('names', () => {
  judgeTable(names, [
    { name: 'names as the actions give them', state, findings: [] },
    {
      name: 'the longest names there are',
      state: makeState({ [longest]: { endpoints: { [longest]: {} } } }),
      findings: [],
    },
    {
      name: 'two services of one name',
      state: { ...state, services: [...state.services, ...state.services] },
      findings: [['webapp', '2 objects have this name']],
    },
    {
      name: "a service that is called like another's stack",
      state: makeState({ webapp: {}, 'webapp-stack1': { hosts: ['docker02'] } }),
      findings: [['webapp-stack1', '2 objects have this name']],
    },
    ...['Webapp', 'web app', 'a'.repeat(41), 'web\napp', '../web', ''].map((name) => ({
      name: `the service ${JSON.stringify(name.slice(0, 9))}`,
      state: { ...state, services: [{ ...(makeState({ webapp: {} }).services[0] ?? fail()), name }] },
      findings: [[name, 'it is no well-formed name'] as const],
    })),
    ...['webapp-endpoint-a\nb', 'webapp-endpoint-a b', 'webapp-endpoint-$(id)'].map((name) => ({
      name: `the endpoint ${JSON.stringify(name)}`,
      state: changeRow(state, 'endpoints', endpoint, { name }),
      findings: [[name, 'no well-formed name'] as const],
    })),
    ...['webapp:v1', 'web app', 'UPPER', ''].map((image) => ({
      name: `the image ${JSON.stringify(image)}`,
      state: changeRow(state, 'services', 'webapp', { image }),
      findings: [['webapp', `its image ${JSON.stringify(image)} is no repository`] as const],
    })),
    ...['192.0.2.256', '::1', 'example.com', '192.0.2.1\n', ''].map((address) => ({
      name: `the address ${JSON.stringify(address)}`,
      state: changeRow(state, 'endpoints', endpoint, { address }),
      findings: [[endpoint, `${JSON.stringify(address)} is no IPv4 address`] as const],
    })),
    ...['WWW.example.com', 'a b', 'a..b', 'x\n', ''].map((url) => ({
      name: `the URL ${JSON.stringify(url)}`,
      state: changeRow(state, 'endpoints', endpoint, { url }),
      findings: [[endpoint, `${JSON.stringify(url)} is no host name`] as const],
    })),
    {
      name: 'a good address and a good URL',
      state: changeRow(state, 'endpoints', endpoint, { address: '192.0.2.7', url: 'www.example.com' }),
      findings: [],
    },
    {
      name: 'every fault, not the first',
      state: changeRow(
        changeRow(state, 'endpoints', endpoint, { address: 'x', url: 'Y' }),
        'services',
        'webapp',
        { image: '' },
      ),
      findings: [
        ['webapp', 'no repository'],
        [endpoint, 'no IPv4 address'],
        [endpoint, 'no host name'],
      ],
    },
  ]);
});

function fail(): never {
  throw new Error('the sketch has no service');
}
