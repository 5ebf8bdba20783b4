import { describe, expect, it } from '@jest/globals';
import { names } from '../../src/constraints/names.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { external, withExternals } from '../support/trees.ts';

const state = makeState({ webapp: { endpoints: { prod: {} } } });
const endpoint = 'webapp-endpoint-prod';
const withDb = (...targets: string[]) => withExternals(state, external('db', targets));
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
      name: 'an external service with targets of each kind',
      state: withDb('prod=db.prod.example:5432', 'qa=192.0.2.40:1', 'dev=db:65535'),
      findings: [],
    },
    {
      name: 'an external service that is called like a service',
      state: withExternals(state, external('webapp')),
      findings: [['webapp', '2 objects have this name']],
    },
    {
      name: 'an external service that is called like a container',
      state: withExternals(state, external('webapp-stack1-app1')),
      findings: [['webapp-stack1-app1', '2 objects have this name']],
    },
    {
      name: 'two external services of one name',
      state: withExternals(state, external('db'), external('db')),
      findings: [['db', '2 objects have this name']],
    },
    {
      name: 'an external service without a well-formed name',
      state: withExternals(state, external('d b', ['prod=db:1'])),
      findings: [['d b', 'it is no well-formed name']],
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

describe('names: the targets of an external service', () => {
  const about = { service: null, object: 'db' };
  const hosts = ['Db.example', 'd b', 'a..b', '1.2.3.256', '12', 'db\nserver', 'a"b', ''];

  it.each([
    [
      'none',
      [],
      [
        {
          aspect: 'target none',
          fact: 'it has no target',
          remedy: "give it one by 'cmanage changeexternal db --target STAGE=HOST:PORT'",
        },
      ],
    ],
    [
      'one at a stage that is none',
      ['prod=db:1', 'staging=db:1'],
      [
        {
          aspect: 'target stage staging',
          fact: 'it has a target at stage "staging", and there is no such stage',
          remedy:
            "choose one of prod, qa, dev, add it to rules.yml, or take the target out by 'cmanage changeexternal db --drop-target staging'",
        },
      ],
    ],
    [
      'several at a stage',
      ['prod=db:1', 'qa=db:1', 'prod=db:1', 'prod=db:2'],
      Array(2).fill({
        aspect: 'target repeated prod',
        fact: 'it has several targets at stage prod',
        remedy: 'give one for each stage',
      }),
    ],
    ...hosts.map((host): [string, string[], object[]] => [
      `the host ${JSON.stringify(host)}`,
      [`qa=${host}:1`],
      [
        {
          aspect: 'target host qa',
          fact: `its target ${JSON.stringify(`${host}:1`)} at stage qa has no IPv4 address or host name`,
          remedy: 'give one like db.example.com',
        },
      ],
    ]),
    ...['0', '65536', '1.5', '-1'].map((port): [string, string[], object[]] => [
      `the port ${port}`,
      [`qa=db:${port}`],
      [
        {
          aspect: 'target port qa',
          fact: `its target "db:${port}" at stage qa has no TCP port`,
          remedy: 'choose one from 1 to 65535',
        },
      ],
    ]),
  ])('%s', (_case, targets, expected) => {
    const findings = names.judge(worldOf(withDb(...targets)));
    expect(findings).toEqual(expected.map((finding: object) => ({ ...about, ...finding })));
  });

  it('every fault of a target, not the first', () => {
    const findings = names.judge(worldOf(withDb('prod=db:1', 'prod=d b:0', 'x=y:1')));
    expect(findings.map((finding) => finding.aspect)).toEqual([
      ...['target repeated prod', 'target host prod', 'target port prod', 'target stage x'],
    ]);
  });
});

function fail(): never {
  throw new Error('the sketch has no service');
}
