import { describe, expect, it } from '@jest/globals';
import { indexOf } from '../../src/model/stateIndex.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { withTree } from '../support/trees.ts';

const hosts = Array.from({ length: 10 }, (_, index) => `host${index}`);
const sketch = makeState({
  web2: { hosts, versions: ['v1', 'v2', 'v3'], endpoints: { qa: { pointer: 1 }, b: {}, c: {}, a: {} } },
  other: { hosts: ['host0'], versions: ['v1'], endpoints: { prod: {} } },
});

/** The rows in an order that is neither the wanted one nor its opposite. */
function shuffled<Row>(rows: readonly Row[]): Row[] {
  return [...rows.slice(1), ...rows.slice(0, 1)].reverse();
}

const state: State = frozen({
  ...sketch,
  stacks: shuffled(sketch.stacks),
  containers: shuffled(sketch.containers),
  endpoints: shuffled(sketch.endpoints),
});
const index = indexOf(state);

const namesIn = (rows: readonly { readonly name: string }[] | undefined) => rows?.map((row) => row.name);

describe('indexOf', () => {
  it('has every row by its name', () => {
    expect([...index.services]).toEqual(state.services.map((row) => [row.name, row]));
    expect([...index.stacks]).toEqual(state.stacks.map((row) => [row.name, row]));
    expect([...index.endpoints]).toEqual(state.endpoints.map((row) => [row.name, row]));
  });

  it('has the stacks of a service by the number at the end of their names', () => {
    expect([...index.stacksByService.keys()].sort()).toEqual(['other', 'web2']);
    expect(namesIn(index.stacksByService.get('web2'))).toEqual(
      Array.from({ length: 10 }, (_, number) => `web2-stack${number + 1}`),
    );
  });

  it('has a stack without a number before all others', () => {
    const odd = changeRow(sketch, 'stacks', 'web2-stack9', { name: 'web2-x' });
    const names = namesIn(indexOf(odd).stacksByService.get('web2'));
    expect(names?.slice(0, 2)).toEqual(['web2-x', 'web2-stack1']);
  });

  it('has the containers of a stack from position 0 up', () => {
    expect(namesIn(index.containersByStack.get('web2-stack3'))).toEqual(
      [1, 2, 3].map((number) => `web2-stack3-app${number}`),
    );
    expect(index.containersByStack.size).toBe(11);
  });

  it('has the containers of all services on a host', () => {
    expect(namesIn(index.containersByHost.get('host0'))?.sort()).toEqual([
      'other-stack1-app1',
      ...[1, 2, 3].map((number) => `web2-stack1-app${number}`),
    ]);
    expect([...index.containersByHost.keys()].sort()).toEqual(hosts);
  });

  it('has a container of no stack on a host without a name', () => {
    const broken = indexOf(changeRow(sketch, 'containers', 'other-stack1-app1', { stack: 'gone' }));
    expect(namesIn(broken.containersByHost.get(''))).toEqual(['other-stack1-app1']);
  });

  it('has the endpoints of a service by pointer, and then by name', () => {
    expect(namesIn(index.endpointsByService.get('web2'))).toEqual(
      ['a', 'b', 'c', 'qa'].map((name) => `web2-endpoint-${name}`),
    );
    expect(namesIn(index.endpointsByService.get('other'))).toEqual(['other-endpoint-prod']);
  });

  it('has the edges of an endpoint by parent, and then by child', () => {
    const relations = ['b > z', 'b > x', 'a > z', 'c > y', 'a > x', 'a > y', 'b > y'];
    const tree = withTree(withTree(sketch, 'e', ...relations), 'f', 'a > b');
    const edges = indexOf(tree).edgesByEndpoint;
    expect(edges.get('e')?.map(({ parent, child }) => `${parent} > ${child}`)).toEqual([...relations].sort());
    expect(edges.get('f')).toHaveLength(1);
  });

  it('is made once for a state, and so is each of its parts', () => {
    expect(indexOf(state)).toBe(index);
    expect(indexOf({ ...state })).not.toBe(index);
    expect(index.services).toBe(index.services);
    expect(index.stacksByService).toBe(index.stacksByService);
  });
});
