import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { notedRows, servesSame, withoutNotes } from '../../src/haproxy/rowNotes.ts';
import { contentsOf, readGeneration, render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { endpointOptions, type EndpointOptions } from '../../src/model/traffic.ts';
import type { Endpoint, State } from '../../src/model/state.ts';
import { correctState } from '../support/arbitraryState.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';

const configOf = (state: State): string =>
  render(routes(state, makeEnvironment(), makeBalancer()), makeBalancer());
const byText = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(sorted(row))).sort();
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort()
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;

describe('the rows in a configuration', () => {
  it('are those of the state, whatever it is', () => {
    fc.assert(
      fc.property(correctState, (state) => {
        const noted = notedRows(configOf(state));
        if (state.endpoints.length + state.edges.length === 0) return;
        const endpoints = (noted?.endpoint as Endpoint[]).map((row) => ({
          ...row,
          options: endpointOptions(row.options as Partial<EndpointOptions>),
        }));
        expect(byText(endpoints)).toEqual(byText(state.endpoints));
        expect(byText(noted?.edge ?? [])).toEqual(byText(state.edges));
      }),
    );
  });

  it('change neither the generation nor what is served', () => {
    const config = configOf(makeState({ webapp: { endpoints: { prod: {} } } }));
    const bare = withoutNotes(config);
    expect(bare).not.toContain('# endpoint');
    expect(readGeneration(bare)).toBe(readGeneration(config));
    expect(contentsOf(bare)).toEqual(contentsOf(config));
    expect(servesSame(config, bare)).toBe(true);
    // The same as an earlier cmanage wrote, but for these lines.
    expect(config.startsWith(bare)).toBe(true);
  });

  it('are told from what somebody wrote after them', () => {
    const config = configOf(makeState({ webapp: { endpoints: { prod: {} } } }));
    expect(servesSame(config, `${config}# edited\n`)).toBe(false);
    expect(servesSame(config, `${config}backend evil\n`)).toBe(false);
  });

  it('are none where there are none, and no rows where they were edited', () => {
    expect(notedRows(configOf(makeState()))).toBeNull();
    const config = configOf(makeState({ webapp: { endpoints: { prod: {} } } }));
    expect(notedRows(config.replace('# endpoint {', '# endpoint {{'))?.endpoint).toEqual([
      expect.any(String),
    ]);
  });

  it('say how a service is called only where HAProxy has to do with it', () => {
    const traffic = { drainLimit: 7 };
    const noted = (endpoints: Record<string, object>): unknown =>
      notedRows(configOf(makeState({ webapp: { traffic, endpoints } })))?.traffic;
    expect(noted({ prod: {} })).toEqual([{ name: 'webapp', mode: 'http', uses: [], drainLimit: 7 }]);
    expect(noted({})).toBeUndefined();
  });
});
