import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linksOnLabel, rowsSaid, settingsOnLabel } from '../../src/config/recovered.ts';
import { containerBody } from '../../src/docker/containerBody.ts';
import { contentsOf, render } from '../../src/haproxy/render.ts';
import { notedRows } from '../../src/haproxy/rowNotes.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { canonicalText } from '../../src/model/canonical.ts';
import { stackNamed } from '../../src/model/lookup.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import type { Container, Retained, State } from '../../src/model/state.ts';
import { recoverState, type Served } from '../../src/plan/recover.ts';
import type { Relic } from '../../src/plan/relics.ts';
import { specOf } from '../../src/plan/spec.ts';
import { unknownLines } from '../../src/report/recovered.ts';
import { correctState } from '../support/arbitraryState.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';

const directory = temporaryDirectory();
const environment = makeEnvironment();
const now = 1_700_000_000_000;
const none: Served = { endpoints: [], edges: [], externals: [], traffic: [], backends: new Map() };

/** What an engine would say of a container of a state that cmanage made. */
function relicOf(state: State, row: Container | Retained, operation: number): Relic {
  const body = containerBody(specOf(state, row), { environment: 'e', operation, step: 1 });
  const labels = (body.Labels ?? {}) as Record<string, string>;
  const of = (name: string): string => labels[`cmanage.${name}`] ?? '';
  const isResting = 'warm' in row && !row.warm;
  const image = body.Image ?? '';
  return {
    host: stackNamed(state, row.stack)?.host ?? '',
    ...{ name: row.name, madeAs: body.Hostname ?? '', status: isResting ? 'exited' : 'running' },
    ...{ comesBack: !isResting, stoppedAt: isResting && 'retainedAt' in row ? row.retainedAt : null, image },
    labels: {
      ...{
        environment: of('environment'),
        service: of('service'),
        stack: of('stack'),
        version: of('version'),
      },
      ...{ digest: of('digest'), spec: of('spec'), operation },
    },
    tagged: image.includes('@')
      ? null
      : (state.services.find(({ name }) => name === of('service'))?.image ?? null),
    hostPort: row.hostPort,
    env: Object.fromEntries(
      (body.Env ?? []).map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    ),
    settings: settingsOnLabel(labels['cmanage.settings']),
    links: linksOnLabel(labels['cmanage.links']),
  };
}

const relicsOf = (state: State): Relic[] =>
  [...state.containers, ...state.retained].map((row, index) => relicOf(state, row, index + 1));

/** What the load balancer's file says of a state. */
function servedOf(state: State): Served {
  const config = render(routes(state, environment, makeBalancer()), makeBalancer());
  const noted = notedRows(config) ?? { endpoint: [], edge: [], external: [], traffic: [] };
  const backends = [...contentsOf(config).servers].map(([name, servers]): [string, string[]] => [
    name,
    servers.map((server) => server.name),
  ]);
  return { ...rowsSaid('lb01', noted), backends: new Map(backends) };
}

const recover = (state: State, relics = relicsOf(state), served = servedOf(state)) =>
  recoverState(relics, served, environment, now);

const sorted = (rows: readonly unknown[]): string[] => rows.map(canonicalText).sort();

/** A state of what can be typed, in which nothing is retained warm: that is told from a stack's top by what is served. */
const typedState = correctState.map((given): State => ({
  ...given,
  services: given.services.map((row) => ({
    ...row,
    settings: {
      ...row.settings,
      ...{ envFiles: [], secretFiles: [] },
      health: { ...row.settings.health, interval: row.settings.health.interval + 1 },
      env: Object.fromEntries(
        Object.entries(row.settings.env).map(([name, value]) => [name, value.replace(/[\0\r\n]/g, ' ')]),
      ),
      command: row.settings.command?.map((word) => word.replaceAll('\0', '')) ?? null,
    },
  })),
  retained: given.retained.map((row) => ({ ...row, warm: false })),
}));

describe('a state that is recovered from its containers and its load balancer', () => {
  it('is the one it was, but for what is said to be unknown', () => {
    fc.assert(
      fc.property(typedState, (state) => {
        const { state: found, unproven, leftOver } = recover(state);
        expect([unproven, leftOver]).toEqual([[], []]);
        for (const table of ['stacks', 'containers', 'endpoints', 'edges'] as const)
          expect(sorted(found[table])).toEqual(sorted(state[table]));
        const served = new Set([
          ...state.endpoints.map(({ service }) => service),
          ...state.edges.flatMap(({ parent, child }) => [parent, child]),
        ]);
        const known = ({ services }: State): unknown[] =>
          services.map((row) => ({
            ...row,
            retention: null,
            traffic: served.has(row.name) ? row.traffic : defaultServiceTraffic,
          }));
        expect(sorted(known(found))).toEqual(sorted(known(state)));
        const lasting = (rows: readonly Retained[]): unknown[] => rows.map((row) => ({ ...row, since: 0 }));
        expect(sorted(lasting(found.retained))).toEqual(sorted(lasting(state.retained)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the order of a stack', () => {
  const hosts = ['docker01', 'docker02'];
  const state = makeState({
    webapp: { hosts, versions: ['v1', 'v2', 'v3'], endpoints: { prod: {}, qa: {}, dev: {} } },
  });
  const rename = (given: State, from: string, to: string): State => ({
    ...given,
    containers: given.containers.map((row) => (row.name === from ? { ...row, name: to } : row)),
  });
  const order = (found: State, stack = 'webapp-stack1'): string[] =>
    found.containers.filter((row) => row.stack === stack).map(({ name, position }) => `${position} ${name}`);

  it('is that in which HAProxy serves it, also where a replacement is younger than those above it', () => {
    const twins = makeState({
      webapp: { versions: ['v1', 'v1', 'v3'], endpoints: { prod: {}, qa: {}, dev: {} } },
    });
    const replaced = rename(twins, 'webapp-stack1-app1', 'webapp-stack1-app4');
    const { state: found, byAge } = recover(replaced);
    expect(order(found)).toEqual(['0 webapp-stack1-app4', '1 webapp-stack1-app2', '2 webapp-stack1-app3']);
    expect(byAge).toEqual([]);
    expect(found.stacks[0]?.nextContainer).toBe(5);
  });

  it('is that of versions, and of age within one, where nobody serves it, and that is said', () => {
    const twins = rename(
      makeState({ webapp: { versions: ['v1', 'v1', 'v3'] } }),
      'webapp-stack1-app1',
      'webapp-stack1-app4',
    );
    const recovered = recover(twins);
    expect(order(recovered.state)).toEqual([
      '0 webapp-stack1-app2',
      '1 webapp-stack1-app4',
      '2 webapp-stack1-app3',
    ]);
    expect(recovered.byAge).toEqual(['webapp']);
    expect(unknownLines(recovered).join()).toContain('the order of containers of one version, of webapp');
  });

  it('does not have what runs and is older than position 0: that is retained', () => {
    const [first] = state.containers;
    if (!first) throw new Error('it has containers');
    const old = { ...first, name: 'webapp-stack1-app9', version: 'v0.9', hostPort: 20_900 };
    const kept = { ...state, retained: [{ ...old, since: 1, retainedAt: now, warm: true }] };
    const { state: found, retaining } = recover(kept);
    expect(order(found)).toEqual(order(state));
    expect(found.retained).toEqual([{ ...old, since: 7, retainedAt: now, warm: true }]);
    expect(found.services[0]?.retention).toEqual({ by: 'count', limit: 1, warm: true });
    expect(retaining).toEqual(['webapp']);
  });

  it('does not have what was stopped by hand taken away: it comes back, and so it was not meant to stop', () => {
    const relics = relicsOf(state).map((relic, index) =>
      index === 1 ? { ...relic, status: 'exited' } : relic,
    );
    const { state: found } = recover(state, relics);
    expect(order(found)).toEqual(order(state));
    expect(found.retained).toEqual([]);
  });
});

describe('what has no place in the state', () => {
  const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] } });
  const relics = relicsOf(state);

  it('is what was made and never started', () => {
    const [first, ...others] = relics;
    if (!first) throw new Error('it has containers');
    const made = { ...first, name: 'webapp-stack1-app4', madeAs: 'webapp-stack1-app4', status: 'created' };
    const { state: found, leftOver } = recover(state, [first, ...others, made], none);
    expect(leftOver).toEqual([
      { host: 'docker01', name: 'webapp-stack1-app4', why: 'it was made and never started' },
    ]);
    expect(found.containers).toHaveLength(6);
    // Its name was given.
    expect(found.stacks[0]?.nextContainer).toBe(5);
  });

  it('is the part of a stack that was left on another host', () => {
    const left = relics.map((relic, index) => (index === 0 ? { ...relic, host: 'docker03' } : relic));
    expect(recover(state, left, none).leftOver).toEqual([
      { host: 'docker03', name: 'webapp-stack1-app1', why: 'its stack has moved to another host' },
    ]);
  });
});

describe('the settings of a service', () => {
  it('have the values that its containers were given, and not those of files', () => {
    const file = fileIn(directory, 'some.env', 'FROM_FILE=x\nBOTH=file\n');
    const state = makeState({
      webapp: { settings: { env: { BOTH: 'given', B: 'a=b c' }, envFiles: [file] } },
    });
    const { state: found, unproven } = recover(state);
    expect(found.services[0]?.settings).toEqual(state.services[0]?.settings);
    expect(unproven).toEqual([]);
  });

  it('are not certain where a label does not prove them', () => {
    const state = makeState({ webapp: { settings: { stopGrace: 33 } } });
    const older = relicsOf(state).map((relic) => ({ ...relic, settings: null }));
    const recovered = recover(state, older);
    expect(recovered.unproven).toHaveLength(3);
    expect(unknownLines(recovered).join('\n')).toContain('they are guessed');
    // Those of a service with nothing but defaults are proven without any label.
    const plain = makeState({ webapp: {} });
    expect(
      recover(
        plain,
        relicsOf(plain).map((relic) => ({ ...relic, settings: null })),
      ).unproven,
    ).toEqual([]);
  });

  it('read from a label are none where the label is not one of ours', () => {
    expect(settingsOnLabel('{"containerPort":80}')).toBeNull();
    expect(settingsOnLabel('{')).toBeNull();
    expect(settingsOnLabel(undefined)).toBeNull();
    expect(linksOnLabel('{"mail":{"host":"evil\\n","port":1,"mode":"http"}}')).toBeNull();
  });
});
