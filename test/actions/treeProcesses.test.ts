import { describe, expect, it } from '@jest/globals';
import {
  changeTree,
  connectService,
  disconnectService,
  type Relatives,
} from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { external, relationsIn, withExternals, withTree } from '../support/trees.ts';

const [prod, qa, shop] = ['webapp-endpoint-prod', 'webapp-endpoint-qa', 'shop-endpoint-prod'];
const services = frozen(
  makeState({
    webapp: { endpoints: { prod: {}, qa: {} } },
    shop: { endpoints: { prod: {} } },
    training: {},
    mail: {},
    log: {},
  }),
);
const relatives = (given: Partial<Relatives>): Relatives => ({
  service: 'training',
  children: [],
  parents: [],
  endpoints: [],
  ...given,
});
const noService = "stack-service: nobody: there is no such service. Remedy: see 'cmanage show services'";
const noChild = `${noService} and 'cmanage show externals'`;

const withDb = frozen(withExternals(services, external('db')));
const callsNothing = (remedy: string) =>
  `tree-shape: db: it is an external service, which calls nothing. Remedy: ${remedy}`;
const belowAService = "connect it below a service by 'cmanage connect SERVICE -c db'";

describe('connectService', () => {
  const connected = (given: Partial<Relatives>, position: number | null = null, state: State = services) =>
    relationsIn(accepted(connectService(state, relatives(given), { position })));

  it('connects a service below its parents in every tree they are in', () => {
    expect(connected({ parents: ['webapp', 'shop'] })).toEqual([
      `${prod}: webapp > training`,
      `${qa}: webapp > training`,
      `${shop}: shop > training`,
    ]);
  });

  it('connects its children in every tree that it has come into', () => {
    expect(connected({ parents: ['shop'], children: ['mail', 'log'] }, 2)).toEqual([
      `${shop}: shop > training @ 2`,
      `${shop}: training > mail @ 2`,
      `${shop}: training > log @ 2`,
    ]);
  });

  it('connects it where it is lacking, and leaves the trees that have the relation', () => {
    const some = withTree(services, prod, 'webapp > training @ 2');
    expect(connected({ parents: ['webapp'] }, null, some)).toEqual([
      `${prod}: webapp > training @ 2`,
      `${qa}: webapp > training`,
    ]);
  });

  it('says so where every tree has the relation', () => {
    const all = withTree(withTree(services, qa, 'webapp > training'), prod, 'webapp > training');
    expect(refusalsInFull(connectService(all, relatives({ parents: ['webapp'] }), { position: 1 }))).toEqual([
      `tree-shape: ${prod}: webapp is connected to training there already. Remedy: move it by 'cmanage changetree ${prod} --child training --position N'`,
    ]);
  });

  it('keeps to the trees named', () => {
    const given = { service: 'webapp', children: ['mail'], endpoints: [qa, shop] };
    expect(connected(given, 0)).toEqual([`${qa}: webapp > mail @ 0`, `${shop}: webapp > mail @ 0`]);
    // Also where the parent is in no tree yet: whether the relation then hangs in the air is for the rules to judge.
    expect(connected({ children: ['mail'], endpoints: [qa] })).toEqual([`${qa}: training > mail`]);
  });

  it.each([
    [
      'a parent in no tree',
      relatives({ children: ['mail'] }),
      "tree-shape: training: it is in no tree, so that nothing can be connected below it. Remedy: add an endpoint by 'cmanage addendpoint', or connect training to a service that has one",
    ],
    ['a parent that is not there', relatives({ parents: ['nobody'] }), noService],
    ['a child that is not there', relatives({ service: 'webapp', children: ['nobody'] }), noChild],
    [
      'an endpoint that is not there',
      relatives({ parents: ['webapp'], endpoints: ['gone'] }),
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ],
    ['what comes after a refusal', relatives({ parents: ['nobody', 'mail'], children: ['log'] }), noService],
  ])('refuses %s', (_case, given, expected) => {
    expect(refusalsInFull(connectService(services, given))).toEqual([expected]);
  });

  it.each([
    ['as a child', relatives({ service: 'webapp', children: ['db'] })],
    ['as the service whose parents are named', relatives({ service: 'db', parents: ['webapp'] })],
  ])('connects an external service %s in every tree, with its drain limit', (_case, given) => {
    const { edges } = accepted(connectService(withDb, given, { drainLimit: 300 }));
    const relation = { parent: 'webapp', child: 'db', position: null, drainLimit: 300 };
    expect(edges).toEqual([
      { endpoint: prod, ...relation },
      { endpoint: qa, ...relation },
    ]);
  });

  it.each([
    ['in every tree it fits', []],
    ['in a tree that is named', [prod]],
  ])('refuses an external service that is to call others %s', (_case, endpoints) => {
    const given = relatives({ service: 'db', children: ['mail'], endpoints });
    expect(refusalsInFull(connectService(withDb, given))).toEqual([callsNothing(belowAService)]);
  });

  it('does nothing for no relative', () => {
    expect(accepted(connectService(services, relatives({})))).toEqual(services);
  });
});

const state = frozen(
  withTree(
    withTree(
      withTree(services, prod, 'webapp > training', 'training > mail @ 1'),
      qa,
      'webapp > training',
      'webapp > mail',
      'training > mail @ 2',
    ),
    shop,
    'shop > mail',
  ),
);

describe('disconnectService', () => {
  const left = (given: Partial<Relatives>, cascade = false) =>
    relationsIn(accepted(disconnectService(state, relatives(given), cascade)));

  it('takes a relation out of every tree that has it', () => {
    expect(left({ children: ['mail'] })).toEqual([
      `${prod}: webapp > training`,
      `${qa}: webapp > training`,
      `${qa}: webapp > mail`,
      `${shop}: shop > mail`,
    ]);
  });

  it('takes it out of the trees named', () => {
    expect(left({ parents: ['webapp'], endpoints: [qa] })).toEqual([
      `${prod}: webapp > training`,
      `${prod}: training > mail @ 1`,
      `${qa}: webapp > mail`,
      `${qa}: training > mail @ 2`,
      `${shop}: shop > mail`,
    ]);
  });

  it('with cascade, takes the branches out that it led to', () => {
    expect(left({ parents: ['webapp'] }, true)).toEqual([`${qa}: webapp > mail`, `${shop}: shop > mail`]);
  });

  it('with cascade, takes out what was named also where it has become a branch', () => {
    expect(left({ parents: ['webapp'], children: ['mail'] }, true)).toEqual([
      `${qa}: webapp > mail`,
      `${shop}: shop > mail`,
    ]);
  });

  it('takes out the relations to parents and to children', () => {
    expect(left({ service: 'mail', parents: ['webapp', 'shop'] })).toEqual([
      `${prod}: webapp > training`,
      `${prod}: training > mail @ 1`,
      `${qa}: webapp > training`,
      `${qa}: training > mail @ 2`,
    ]);
  });

  it.each([
    [
      'a relation that is in no tree, whatever else there is',
      relatives({ service: 'mail', parents: ['webapp', 'log'] }),
      "tree-shape: log: it is not connected to mail in any tree. Remedy: see 'cmanage show tree' for the relations there are",
    ],
    ['a parent that is not there', relatives({ service: 'mail', parents: ['nobody'] }), noService],
    ['a child that is not there', relatives({ children: ['nobody'] }), noChild],
    [
      'a relation that is not in the tree named',
      relatives({ parents: ['webapp'], endpoints: [shop] }),
      `tree-shape: ${shop}: webapp is not connected to training there. Remedy: see 'cmanage show tree ${shop}'`,
    ],
  ])('refuses %s', (_case, given, expected) => {
    expect(refusalsInFull(disconnectService(state, given, false))).toEqual([expected]);
  });
});

describe('disconnectService from an external service', () => {
  const connected = withTree(withTree(withDb, prod, 'webapp > db'), qa, 'webapp > db', 'webapp > mail');

  it('takes it out of every tree', () => {
    const given = relatives({ service: 'db', parents: ['webapp'] });
    expect(relationsIn(accepted(disconnectService(connected, given, true)))).toEqual([
      `${qa}: webapp > mail`,
    ]);
  });

  it.each([
    [
      'one that is called nowhere',
      relatives({ service: 'webapp', children: ['db'] }),
      "tree-shape: webapp: it is not connected to db in any tree. Remedy: see 'cmanage show tree' for the relations there are",
    ],
    ['one as parent', relatives({ service: 'db', children: ['mail'] }), callsNothing(belowAService)],
  ])('refuses %s', (_case, given, expected) => {
    expect(refusalsInFull(disconnectService(withDb, given, false))).toEqual([expected]);
  });
});

describe('changeTree', () => {
  const pointed = { endpoint: qa, child: null, parent: null };
  const toMail = { ...pointed, child: 'mail' };

  it('points the endpoint itself where no child is named', () => {
    expect(accepted(changeTree(state, pointed, { position: 2 }))).toEqual(
      changeRow(state, 'endpoints', qa, { pointer: 2 }),
    );
    expect(accepted(changeTree(state, pointed, { position: 0 }))).toEqual(
      changeRow(state, 'endpoints', qa, { pointer: 0 }),
    );
  });

  it.each([
    ['every relation of the tree that leads to a child', toMail, 0, [' @ 0', ' @ 0']],
    ['that from one parent', { ...toMail, parent: 'webapp' }, 1, [' @ 1', ' @ 2']],
    ["them at the endpoint's own pointer", toMail, null, ['', '']],
  ])('points %s', (_case, branching, position, [first = '', second = '']) => {
    expect(relationsIn(accepted(changeTree(state, branching, { position })))).toEqual([
      `${prod}: webapp > training`,
      `${prod}: training > mail @ 1`,
      `${qa}: webapp > training`,
      `${qa}: webapp > mail${first}`,
      `${qa}: training > mail${second}`,
      `${shop}: shop > mail`,
    ]);
  });

  it('changes the drain limit of every relation that leads to a child, or of that from one parent', () => {
    const limits = (parent: string | null) =>
      accepted(changeTree(state, { ...toMail, parent }, { drainLimit: 60 })).edges.map(
        (row) => row.drainLimit,
      );
    expect(limits(null)).toEqual([null, null, null, 60, 60, null]);
    expect(limits('training')).toEqual([null, null, null, null, 60, null]);
  });

  it.each([{ drainLimit: 60 }, { drainLimit: null }, { drainLimit: 0, position: 1 }])(
    'refuses an endpoint a drain limit: %p',
    (settings) => {
      expect(refusalsInFull(changeTree(state, pointed, settings))).toEqual([
        `endpoint-service: ${qa}: a drain limit belongs to a relation of its tree. Remedy: name the --child it is about`,
      ]);
    },
  );

  it('refuses an endpoint that is given nothing', () => {
    expect(refusalsInFull(changeTree(state, pointed, {}))).toEqual([
      `endpoint-service: ${qa}: an endpoint needs a position of its own. Remedy: give --position N, or name a --child`,
    ]);
  });

  it.each([
    [
      'an endpoint that is not there',
      { ...toMail, endpoint: 'gone' },
      2,
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ],
    [
      'an endpoint without a position',
      pointed,
      null,
      `endpoint-service: ${qa}: an endpoint needs a position of its own. Remedy: give --position N, or name a --child`,
    ],
    [
      'a child that nothing calls there',
      { ...toMail, child: 'shop' },
      2,
      `tree-shape: ${qa}: nothing calls shop there. Remedy: see 'cmanage show tree ${qa}'`,
    ],
    [
      'a parent that does not call it there',
      { ...toMail, parent: 'shop' },
      2,
      `tree-shape: ${qa}: shop is not connected to mail there. Remedy: see 'cmanage show tree ${qa}'`,
    ],
  ])('refuses %s', (_case, branching, position, expected) => {
    expect(refusalsInFull(changeTree(state, branching, { position }))).toEqual([expected]);
  });
});
