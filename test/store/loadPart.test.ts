import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popService, release } from '../../src/actions/processes.ts';
import { replaceService } from '../../src/actions/stackProcesses.ts';
import { check } from '../../src/constraints/check.ts';
import { changeBetween } from '../../src/model/change.ts';
import { emptyState, type Edge, type State } from '../../src/model/state.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import type { Outcome } from '../../src/model/violation.ts';
import type { Database } from '../../src/store/database.ts';
import { loadPart, loadState, saveChange } from '../../src/store/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { changeRow, frozen, makeEnvironment, makeFacts, makeHost, makeState } from '../support/makeState.ts';
import { inShort } from '../support/outcome.ts';
import { databases } from '../support/store.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const { path: freshPath, open } = databases();

async function save(database: Database, next: State): Promise<void> {
  const stored = await loadState(database.source);
  await database.transaction(() => saveChange(database.source, changeBetween(stored, next), stored.revision));
}

const names = (rows: readonly { readonly name: string }[]) => rows.map((row) => row.name);

/** A state that says of every row which one it is, table by table. */
function contents({ services, stacks, containers, endpoints, edges }: State) {
  return {
    services: names(services),
    stacks: names(stacks),
    containers: containers.length,
    endpoints: names(endpoints),
    edges: edges.map(({ endpoint, parent, child }) => `${endpoint}: ${parent} > ${child}`),
  };
}

describe('loadPart', () => {
  const one = { versions: ['v1'] };
  const sketch = makeState({
    webapp: { ...one, hosts: ['docker01', 'docker02'], endpoints: { prod: {} } },
    mail: { ...one, hosts: ['docker03'] },
    shop: { ...one, hosts: ['docker04'], endpoints: { prod: { port: 8001 }, qa: { port: 8002 } } },
    log: { ...one, hosts: ['docker05'] },
    neighbour: { ...one, hosts: ['docker02', 'docker06'], endpoints: { prod: { port: 8003 } } },
    'webapp-stack1': { ...one, hosts: ['docker07'], endpoints: { prod: { port: 8004 } } },
    webapps: { ...one, hosts: ['docker08'] },
    'webap-p': { ...one, hosts: ['docker08'] },
  });
  const trees = withTree(sketch, 'webapp-endpoint-prod', 'webapp > mail');
  const state = withTree(trees, 'shop-endpoint-prod', 'shop > webapp', 'shop > log @ 0');

  it('is the service, the trees it is in, all on its hosts, and names that begin like its own', async () => {
    const database = await open(await freshPath());
    await save(database, state);
    const part = await loadPart(database.source, ['webapp']);
    expect(part.revision).toBe(1);
    expect(contents(part)).toEqual({
      services: ['log', 'mail', 'neighbour', 'shop', 'webapp', 'webapp-stack1'],
      stacks: [
        ...['log-stack1', 'mail-stack1', 'neighbour-stack1', 'shop-stack1'],
        ...['webapp-stack1', 'webapp-stack2'],
      ],
      containers: 6,
      endpoints: ['shop-endpoint-prod', 'webapp-endpoint-prod'],
      edges: [
        'shop-endpoint-prod: shop > log',
        'shop-endpoint-prod: shop > webapp',
        'webapp-endpoint-prod: webapp > mail',
      ],
    });
  });

  it('has what is retained on its hosts, whose ports are taken', async () => {
    const database = await open(await freshPath());
    const retained = state.containers.map((row) => ({
      ...row,
      ...{
        name: `${row.stack}-app0`,
        hostPort: row.hostPort + 500,
        since: 3,
        retainedAt: 1.8e12,
        warm: true,
      },
    }));
    await save(database, { ...state, retained });
    const part = await loadPart(database.source, ['webapp']);
    expect(names(part.retained)).toEqual(part.stacks.map((stack) => `${stack.name}-app0`));
    expect((await loadState(database.source)).retained).toEqual(
      retained.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  it('of a sub-service has the trees that lead to it', async () => {
    const database = await open(await freshPath());
    await save(database, state);
    const part = await loadPart(database.source, ['mail']);
    expect(contents(part)).toEqual({
      services: ['mail', 'webapp'],
      stacks: ['mail-stack1', 'webapp-stack1', 'webapp-stack2'],
      containers: 3,
      endpoints: ['webapp-endpoint-prod'],
      edges: ['webapp-endpoint-prod: webapp > mail'],
    });
  });

  it('of several services has what each of them needs', async () => {
    const database = await open(await freshPath());
    await save(database, state);
    const part = contents(await loadPart(database.source, ['mail', 'webapps']));
    expect(part.services).toEqual(['mail', 'webap-p', 'webapp', 'webapps']);
    expect(part.stacks).toEqual([
      'mail-stack1',
      'webap-p-stack1',
      'webapp-stack1',
      'webapp-stack2',
      'webapps-stack1',
    ]);
  });

  it('of no service, and of one that is not there, is empty but for the revision', async () => {
    const database = await open(await freshPath());
    await save(database, state);
    for (const given of [[], ['nobody'], ["'; DROP TABLE service; --"]])
      expect(await loadPart(database.source, given)).toEqual({ ...emptyState, revision: 1 });
    expect((await loadState(database.source)).services).toHaveLength(8);
  });

  it('has what its services use, and what these use in turn, and every external service', async () => {
    const database = await open(await freshPath());
    const uses = (given: State, name: string, ...used: string[]): State =>
      changeRow(given, 'services', name, { traffic: { ...defaultServiceTraffic, uses: used } });
    const using = uses(uses(uses(state, 'neighbour', 'log', 'db'), 'log', 'webapps'), 'shop', 'webap-p');
    await save(database, withExternals(using, external('db'), external('mq')));
    const part = await loadPart(database.source, ['mail']);
    expect(contents(part).services).toEqual(['mail', 'webapp']);
    expect(names(part.externals)).toEqual(['db', 'mq']);
    const more = contents(await loadPart(database.source, ['neighbour']));
    // On the host that both have stands webapp's first stack.
    expect(more.services).toEqual(['log', 'neighbour', 'webapp', 'webapps']);
    expect(more.stacks).not.toContain('log-stack1');
  });

  it('has every row in the order in which the whole state has it', async () => {
    const database = await open(await freshPath());
    await save(database, state);
    const whole = await loadState(database.source);
    const part = await loadPart(database.source, names(state.services));
    expect(part).toEqual(whole);
  });
});

/** Small hosts and few ports, so that a change runs into every limit. */
const environment = frozen(
  makeEnvironment({
    hosts: ['docker01', 'docker02', 'docker03'].map((name) =>
      makeHost(name, { maxContainers: 10, ports: { from: 20000, to: 20011 } }),
    ),
  }),
);

/** States with any relations at all: circles, edges in the air and positions outside the stacks among them. */
const anyState: fc.Arbitrary<State> = fc
  .tuple(
    correctState,
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.option(fc.nat(4))), { maxLength: 6 }),
  )
  .map(([state, relations]) => {
    const edges = new Map<string, Edge>(
      relations.flatMap(([at, from, to, position]) => {
        const pick = <Row>(rows: readonly Row[], index: number) => rows[index % Math.max(1, rows.length)];
        const [endpoint, parent, child] = [
          pick(state.endpoints, at)?.name,
          pick(state.services, from)?.name,
          pick([...state.services, ...state.externals], to)?.name,
        ];
        if (endpoint === undefined || parent === undefined || child === undefined) return [];
        return [[`${endpoint} ${parent} ${child}`, { endpoint, parent, child, position, drainLimit: null }]];
      }),
    );
    return relations.length === 0 ? state : { ...state, edges: [...edges.values()] };
  });

type Change = { readonly name: string; readonly run: (state: State, service: string) => Outcome };

const position = fc.nat(4);
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('v0.1', 'v1.0', 'v2.0', 'latest').map((version) => ({
    name: `release ${version}`,
    run: (state: State, service: string) =>
      release(
        state,
        { service, versions: [version] },
        environment,
        makeFacts('registry.example/any', [version]),
      ),
  })),
  fc.tuple(position, fc.boolean()).map(([at, single]) => ({
    name: `pop ${at}`,
    run: (state: State, service: string) => popService(state, { service, position: at, single }),
  })),
  fc.tuple(position, fc.constantFrom('up', 'down')).map(([at, direction]) => ({
    name: `replace ${at} ${direction}`,
    run: (state: State, service: string) =>
      replaceService(state, { service, position: at, direction }, environment),
  })),
);

/** What becomes of a change: the rows that differ and the errors, or the refusal. */
function fate(state: State, service: string, { run }: Change) {
  const outcome = run(state, service);
  if (!outcome.ok) return { refused: outcome.violations };
  const violations = check(state, outcome.value, environment);
  return {
    change: changeBetween(state, outcome.value),
    errors: violations.filter(({ level }) => level === 'error').map(inShort),
  };
}

describe('a part of a state', () => {
  it('is enough to judge a release, a pop or a replacement as the whole state does', async () => {
    const database = await open(await freshPath());
    const seen = { refused: 0, wrong: 0, right: 0 };
    await fc.assert(
      fc.asyncProperty(anyState, fc.array(changes, { minLength: 4, maxLength: 8 }), async (given, tried) => {
        await save(database, given);
        const whole = await loadState(database.source);
        for (const service of names(whole.services)) {
          const part = await loadPart(database.source, [service]);
          for (const change of tried) {
            const expected = fate(whole, service, change);
            expect([service, change.name, fate(part, service, change)]).toEqual([
              service,
              change.name,
              expected,
            ]);
            if (expected.refused) seen.refused++;
            else if (expected.errors.length > 0) seen.wrong++;
            else seen.right++;
          }
        }
      }),
      { numRuns: 25 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  it('has every row that another one names', async () => {
    const database = await open(await freshPath());
    await fc.assert(
      fc.asyncProperty(correctState, async (given) => {
        await save(database, given);
        for (const service of [...names(given.services), 'nobody']) {
          const part = await loadPart(database.source, [service]);
          const known = {
            services: new Set(names(part.services)),
            stacks: new Set(names(part.stacks)),
            endpoints: new Set(names(part.endpoints)),
          };
          const called = new Set([...known.services, ...names(part.externals)]);
          const lost = [
            ...part.stacks.filter((row) => !known.services.has(row.service)),
            ...part.containers.filter((row) => !known.stacks.has(row.stack)),
            ...part.endpoints.filter((row) => !known.services.has(row.service)),
            ...part.edges.filter(
              (row) =>
                !known.endpoints.has(row.endpoint) ||
                !known.services.has(row.parent) ||
                !called.has(row.child),
            ),
            ...part.services.filter((row) => row.traffic.uses.some((used) => !called.has(used))),
          ];
          expect(lost).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
