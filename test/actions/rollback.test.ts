import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { popService, release } from '../../src/actions/processes.ts';
import { rollback, servicesIn, shapeOf, type Scope } from '../../src/actions/rollback.ts';
import { rollbackNotes } from '../../src/actions/rollbackNotes.ts';
import { drainHost, replaceService, scaleService } from '../../src/actions/stackProcesses.ts';
import { containersOf, heightOf, ownersOf, stacksOf } from '../../src/model/lookup.ts';
import type { State } from '../../src/model/state.ts';
import { defaultEndpointOptions } from '../../src/model/traffic.ts';
import { violationLine } from '../../src/report/preview.ts';
import { changeRow, digestFor, frozen, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';
import { edge, withTree } from '../support/trees.ts';

const environment = frozen(makeEnvironment());
const webapp: Scope = { service: 'webapp' };
const prod = 'webapp-endpoint-prod';
const tree: Scope = { endpoint: prod };
const image = 'registry.example/webapp';
const start = frozen(
  withTree(
    makeState({
      webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } },
      mail: { hosts: ['docker01'], versions: ['v1', 'v2', 'v3'] },
    }),
    prod,
    'webapp > mail',
  ),
);

const released = (state: State, service = 'webapp', version = 'v0.4'): State =>
  frozen(
    accepted(
      release(
        state,
        { service, versions: [version] },
        environment,
        makeFacts(`registry.example/${service}`, [version]),
      ),
    ),
  );
const popped = (state: State, service = 'webapp'): State =>
  frozen(accepted(popService(state, { service, position: 0, single: false })));

/** A service's stacks as `STACK: NAME VERSION, …`, from position 0 up. */
const columns = (state: State, service = 'webapp'): string[] =>
  stacksOf(state, service).map(({ name }) => {
    const rows = containersOf(state, name);
    expect(rows.map((row) => row.position)).toEqual(rows.map((_row, position) => position));
    return `${name}: ${rows.map((row) => `${row.name.split('-').at(-1) ?? ''} ${row.version}`).join(', ')}`;
  });

describe('rollback of a service', () => {
  it('takes what came later away, and touches nothing else', () => {
    const back = accepted(rollback(released(start), start, webapp, environment));
    expect(columns(back)).toEqual([
      'webapp-stack1: app1 v0.1, app2 v0.2, app3 v0.3',
      'webapp-stack2: app1 v0.1, app2 v0.2, app3 v0.3',
    ]);
    expect({ ...back, stacks: [], containers: [] }).toEqual({ ...start, stacks: [], containers: [] });
    // The counter stays, so that no name is given twice.
    expect(back.stacks.map((stack) => stack.nextContainer)).toEqual([5, 5, 4]);
  });

  it('makes what is gone again from the same bits, under new names, on ports that are free', () => {
    const then = changeRow(
      changeRow(start, 'containers', 'webapp-stack1-app1', { digest: 'pinned', created: '2026-11-20' }),
      'containers',
      'webapp-stack2-app1',
      { digest: 'pinned', created: '2026-11-20' },
    );
    const back = accepted(rollback(popped(released(then)), then, webapp, environment));
    expect(columns(back)).toEqual([
      'webapp-stack1: app5 v0.1, app2 v0.2, app3 v0.3',
      'webapp-stack2: app5 v0.1, app2 v0.2, app3 v0.3',
    ]);
    // The port of the pop is free again; the one that v0.4 still has is not.
    expect(containersOf(back, 'webapp-stack1')[0]).toEqual({
      ...{ name: 'webapp-stack1-app5', stack: 'webapp-stack1', position: 0, version: 'v0.1' },
      ...{ digest: 'pinned', created: '2026-11-20', hostPort: 20000, links: {} },
    });
  });

  it('gives no new container the port of one that goes, which still runs beside it', () => {
    const [then, today] = [released(start), popped(released(popped(released(start)), 'webapp', 'v0.5'))];
    const back = accepted(rollback(today, then, webapp, environment));
    expect(columns(back)[0]).toBe('webapp-stack1: app6 v0.1, app7 v0.2, app3 v0.3, app4 v0.4');
    const standing = today.containers.map((row) => `${row.stack} ${row.hostPort}`);
    const added = back.containers.filter((row) => !today.containers.some(({ name }) => name === row.name));
    expect(added).toHaveLength(4);
    for (const row of added) expect(standing).not.toContain(`${row.stack} ${row.hostPort}`);
  });

  it('knows a container by its bits where it was made again under another name', () => {
    const today = accepted(rollback(popped(released(start)), start, webapp, environment));
    const again = accepted(
      rollback(popped(released(today, 'webapp', 'v0.5')), released(start), webapp, environment),
    );
    expect(columns(again)[0]).toBe('webapp-stack1: app7 v0.1, app2 v0.2, app3 v0.3, app8 v0.4');
    const back = accepted(rollback(released(today, 'webapp', 'v0.5'), start, webapp, environment));
    expect(columns(back)).toEqual(columns(today));
  });

  it('does not take other bits of the same version for the same', () => {
    const name = 'webapp-stack1-app1';
    const moved = changeRow(start, 'containers', name, { digest: digestFor(image, 'moved') });
    const back = accepted(rollback(start, moved, webapp, environment));
    expect(columns(back)[0]).toBe('webapp-stack1: app4 v0.1, app2 v0.2, app3 v0.3');
    expect(containersOf(back, 'webapp-stack1')[0]?.digest).toBe(digestFor(image, 'moved'));
  });

  it('leaves scaling and draining as they are: twins stay twins', () => {
    const scaled = accepted(scaleService(released(start), { service: 'webapp', stacks: 3 }, environment));
    expect(columns(accepted(rollback(scaled, start, webapp, environment)))).toEqual([
      'webapp-stack1: app1 v0.1, app2 v0.2, app3 v0.3',
      'webapp-stack2: app1 v0.1, app2 v0.2, app3 v0.3',
      'webapp-stack3: app1 v0.1, app2 v0.2, app3 v0.3',
    ]);
    const drained = popped(accepted(drainHost(released(start), 'docker02', environment)));
    expect(columns(accepted(rollback(drained, start, webapp, environment)))).toEqual([
      'webapp-stack1: app5 v0.1, app2 v0.2, app3 v0.3',
      'webapp-stack3: app5 v0.1, app2 v0.2, app3 v0.3',
    ]);
  });

  it('gives each stack its own where they were no twins', () => {
    const single = accepted(popService(released(start), { service: 'webapp', position: 0, single: true }));
    expect(columns(accepted(rollback(released(start), single, webapp, environment)))).toEqual([
      'webapp-stack1: app2 v0.2, app3 v0.3, app4 v0.4',
      'webapp-stack2: app1 v0.1, app2 v0.2, app3 v0.3, app4 v0.4',
    ]);
  });

  it('is the same state where nothing has changed', () => {
    expect(accepted(rollback(start, start, webapp, environment))).toMatchObject({
      services: start.services,
      endpoints: start.endpoints,
      edges: start.edges,
      stacks: start.stacks,
    });
    expect(columns(accepted(rollback(start, start, webapp, environment)))).toEqual(columns(start));
  });

  it.each<[string, State, State, Scope, string]>([
    [
      'a service that was not there then',
      ...([start, makeState(), webapp] as const),
      'rollback: webapp: it was not there then. Remedy: choose a later operation',
    ],
    [
      'a service that is gone',
      ...([makeState(), start, webapp] as const),
      "stack-service: webapp: there is no such service. Remedy: see 'cmanage show services'",
    ],
    [
      'another service of the same name',
      ...([start, changeRow(start, 'services', 'webapp', { image: 'other/webapp' }), webapp] as const),
      'rollback: webapp: it was another service then: its image was other/webapp, and is registry.example/webapp. Remedy: choose a later operation',
    ],
    [
      'bits from elsewhere',
      ...([start, changeRow(start, 'services', 'webapp', { pull: 'never' }), webapp] as const),
      'rollback: webapp: it was another service then: its image was registry.example/webapp, never pulled, and is registry.example/webapp. Remedy: choose a later operation',
    ],
    [
      'an endpoint that is gone',
      ...([{ ...start, endpoints: [], edges: [] }, start, tree] as const),
      `endpoint-service: ${prod}: there is no such endpoint. Remedy: see 'cmanage show endpoints'`,
    ],
    [
      'an endpoint that was not there then',
      ...([start, { ...start, endpoints: [], edges: [] }, tree] as const),
      `rollback: ${prod}: it was not there then. Remedy: choose a later operation`,
    ],
    [
      'a tree of which a service is deleted',
      ...([
        { ...start, services: start.services.filter(({ name }) => name !== 'mail'), edges: [] },
        start,
        tree,
      ] as const),
      `rollback: ${prod}: its tree had mail then, which is deleted. Remedy: add mail again, and connect it by 'cmanage connect'`,
    ],
  ])('refuses %s', (_case, state, then, scope, message) => {
    expect(refusalsInFull(rollback(state, then, scope, environment))).toEqual([message]);
  });

  it('refuses where the host of a stack is not in hosts.yml', () => {
    const others = { ...environment, hosts: environment.hosts.slice(1) };
    expect(refusalsInFull(rollback(popped(released(start)), start, webapp, others))).toEqual([
      'host-known: webapp-stack1: its host docker01 is not in hosts.yml. Remedy: put docker01 back into hosts.yml',
    ]);
  });
});

describe('rollback of a tree', () => {
  it('brings all services of then back, the relations and the pointer', () => {
    const today = {
      ...changeRow(popped(released(popped(released(start)), 'mail', 'v4'), 'mail'), 'endpoints', prod, {
        pointer: 1,
      }),
      edges: [edge(prod, 'webapp > mail @ 1')],
    };
    const back = accepted(rollback(frozen(today), start, tree, environment));
    expect(columns(back)[0]).toBe('webapp-stack1: app5 v0.1, app2 v0.2, app3 v0.3');
    expect(columns(back, 'mail')).toEqual(['mail-stack1: app5 v1, app2 v2, app3 v3']);
    expect(back.edges).toEqual(start.edges);
    expect(back.endpoints).toEqual(start.endpoints);
  });

  it('brings weights back, and leaves the other options of the endpoint', () => {
    const weights = [{ position: 1, weight: 10 }];
    const today = changeRow(start, 'endpoints', prod, {
      options: { ...defaultEndpointOptions, weights, timeoutServer: 7 },
    });
    expect(accepted(rollback(frozen(today), start, tree, environment)).endpoints[0]?.options).toEqual({
      ...defaultEndpointOptions,
      timeoutServer: 7,
    });
    expect(shapeOf(today, tree)).not.toBe(shapeOf(start, tree));
    expect(shapeOf(today, webapp)).toBe(shapeOf(start, webapp));
  });

  it('leaves a service alone that was not in the tree then', () => {
    const then = { ...start, edges: [] };
    const back = accepted(rollback(released(start, 'mail', 'v4'), then, tree, environment));
    expect(columns(back, 'mail')).toEqual(['mail-stack1: app1 v1, app2 v2, app3 v3, app4 v4']);
    expect(back.edges).toEqual([]);
  });
});

describe('rollback over any past', () => {
  const pull = (service: string) =>
    fc.constantFrom('up', 'down').map((direction) => ({ service, direction }));
  const service = fc.constantFrom('webapp', 'mail');
  const move = fc.oneof(
    service.map((name) => (state: State, at: number) => released(state, name, `v9.${at}`)),
    service.map((name) => (state: State) => popped(state, name)),
    service.chain(pull).map(({ service: name, direction }) => (state: State) => {
      const change = { service: name, position: 1, direction: direction };
      const outcome = replaceService(state, change, environment);
      return outcome.ok ? outcome.value : state;
    }),
    fc.constant((state: State) => accepted(drainHost(state, 'docker02', environment))),
  );

  it('has the bits of then, names that never were, and one container on a port', () => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 8 }), fc.nat(), (moves, pick) => {
        const states = [start];
        for (const [at, act] of moves.entries()) {
          const last = states.at(-1) ?? start;
          const low = ['webapp', 'mail'].some((name) => heightOf(last, name) < 2);
          states.push(
            low ? released(released(last, 'webapp', `v8.${at}`), 'mail', `v8.${at}`) : act(last, at),
          );
        }
        const [then, today] = [states[pick % states.length] ?? start, states.at(-1) ?? start];
        const back = accepted(rollback(today, frozen(then), tree, environment));
        expect(shapeOf(back, tree)).toBe(shapeOf(then, tree));
        const known = new Set(states.flatMap((state) => state.containers.map((row) => row.name)));
        const standing = new Set(today.containers.map((row) => row.name));
        const added = back.containers.filter((row) => !standing.has(row.name));
        expect(added.filter((row) => known.has(row.name))).toEqual([]);
        const places = [...today.containers, ...added].map((row) => {
          return `${ownersOf({ ...back, containers: [row] }, row).stack.host} ${row.hostPort}`;
        });
        expect(new Set(places).size).toBe(places.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('servicesIn', () => {
  it('is the service, or those of the tree', () => {
    expect(servicesIn(start, webapp)).toEqual(['webapp']);
    expect(servicesIn(start, tree)).toEqual(['webapp', 'mail']);
    expect(servicesIn(makeState(), tree)).toEqual([]);
  });

  it('leaves external services out, which have no containers', () => {
    const external = { name: 'db', mode: 'tcp', targets: [], healthPath: null } as const;
    const state = withTree({ ...start, externals: [external] }, prod, 'webapp > db');
    expect(servicesIn(state, tree)).not.toContain('db');
  });
});

describe('shapeOf', () => {
  it.each<[string, State, Scope]>([
    ['a scaling', accepted(scaleService(start, { service: 'webapp', stacks: 3 }, environment)), webapp],
    ['a drain', accepted(drainHost(start, 'docker02', environment)), webapp],
    ['a release of another service', released(start, 'mail', 'v4'), webapp],
    ['a pointer', changeRow(start, 'endpoints', prod, { pointer: 2 }), webapp],
    ['a relation', { ...start, edges: [] }, webapp],
    ['another port', changeRow(start, 'endpoints', prod, { port: 99 }), tree],
  ])('is the same after %s', (_case, state, scope) => {
    expect(shapeOf(state, scope)).toBe(shapeOf(start, scope));
  });

  it.each<[string, State, Scope]>([
    ['a release', released(start), webapp],
    [
      'a pop of one stack',
      accepted(popService(start, { service: 'webapp', position: 0, single: true })),
      webapp,
    ],
    ['other bits', changeRow(start, 'containers', 'webapp-stack2-app1', { digest: 'x' }), webapp],
    ['the service gone', makeState(), webapp],
    ['a release below', released(start, 'mail', 'v4'), tree],
    ['a pointer', changeRow(start, 'endpoints', prod, { pointer: 2 }), tree],
    ['a relation', { ...start, edges: [edge(prod, 'webapp > mail @ 1')] }, tree],
  ])('is another one after %s', (_case, state, scope) => {
    expect(shapeOf(state, scope)).not.toBe(shapeOf(start, scope));
  });
});

describe('rollbackNotes', () => {
  const notes = (state: State, then: State, scope: Scope = webapp): string[] =>
    rollbackNotes(state, then, scope).map((violation) => {
      expect(violation).toMatchObject({ level: 'warn', service: 'webapp' });
      return violationLine(violation);
    });

  it('has nothing to say where everything comes back', () => {
    expect(notes(popped(released(start)), start)).toEqual([]);
  });

  it('tells what stays as it is today', () => {
    const scaled = accepted(scaleService(start, { service: 'webapp', stacks: 3 }, environment));
    expect(notes(scaled, start)).toEqual([
      "rollback: webapp: it stood on docker01, docker02 then and stands on docker01, docker02, docker03 now, and that stays. Remedy: number and hosts of stacks are changed by 'cmanage scale' and 'host drain'.",
    ]);
    const [service] = start.services;
    const settings = service && { ...service.settings, containerPort: 8080 };
    const other = changeRow(start, 'services', 'webapp', settings ? { settings } : {});
    expect(notes(start, other, tree)).toEqual([
      'rollback: webapp: it had other settings then; its containers run with those of today. Remedy: compare what the operations since have changed.',
    ]);
  });

  it('tells what --tree would bring back', () => {
    const options = { ...defaultEndpointOptions, weights: [{ position: 1, weight: 10 }] };
    const moved = changeRow({ ...start, edges: [] }, 'endpoints', prod, { pointer: 1, options });
    const remedy = `Remedy: 'cmanage rollback --tree ${prod}' takes trees back too.`;
    expect(notes(moved, start)).toEqual([
      `rollback: ${prod}: it pointed at position 0 then and points at 1 now, and that stays. ${remedy}`,
      `rollback: ${prod}: its requests had other weights then, and that stays. ${remedy}`,
      `rollback: ${prod}: its tree had other relations then, and stays as it is. ${remedy}`,
    ]);
    expect(notes(moved, start, tree)).toEqual([]);
  });
});
