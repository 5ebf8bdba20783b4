import { describe, expect, it } from '@jest/globals';
import type { OperationSummary } from '../../src/plan/summary.ts';
import { nothingAsked, type Kind, type Tone } from '../../src/report/kind.ts';
import { endpointsKind, treesKind } from '../../src/report/kinds/endpoints.ts';
import { hostsKind } from '../../src/report/kinds/hosts.ts';
import { linksKind } from '../../src/report/kinds/links.ts';
import { loadBalancersKind } from '../../src/report/kinds/loadBalancers.ts';
import { locksKind } from '../../src/report/kinds/operations.ts';
import { releasesKind, type RecordedOperation } from '../../src/report/kinds/releases.ts';
import { servicesKind } from '../../src/report/kinds/services.ts';
import { stacksKind } from '../../src/report/kinds/stacks.ts';
import type { View } from '../../src/report/kinds/view.ts';
import { listingOf } from '../../src/report/listing.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';
import { external, withExternals, withTree } from '../support/trees.ts';
import { makeView, sheetIn } from '../support/view.ts';

const twins = { hosts: ['docker01', 'docker02'] };
const state = makeState({
  webapp: { ...twins, image: 'registry.example/webapp', endpoints: { prod: { port: 80 }, qa: { port: 81 } } },
  mail: { hosts: ['docker03'], image: 'registry.example/mail', versions: ['v1'] },
});

/** The cells of some columns. */
const cells = <Row>(kind: Kind<Row>, ...columns: string[]): string[][] =>
  sheetIn(kind, { columns }).rows.map((row) => [...row]);

const tonesOf = <Row>(kind: Kind<Row>, column: string): (Tone | null)[] => {
  const { rows, toneAt } = listingOf(kind, { ...nothingAsked, columns: [column] }).sheet('screen');
  return rows.map((_, row) => toneAt(row, 0));
};

describe('services', () => {
  it('tell how their containers are, where the hosts were asked', () => {
    const sick: View = makeView(state, {
      isLive: true,
      statusOf: ({ name }) => (name === 'webapp-stack2-app3' ? 'exited' : 'running'),
    });
    expect(sheetIn(servicesKind(sick)).head).toContain('Health');
    expect(cells(servicesKind(sick), 'name', 'health')).toEqual([
      ['webapp', '1 exited, 5 running'],
      ['mail', '1 running'],
    ]);
    expect(tonesOf(servicesKind(sick), 'health')).toEqual(['bad', 'good']);
    expect(cells(stacksKind(sick), 'health')).toEqual([
      ['3 running'],
      ['1 exited, 2 running'],
      ['1 running'],
    ]);
    expect(sheetIn(servicesKind(makeView(state)), {}, 'screen').head).not.toContain('Health');
    expect(tonesOf(servicesKind(makeView(state)), 'health')).toEqual([null, null]);
    expect(cells(servicesKind(makeView(state)), 'health')).toEqual([['-'], ['-']]);
  });

  it('show both versions where twins differ, which strikes the eye', () => {
    const torn = changeRow(state, 'containers', 'webapp-stack2-app2', { version: 'v0.9' });
    expect(cells(servicesKind(makeView(torn)), 'prod', 'qa')).toEqual([
      ['v0.1', 'v0.2/v0.9'],
      ['v1', '-'],
    ]);
    expect(tonesOf(servicesKind(makeView(torn)), 'qa')).toEqual(['bad', null]);
  });

  it('tell of endpoints that do not answer from the position of their stage', () => {
    const moved = changeRow(state, 'endpoints', 'webapp-endpoint-qa', { pointer: 2 });
    const weights = [
      { position: 0, weight: 90 },
      { position: 1, weight: 10 },
      { position: 2, weight: 0 },
    ];
    const spread = changeRow(moved, 'endpoints', 'webapp-endpoint-prod', {
      options: endpointOptions({ weights }),
    });
    expect(cells(servicesKind(makeView(spread)), 'endpoints')[0]).toEqual(['prod:80@0=90,1=10 qa:81@2']);
    const onlyQa = makeView(spread, { shownStages: ['qa'] });
    expect(cells(servicesKind(onlyQa), 'endpoints')[0]).toEqual(['qa:81@2']);
    expect(sheetIn(servicesKind(onlyQa)).head).toEqual([
      ...['Service', 'Image', 'Stacks', 'Height', 'qa', 'Endpoints'],
    ]);
  });

  it('tell what is newer upstream, and of what they were asked before when that was', () => {
    const asked = '2026-11-21T05:00:00.000Z';
    const upstream = new Map([
      ['registry.example/webapp', { asked, tags: ['v0.2', 'v0.10', 'latest', 'v0.9', 'v0.3'] }],
    ]);
    const heard = makeView(state, { upstream });
    expect(cells(servicesKind(heard), 'newer')).toEqual([['v0.10 +1'], ['-']]);
    expect(tonesOf(servicesKind(heard), 'newer')).toEqual(['attention', 'faint']);
    expect(sheetIn(servicesKind(heard), {}, 'screen').head).toContain('Newer (2026-11-21)');
    expect(sheetIn(servicesKind(heard), {}, 'pipe').head.join()).not.toContain('Newer');
    expect(sheetIn(servicesKind(makeView(state)), {}, 'screen').head.join()).not.toContain('Newer');
    const now = makeView(state, { upstream, isUpstreamAsked: true });
    expect(sheetIn(servicesKind(now), {}, 'pipe').head).toContain('Newer');
    const old = new Map([['registry.example/webapp', { asked, tags: ['v0.1', 'v0.3'] }]]);
    expect(cells(servicesKind(makeView(state, { upstream: old })), 'newer')[0]).toEqual(['up to date']);
  });

  it('tell their last change on a screen, to the minute', () => {
    const change = {
      operation: 7,
      at: '2026-11-21T05:36:58.123Z',
      actor: 'alice@admin',
      command: 'pop webapp',
    };
    const view = makeView(state, { changes: new Map([['webapp', change]]) });
    const { head, rows } = sheetIn(servicesKind(view), {}, 'screen');
    expect([head.at(-1), ...rows.map((row) => row.at(-1))]).toEqual([
      'Changed (UTC)',
      '2026-11-21 05:36',
      '-',
    ]);
    expect(cells(endpointsKind(view), 'name', 'operation', 'change', 'actor')[0]).toEqual([
      ...['webapp-endpoint-prod', '7', 'pop webapp', 'alice@admin'],
    ]);
    expect(sheetIn(servicesKind(view)).head).not.toContain('Changed (UTC)');
  });
});

describe('trees', () => {
  it('stand on one line in a cell', () => {
    const called = withTree(
      withExternals(state, external('db')),
      'webapp-endpoint-prod',
      'webapp > mail',
      'mail > db',
    );
    expect(cells(treesKind(makeView(called)), 'name', 'calls', 'tree')).toEqual([
      ['webapp-endpoint-prod', '2', 'webapp v0.1 (mail v1 (db))'],
      ['webapp-endpoint-qa', '0', 'webapp v0.2'],
    ]);
  });
});

describe('hosts and load balancers', () => {
  const answers = new Map([
    ['docker01', { status: 'ok', fact: null } as const],
    ['lb01', { status: 'differs', fact: 'line 3 is not line 3' } as const],
  ]);

  it('tell what they said when they were asked, and nothing otherwise', () => {
    const live = makeView(state, { isLive: true, answers });
    expect(cells(hostsKind(live), 'name', 'status')).toEqual([
      ['docker01', 'ok'],
      ['docker02', '-'],
      ['docker03', '-'],
    ]);
    expect(cells(loadBalancersKind(live), 'status')).toEqual([['differs: line 3 is not line 3']]);
    expect(tonesOf(loadBalancersKind(live), 'status')).toEqual(['bad']);
    expect(sheetIn(hostsKind(makeView(state, { answers })), {}, 'screen').head).not.toContain('Status');
  });

  it('have a host that is full strike the eye, and its labels where they are asked for', () => {
    const [first, ...others] = makeEnvironment().hosts;
    if (!first) throw new Error('the environment has no host');
    const full = { ...first, maxContainers: 3, labels: { disk: 'ssd', rack: 'a' }, placement: false };
    const view = makeView(state, { environment: makeEnvironment({ hosts: [full, ...others] }) });
    expect(tonesOf(hostsKind(view), 'containers')).toEqual(['attention', null, null]);
    expect(cells(hostsKind(view), 'labels', 'placement')[0]).toEqual(['disk=ssd rack=a', 'no']);
  });

  it('of load balancers tell how they are reached and which ports they have', () => {
    const environment = makeEnvironment({
      loadBalancers: [makeBalancer(), makeBalancer({ name: 'lb02', address: null })],
    });
    const lb02 = {
      ...{ name: 'lb02', run: ['ssh', 'lb02'], config: '/etc/haproxy.cfg', linkMap: '' },
      ...{ masterSocket: '', program: 'haproxy' },
    };
    const connection = { engines: [], balancers: [lb02], registries: [] };
    expect(sheetIn(loadBalancersKind(makeView(state, { environment, connection })))).toEqual({
      head: ['Load balancer', 'Address', 'Reached by', 'Configuration', 'Drain (s)', 'Endpoints', 'Ports'],
      rows: [
        ['lb01', '192.0.2.10', 'this machine', '', '30', '2', '80 81'],
        ['lb02', '*', 'ssh lb02', '/etc/haproxy.cfg', '30', '2', '80 81'],
      ],
    });
  });
});

describe('links', () => {
  it('tell where they lead now, and strike the eye where nobody answers', () => {
    const link = { host: '192.0.2.10', port: 10000, mode: 'http' } as const;
    const linked = changeRow(state, 'containers', 'webapp-stack1-app1', { links: { mail: link, db: link } });
    const tree = withTree(linked, 'webapp-endpoint-prod', 'webapp > mail @ 2');
    expect(sheetIn(linksKind(makeView(tree))).rows).toEqual([
      [
        ...['webapp-stack1-app1', 'prod', 'mail', '192.0.2.10:10000', 'http'],
        ...['mail nothing (position 2, prod)', '-'],
      ],
      ['webapp-stack1-app1', 'prod', 'db', '192.0.2.10:10000', 'http', '-', '-'],
    ]);
    expect(tonesOf(linksKind(makeView(tree)), 'target')).toEqual(['attention', 'attention']);
  });
});

describe('locks', () => {
  it('are found by the object that is locked', () => {
    const row = { operation: null, command: null, actor: 'a', since: '2026-11-21T05:36:58Z', reason: 'b' };
    const locks = ['service:webapp', 'balancer:lb01', 'everything'].map((lock) => ({
      ...{ lock, kind: 'freeze' as const },
      ...row,
    }));
    const found = (pattern: string) => sheetIn(locksKind(locks), { pattern }).rows.map(([lock]) => lock);
    expect([found('webapp'), found('lb%'), found('every*')]).toEqual([
      ['service:webapp'],
      ['balancer:lb01'],
      ['everything'],
    ]);
  });
});

describe('releases', () => {
  const stacks = ['webapp-stack1', 'webapp-stack2'];
  const operation = (id: number, before: string[], after: string[]): RecordedOperation => ({
    ...{
      id,
      startedAt: `2026-11-21T0${id}:00:00.000Z`,
      actor: `actor${id}`,
      reason: id === 2 ? 'why' : null,
    },
    summary: [{ service: 'webapp', changes: [{ stacks, before, after }] }] satisfies OperationSummary,
  });
  const history = [
    operation(1, [], ['v0', 'v0.1', 'v0.2']),
    operation(2, ['v0', 'v0.1', 'v0.2'], ['v0', 'v0.1', 'v0.2', 'v0.3']),
    operation(3, ['v0', 'v0.1', 'v0.2', 'v0.3'], ['v0.1', 'v0.2', 'v0.3']),
  ];
  const rowsFrom = (operations: readonly RecordedOperation[], of = state) =>
    cells(
      releasesKind(makeView(of), operations),
      'service',
      'version',
      'place',
      'since',
      'operation',
      'actor',
    );

  it('tell when a version came, with which operation, and since when it is where it is', () => {
    expect(rowsFrom(history)).toEqual([
      ['webapp', 'v0.3', 'dev', '2026-11-21 03:00', '2', 'actor2'],
      ['webapp', 'v0', 'gone', '-', '1', 'actor1'],
      ['webapp', 'v0.1', 'prod', '2026-11-21 03:00', '1', 'actor1'],
      ['webapp', 'v0.2', 'qa', '2026-11-21 03:00', '1', 'actor1'],
      ['mail', 'v1', 'prod', '-', '-', '-'],
    ]);
  });

  it('that came back were released anew', () => {
    const back = [
      ...history,
      operation(4, ['v0.1', 'v0.2', 'v0.3'], ['v0.1', 'v0.2']),
      operation(5, ['v0.1', 'v0.2'], ['v0.1', 'v0.2', 'v0.3']),
    ];
    expect(rowsFrom(back)[0]).toEqual(['webapp', 'v0.3', 'dev', '2026-11-21 05:00', '5', 'actor5']);
  });

  it('that are kept are retained, and what stands at several positions is at all of them', () => {
    const [kept] = state.containers;
    if (!kept) throw new Error('the sketch has no container');
    const more = {
      ...kept,
      ...{ name: 'webapp-stack1-app9', version: 'v0', since: 1, retainedAt: 0, warm: false },
    };
    const padded = changeRow({ ...state, retained: [more] }, 'containers', 'webapp-stack1-app2', {
      version: 'v0.1',
    });
    const rows = rowsFrom([], padded).map(([, version, place]) => [version, place]);
    expect(rows).toContainEqual(['v0', 'retained']);
    expect(rows).toContainEqual(['v0.1', 'prod qa']);
  });

  it('of an operation that nobody knows the services of are left out', () => {
    const unknown = { ...operation(1, [], []), summary: null };
    expect(rowsFrom([unknown])).toHaveLength(4);
  });
});
