import { describe, expect, it } from '@jest/globals';
import { externalEntry } from '../../src/report/externals.ts';
import { externalsKind } from '../../src/report/kinds/externals.ts';
import { makeState } from '../support/makeState.ts';
import { external, withExternals, withTree } from '../support/trees.ts';
import { makeView, sheetIn } from '../support/view.ts';

const db = external('db', ['qa=192.0.2.40:5432', 'prod=db.prod.example:5432', 'old=x:1']);
const search = { ...external('search', ['dev=search:9200']), mode: 'http', healthPath: '/up' } as const;
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];
const services = withExternals(
  makeState({
    webapp: { endpoints: { prod: {}, qa: {} }, traffic: { uses: ['db'] } },
    mail: {},
    batch: { traffic: { uses: ['db'] } },
  }),
  db,
  search,
);
const state = withTree(
  withTree(services, prod, 'webapp > db', 'webapp > mail', 'mail > db'),
  qa,
  'webapp > db',
);

describe('externalEntry', () => {
  it('has the row, the trees it is in, each once, and the services that say they use it', () => {
    expect(externalEntry(state, db)).toEqual({ ...db, trees: [prod, qa], users: ['webapp', 'batch'] });
    expect(externalEntry(state, search)).toEqual({ ...search, trees: [], users: [] });
  });
});

describe('externals in a pipe', () => {
  it('shows the target at every stage, how it is checked, and who calls it', () => {
    expect(sheetIn(externalsKind(makeView(state)))).toEqual({
      head: ['External', 'Mode', 'prod', 'qa', 'dev', 'Health', 'Called by'],
      rows: [
        ['db', 'tcp', 'db.prod.example:5432', '192.0.2.40:5432', '-', 'connection', 'batch mail webapp'],
        ['search', 'http', '-', '-', 'search:9200', '/up', '-'],
      ],
    });
  });
});
