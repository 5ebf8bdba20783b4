import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { State } from '../../src/model/state.ts';
import { canonicalText, permutations, versionNumber } from './canonical.ts';
import { decode } from './decode.ts';
import { digestOf } from './registry.ts';

const hosts = ['h1', 'h2', 'h3'];
const letters = ['a', 'b', 'c'];
const columns = ['', '2', '2,4', '2,4,4', '2,4,6,6', "2,2',4", '2,latest', '2~b,4', "2,2'~ac,4~c"];
const places = ['prod>0', 'qa>1', 'dev>2', 'prod>0(a>b@*)', 'prod>1(a>b@0 b>c@*)', 'qa>0(c>a@2)'];

/** States as texts write them, sensible or not: the canonical form must know nothing of the rules. */
const written: fc.Arbitrary<State> = fc
  .array(
    fc.record({
      stacks: fc.subarray(['1', '2', '3']).chain((on) => fc.shuffledSubarray(on, { minLength: on.length })),
      column: fc.constantFrom(...columns),
      endpoints: fc.array(fc.constantFrom(...places), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  )
  .map((services) => {
    const texts = services.map(({ stacks, column, endpoints }, index) => {
      const list = stacks.map((host) => `${host}:${column}`).join(' ');
      return `${letters[index] ?? ''}[${list}]{${endpoints.join(' ')}}`;
    });
    return decode(texts.join(';'), hosts);
  });

type Renaming = {
  readonly services: ReadonlyMap<string, string>;
  readonly hosts: ReadonlyMap<string, string>;
  readonly later: number;
};

const renaming: fc.Arbitrary<Renaming> = fc
  .tuple(
    fc.constantFrom(...permutations(['web', 'mail', 'log'])),
    fc.constantFrom(...permutations(hosts)),
    fc.nat(5),
  )
  .map(([services, others, later]) => ({
    services: new Map(letters.map((letter, index) => [letter, services[index] ?? letter])),
    hosts: new Map(hosts.map((host, index) => [host, others[index] ?? host])),
    later,
  }));

/** The same state with other names, hosts, versions, digests, ports, counters, and its rows the other way round. */
function renamed(state: State, { services, hosts: places, later }: Renaming): State {
  const service = (name: string): string => services.get(name) ?? name;
  const long = (name: string): string => name.replace(/^\w/, (letter) => service(letter));
  const stack = (name: string): string =>
    long(name).replace(/\d+$/, (number) => String(Number(number) * 4 + later));
  const version = (tag: string): string => {
    const number = versionNumber(tag);
    return number === null ? tag : `v${number * 3 + later}`;
  };
  return {
    revision: state.revision + 9,
    externals: [],
    retained: [],
    services: state.services
      .map((row) => ({ ...row, name: service(row.name), nextStack: row.nextStack * 4 + later }))
      .reverse(),
    stacks: state.stacks
      .map((row) => ({
        ...{ name: stack(row.name), service: service(row.service) },
        ...{ host: places.get(row.host) ?? row.host, nextContainer: row.nextContainer + later },
      }))
      .reverse(),
    containers: state.containers
      .map((row) => ({
        ...row,
        name: `${stack(row.stack)}-app${row.position + later}`,
        stack: stack(row.stack),
        version: version(row.version),
        digest: digestOf(row.digest, later),
        hostPort: row.hostPort + later,
        links: Object.fromEntries(
          Object.entries(row.links).map(([child, link]) => [
            service(child),
            { ...link, port: link.port + later },
          ]),
        ),
      }))
      .reverse(),
    endpoints: state.endpoints
      .map((row) => ({ ...row, name: long(row.name), service: service(row.service), port: row.port + later }))
      .reverse(),
    edges: state.edges
      .map((row) => ({
        ...row,
        ...{ endpoint: long(row.endpoint), parent: service(row.parent), child: service(row.child) },
      }))
      .reverse(),
  };
}

describe('the canonical text of a state', () => {
  it('does not change when what it leaves out does', () => {
    fc.assert(
      fc.property(written, renaming, (state, names) => {
        expect(canonicalText(renamed(state, names), hosts)).toBe(canonicalText(state, hosts));
      }),
      { numRuns: 300 },
    );
  });

  it('is that of the state that is made of it', () => {
    fc.assert(
      fc.property(written, (state) => {
        const text = canonicalText(state, hosts);
        expect(canonicalText(decode(text, hosts), hosts)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['the order of versions', 'a[1:2,4]{}', 'a[1:2,2]{}'],
    ['bits', 'a[1:2,2]{}', "a[1:2,2']{}"],
    ['which stack is older', 'a[1:2 2:]{}', 'a[1: 2:2]{}'],
    ['which services share a host', 'a[1:2]{};b[1:2,4]{}', 'a[1:2]{};b[2:2,4]{}'],
    ['stages', 'a[1:2]{prod>0}', 'a[1:2]{qa>0}'],
    ['pointers', 'a[1:2,4]{prod>0}', 'a[1:2,4]{prod>1}'],
    ['links that are left', 'a[1:2,4]{};b[]{}', 'a[1:2~b,4]{};b[]{}'],
    ['whose links are left', 'a[1:2,4~b]{};b[]{}', 'a[1:2~b,4]{};b[]{}'],
    ['relations', 'a[1:2]{prod>0(a>b@*)};b[1:2]{}', 'a[1:2]{prod>0(a>b@0)};b[1:2]{}'],
  ])('tells %s apart', (_, one, other) => {
    expect(canonicalText(decode(one, hosts), hosts)).not.toBe(canonicalText(decode(other, hosts), hosts));
  });

  it('can be read', () => {
    const text = "a[1:2,4,4' 3:2,4,4']{prod>0(a>b@* b>c@1) qa>1};b[2:2]{};c[]{}";
    expect(decode(text, hosts).edges).toEqual([
      { endpoint: 'a-endpoint-e1', parent: 'a', child: 'b', position: null, drainLimit: null },
      { endpoint: 'a-endpoint-e1', parent: 'b', child: 'c', position: 1, drainLimit: null },
    ]);
  });
});
