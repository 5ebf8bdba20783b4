import { describe, expect, it } from '@jest/globals';
import { stateTables } from '../../src/model/change.ts';
import { differencesOf, partOf, type Part } from '../../src/model/part.ts';
import type { State } from '../../src/model/state.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { edge, external, withExternals, withTree } from '../support/trees.ts';

const prod = 'webapp-endpoint-prod';
const shop = 'shop-endpoint-prod';
const sketch = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {} } },
  mail: { endpoints: { prod: {} } },
  shop: { endpoints: { prod: {} } },
  log: {},
});
const state = frozen(withTree(withTree(sketch, prod, 'webapp > mail'), shop, 'shop > log'));

const everyOf = (given: State, ...names: string[]) => partOf(given, new Set(names));

describe('partOf', () => {
  it('is all rows of the service, and every tree that has it with its endpoint', () => {
    expect(everyOf(state, 'mail')).toEqual({
      services: state.services.filter((row) => row.name === 'mail'),
      stacks: state.stacks.filter((row) => row.service === 'mail'),
      containers: state.containers.filter((row) => row.stack === 'mail-stack1'),
      endpoints: state.endpoints.filter((row) => [prod, 'mail-endpoint-prod'].includes(row.name)),
      edges: [edge(prod, 'webapp > mail')],
      externals: [],
      retained: [],
    });
  });

  const [db, mq, search] = [external('db'), external('mq'), external('search')];
  const calling = withExternals(
    withTree(
      changeRow(state, 'services', 'log', { traffic: { ...defaultServiceTraffic, uses: ['mq', 'mail'] } }),
      shop,
      'log > db',
    ),
    db,
    mq,
    search,
  );

  it.each([
    ['that are called in its trees, and that it uses', 'log', [db, mq]],
    ['that are called elsewhere in its trees', 'shop', [db]],
    ['that it is itself', 'mq', [mq]],
    ['that nobody calls, of no service', 'webapp', []],
  ])('has the external services %s', (_case, service, expected) => {
    expect(everyOf(calling, service).externals).toEqual(expected);
  });

  it('of an external service is every tree that has it', () => {
    const { services, endpoints, edges, externals } = everyOf(calling, 'db');
    expect([services, endpoints.map(({ name }) => name)]).toEqual([[], [shop]]);
    expect(edges).toEqual([edge(shop, 'shop > log'), edge(shop, 'log > db')]);
    expect(externals).toEqual([db]);
  });

  it('is everything where every service is named', () => {
    const { services, stacks, containers, endpoints, edges } = state;
    expect(everyOf(state, 'webapp', 'mail', 'shop', 'log')).toEqual({
      services,
      stacks,
      containers,
      endpoints,
      edges,
      externals: [],
      retained: [],
    });
  });

  it('is nothing for no service, and for one that is not there', () => {
    const nothing = Object.fromEntries(stateTables.map((table) => [table, []]));
    expect(everyOf(state)).toEqual(nothing);
    expect(everyOf(state, 'nobody')).toEqual(nothing);
  });
});

describe('differencesOf', () => {
  const names = ['webapp', 'mail', 'log'];
  const differences = (next: State) => differencesOf(everyOf(state, ...names), everyOf(next, ...names));
  const onlyOwn = makeState({ webapp: {}, mail: {}, shop: {} });

  it.each<[string, State, string[]]>([
    ['nothing', structuredClone(state), []],
    ['another order', { ...state, containers: [...state.containers].reverse() }, []],
    ['another service', changeRow(state, 'services', 'shop', { nextStack: 9 }), []],
    ['a service', changeRow(state, 'services', 'webapp', { nextStack: 9 }), ['service webapp has changed']],
    [
      'a stack',
      changeRow(state, 'stacks', 'mail-stack1', { host: 'docker03' }),
      ['stack mail-stack1 has changed'],
    ],
    [
      'a container',
      changeRow(state, 'containers', 'webapp-stack2-app1', { version: 'v9' }),
      ['container webapp-stack2-app1 has changed'],
    ],
    ['an endpoint', changeRow(state, 'endpoints', prod, { port: 9 }), [`endpoint ${prod} has changed`]],
    [
      'a relation',
      withTree(withTree(sketch, prod, 'webapp > mail @ 1'), shop, 'shop > log'),
      [`the relation webapp to mail in the tree of ${prod} has changed`],
    ],
    [
      'a relation that is gone, and one that is new',
      withTree(withTree(sketch, prod, 'webapp > log'), shop, 'shop > log'),
      [
        `the relation webapp to mail in the tree of ${prod} is gone`,
        `the relation webapp to log in the tree of ${prod} is new`,
      ],
    ],
  ])('tells %s', (_case, next, expected) => {
    expect(differences(next)).toEqual(expected);
  });

  it('tells what is retained, and takes what an earlier cmanage saved for what it is', () => {
    const [first] = state.containers;
    const retained = first
      ? [{ ...first, name: 'webapp-stack1-app0', since: 1, retainedAt: 0, warm: false }]
      : [];
    const now = { ...state, retained };
    expect(differences(now)).toEqual(['retained container webapp-stack1-app0 is new']);
    const saved = JSON.parse(JSON.stringify({ ...everyOf(state, ...names), retained: undefined })) as Part;
    expect(differencesOf(saved, everyOf(now, ...names))).toEqual(differences(now));
  });

  it('tells an external service whose target has changed', () => {
    const [saw, now] = [external('db', ['prod=a:1']), external('db', ['prod=b:2'])].map((row) =>
      everyOf(withExternals(state, row), 'db'),
    );
    expect(saw && now && differencesOf(saw, now)).toEqual(['external service db has changed']);
  });

  it('tells what is gone, new and changed, table by table', () => {
    const next = changeRow(makeState({ webapp: {}, log: { versions: ['v1'] } }), 'services', 'webapp', {
      nextStack: 9,
    });
    const [saw, now] = [onlyOwn, next].map((given) => everyOf(given, 'webapp', 'mail', 'log'));
    expect(saw && now && differencesOf(saw, now)).toEqual([
      'service mail is gone',
      'service log is new',
      'service webapp has changed',
      'stack mail-stack1 is gone',
      'stack log-stack1 is new',
      'container mail-stack1-app1 is gone',
      'container mail-stack1-app2 is gone',
      'container mail-stack1-app3 is gone',
      'container log-stack1-app1 is new',
    ]);
  });
});
