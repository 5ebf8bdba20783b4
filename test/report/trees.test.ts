import { describe, expect, it } from '@jest/globals';
import { treeOf } from '../../src/plan/treeLines.ts';
import { treeEntry, treeText } from '../../src/report/trees.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const services = makeState({
  webapp: {
    endpoints: { prod: { port: 80 }, beta: { port: 80, url: 'beta.example', address: '192.0.2.9' } },
  },
  mail: {},
  log: {},
});
const prod = 'webapp-endpoint-prod';
const state = withTree(services, prod, 'webapp > mail @ 1', 'mail > log');
const entries = state.endpoints.map((endpoint) => treeEntry(state, endpoint));
const texts = state.endpoints.map((endpoint) => `\n${treeText(state, endpoint)}\n`);

describe('treeEntry', () => {
  it('has the front door and the nodes from the root down', () => {
    expect(entries[0]).toEqual({
      endpoint: prod,
      stage: 'prod',
      address: null,
      port: 80,
      url: null,
      root: treeOf(state, prod),
      trees: [{ weight: null, root: treeOf(state, prod) }],
    });
    expect(entries[1]).toMatchObject({ address: '192.0.2.9', url: 'beta.example', root: { children: [] } });
  });

  it('has a tree for each position that gets a share, with its weight', () => {
    const weights = [90, 0, 10].map((weight, position) => ({ position, weight }));
    const spread = changeRow(state, 'endpoints', prod, { options: endpointOptions({ weights }) });
    const [endpoint] = spread.endpoints;
    const [first, second] = [treeOf(state, prod), { service: 'webapp', position: 2, version: 'v0.3' }];
    expect(endpoint && treeEntry(spread, endpoint)).toMatchObject({
      root: first,
      trees: [
        { weight: 90, root: first },
        { weight: 10, root: { ...second, children: [{ service: 'mail', position: 1, version: 'v0.2' }] } },
      ],
    });
  });
});

describe('treeText', () => {
  it('draws the trees of an endpoint that spreads over positions as branches of it', () => {
    const weights = [90, 10].map((weight, position) => ({ position, weight }));
    const spread = changeRow(state, 'endpoints', prod, { options: endpointOptions({ weights }) });
    const [endpoint] = spread.endpoints;
    expect(endpoint && `\n${treeText(spread, endpoint)}\n`).toBe(`
webapp-endpoint-prod (prod, port 80)
├─ webapp v0.1 (position 0), weight 90
│  └─ mail v0.2 (position 1, fixed)
│     └─ log v0.1 (position 0)
└─ webapp v0.2 (position 1), weight 10
   └─ mail v0.2 (position 1, fixed)
      └─ log v0.2 (position 1)
`);
  });

  it('draws the tree below its front door', () => {
    expect(texts[0]).toBe(`
webapp-endpoint-prod (prod, port 80)
└─ webapp v0.1 (position 0)
   └─ mail v0.2 (position 1, fixed)
      └─ log v0.1 (position 0)
`);
  });

  it('draws an external service with its target at the stage', () => {
    const withDb = withExternals(withTree(services, prod, 'webapp > db'), external('db'));
    const [endpoint] = withDb.endpoints;
    expect(endpoint && treeText(withDb, endpoint)).toBe(
      ['webapp-endpoint-prod (prod, port 80)', '└─ webapp v0.1 (position 0)']
        .concat('   └─ db (external, db.prod.example:5432)')
        .join('\n'),
    );
  });

  it('tells the URL of a shared port', () => {
    expect(texts[1]).toBe(`
webapp-endpoint-beta (prod, port 80, beta.example)
└─ webapp v0.1 (position 0)
`);
  });
});
