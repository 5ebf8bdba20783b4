import { describe, expect, it } from '@jest/globals';
import { containersKind } from '../../src/report/kinds/containers.ts';
import { endpointsKind } from '../../src/report/kinds/endpoints.ts';
import { hostsKind } from '../../src/report/kinds/hosts.ts';
import { servicesKind } from '../../src/report/kinds/services.ts';
import { stacksKind } from '../../src/report/kinds/stacks.ts';
import { containerEntry, deployed, serviceEntry } from '../../src/report/inventory.ts';
import { defaultOrder } from '../../src/model/versionOrder.ts';
import { upstreamEntries, upstreamSheet } from '../../src/report/upstream.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { makeView, sheetIn } from '../support/view.ts';

const stages = ['prod', 'qa', 'dev'];
const state = makeState({
  webapp: {
    hosts: ['docker01', 'docker02'],
    versions: ['v0.1', 'v0.2', 'v0.3', 'v0.4'],
    settings: { env: { PASSWORD: 'hush' } },
    endpoints: { prod: { port: 80 }, qa: { port: 81, url: 'qa.example', address: '192.0.2.99' } },
  },
  training: { hosts: ['docker03'], versions: ['v1'] },
});

describe('services in a pipe', () => {
  it('shows what stands at every stage, and the endpoints', () => {
    expect(sheetIn(servicesKind(makeView(state)))).toEqual({
      head: ['Service', 'Image', 'Stacks', 'Height', 'prod', 'qa', 'dev', 'Endpoints'],
      rows: [
        ['webapp', 'registry.example/webapp', '2', '4', 'v0.1', 'v0.2', 'v0.3', 'prod:80 qa:81'],
        ['training', 'registry.example/training', '1', '1', 'v1', '-', '-', '-'],
      ],
    });
  });

  it('has columns for how services are called and what they use, where that is not the same for all', () => {
    const some = makeState({
      webapp: { versions: ['v1'], traffic: { uses: ['mail', 'db'] } },
      mail: { versions: ['v1'], traffic: { mode: 'tcp' }, rolling: { order: 'stop-first', monitor: 30 } },
    });
    expect(sheetIn(servicesKind(makeView(some, { shownStages: ['prod'] })))).toEqual({
      head: ['Service', 'Image', 'Mode', 'Stacks', 'Height', 'prod', 'Endpoints', 'Uses', 'Rolling'],
      rows: [
        ['webapp', 'registry.example/webapp', 'http', '1', '1', 'v1', '-', 'mail db', '-'],
        ['mail', 'registry.example/mail', 'tcp', '1', '1', 'v1', '-', '-', 'order stop-first, monitor 30'],
      ],
    });
  });

  it('shows a service without stacks', () => {
    const bare = makeState({ shop: { hosts: [] } });
    expect(sheetIn(servicesKind(makeView(bare))).rows).toEqual([
      ['shop', 'registry.example/shop', '0', '0', '-', '-', '-', '-'],
    ]);
  });
});

describe('the other kinds in a pipe', () => {
  it('of endpoints', () => {
    const { rows } = sheetIn(endpointsKind(makeView(state)));
    expect(rows).toEqual([
      ['webapp-endpoint-prod', 'webapp', 'prod', 'http://192.0.2.10/', '0', 'v0.1', '-'],
      ['webapp-endpoint-qa', 'webapp', 'qa', 'http://qa.example:81/', '1', 'v0.2', 'address 192.0.2.99'],
    ]);
  });

  it('of stacks, with what stands above the stages', () => {
    expect(sheetIn(stacksKind(makeView(state))).rows).toEqual([
      ['webapp-stack1', 'webapp', 'docker01', '4', 'v0.1', 'v0.2', 'v0.3', 'v0.4'],
      ['webapp-stack2', 'webapp', 'docker02', '4', 'v0.1', 'v0.2', 'v0.3', 'v0.4'],
      ['training-stack1', 'training', 'docker03', '1', 'v1', '-', '-', '-'],
    ]);
  });

  it('of endpoints without unusual options has no column for them', () => {
    const plain = makeState({
      webapp: { hosts: ['docker01'], versions: ['v0.1'], endpoints: { prod: { port: 80 } } },
    });
    const { head, rows } = sheetIn(endpointsKind(makeView(plain)));
    expect(head).not.toContain('Options');
    expect(rows).toEqual([['webapp-endpoint-prod', 'webapp', 'prod', 'http://192.0.2.10/', '0', 'v0.1']]);
  });

  it('of containers, with the status that is asked for', () => {
    const { rows } = sheetIn(
      containersKind(
        makeView(state, { statusOf: (row) => `${row.name} runs` }),
        state.containers.slice(3, 5),
      ),
    );
    expect(rows.map((row) => [row[0], row[1], row[2], row[5], row[6], row[7]])).toEqual([
      ['webapp-stack1-app4', '3', '-', 'docker01', '20003', 'webapp-stack1-app4 runs'],
      ['webapp-stack2-app1', '0', 'prod', 'docker02', '20000', 'webapp-stack2-app1 runs'],
    ]);
    expect(rows[0]?.[4]).toMatch(/^[0-9a-f]{12}$/);
  });

  it('of hosts, with how each engine is reached', () => {
    const way = { name: 'docker01', address: '192.0.2.11', parallel: 1 };
    const transport = { kind: 'plain', host: 'docker01', port: 2375 } as const;
    const connection = { engines: [{ ...way, transport }], balancers: [], registries: [] };
    const { rows } = sheetIn(hostsKind(makeView(state, { connection })));
    expect(rows.slice(0, 2)).toEqual([
      ['docker01', '192.0.2.11', 'tcp://docker01:2375 (INSECURE)', '20000-20999', '4', '50', 'webapp-stack1'],
      ['docker02', '192.0.2.12', '-', '20000-20999', '4', '50', 'webapp-stack2'],
    ]);
  });
});

describe('serviceEntry', () => {
  const [webapp] = state.services;

  it('nests everything of a service, and shows no value of a variable', () => {
    if (!webapp) throw new Error('the sketch has no service');
    const entry = serviceEntry(state, webapp, stages, deployed);
    expect(entry).toMatchObject({
      name: 'webapp',
      settings: { env: ['PASSWORD'] },
      traffic: { mode: 'http', uses: [], drainLimit: null },
      rolling: { parallelism: null, delay: 0, order: 'start-first', onFailure: 'rollback' },
      stacks: [
        {
          name: 'webapp-stack1',
          containers: [{ stage: 'prod', status: 'deployed' }, {}, {}, { stage: null }],
        },
        { name: 'webapp-stack2' },
      ],
      endpoints: [{ version: 'v0.1' }, { version: 'v0.2' }],
    });
    expect(JSON.stringify(entry)).not.toContain('hush');
  });

  it('has the links of its containers', () => {
    const links = {
      mail: { host: '192.0.2.10', port: 10001, mode: 'http' },
      db: { host: '192.0.2.10', port: 10500, mode: 'tcp' },
    } as const;
    const linked = changeRow(state, 'containers', 'training-stack1-app1', { links });
    const [container] = linked.containers.filter((row) => row.stack === 'training-stack1');
    expect(container && containerEntry(linked, container, stages, deployed)).toMatchObject({
      ...{ name: 'training-stack1-app1', port: 20000, links },
    });
  });
});

describe('upstreamEntries', () => {
  it('tells in version order what runs where, what is newer, and what is gone from the registry', () => {
    const tags = ['v0.10', 'latest', 'v0.2', 'v0.4', 'v0.3'];
    expect(upstreamSheet(upstreamEntries(state, 'webapp', tags, stages, defaultOrder)).rows).toEqual([
      ['latest', '-', 'no order'],
      ['v0.1', 'prod', '-'],
      ['v0.2', 'qa', '-'],
      ['v0.3', 'dev', '-'],
      ['v0.4', 'position 3', '-'],
      ['v0.10', '-', 'newer'],
    ]);
  });

  it('compares with nothing where nothing runs', () => {
    const bare = makeState({ shop: { hosts: [] } });
    expect(upstreamEntries(bare, 'shop', ['v1'], stages, defaultOrder)).toEqual([
      { tag: 'v1', runs: [], newer: null },
    ]);
  });
});
