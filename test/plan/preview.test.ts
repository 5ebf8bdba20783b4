import { describe, expect, it } from '@jest/globals';
import { pop } from '../../src/actions/pop.ts';
import { removeService } from '../../src/actions/deletions.ts';
import { stackChanges, treeChanges } from '../../src/plan/preview.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const state = makeState({ webapp: { hosts: ['docker01', 'docker02'] }, other: {} });
const cells = (stack: string, ...pairs: [number, string][]) =>
  pairs.map(([number, version]) => ({ name: `${stack}-app${number}`, version }));

describe('stackChanges', () => {
  it('shows the stacks that change, and no other', () => {
    const next = accepted(pop(state, { stack: 'webapp-stack2', position: 1 }));
    expect(stackChanges(state, next)).toEqual([
      {
        stack: 'webapp-stack2',
        service: 'webapp',
        host: 'docker02',
        before: cells('webapp-stack2', [1, 'v0.1'], [2, 'v0.2'], [3, 'v0.3']),
        after: cells('webapp-stack2', [1, 'v0.1'], [3, 'v0.3']),
      },
    ]);
  });

  it('shows a stack that comes and one that goes', () => {
    const one = makeState({ webapp: { versions: ['v1'] } });
    const there = cells('webapp-stack1', [1, 'v1']);
    expect(stackChanges(makeState(), one)).toMatchObject([{ before: [], after: there }]);
    const gone = accepted(removeService(one, { service: 'webapp', cascade: true }));
    expect(stackChanges(one, gone)).toMatchObject([{ host: 'docker01', before: there, after: [] }]);
  });

  it('is empty where nothing changes', () => {
    expect(stackChanges(state, { ...state, revision: 9, endpoints: [] })).toEqual([]);
  });

  it('shows a stack of the same versions whose container is another one', () => {
    const renamed = changeRow(state, 'containers', 'other-stack1-app2', { name: 'other-stack1-app9' });
    expect(stackChanges(state, renamed)).toEqual([
      {
        stack: 'other-stack1',
        service: 'other',
        host: 'docker01',
        before: cells('other-stack1', [1, 'v0.1'], [2, 'v0.2'], [3, 'v0.3']),
        after: cells('other-stack1', [1, 'v0.1'], [9, 'v0.2'], [3, 'v0.3']),
      },
    ]);
  });

  it('shows no stack whose rows change and whose containers do not', () => {
    expect(stackChanges(state, changeRow(state, 'stacks', 'other-stack1', { nextContainer: 9 }))).toEqual([]);
  });

  it('shows a stack where it will be', () => {
    const moved = changeRow(state, 'stacks', 'other-stack1', { host: 'docker03' });
    const next = accepted(pop(moved, { stack: 'other-stack1', position: 0 }));
    expect(stackChanges(state, next).map(({ host }) => host)).toEqual(['docker03']);
  });
});

describe('treeChanges', () => {
  const prod = 'webapp-endpoint-prod';
  const qa = 'webapp-endpoint-qa';
  const services = makeState({ webapp: { endpoints: { prod: {}, qa: {} } }, mail: {} });
  const tree = withTree(services, prod, 'webapp > mail');
  const root = 'webapp v0.1 (position 0)';
  const below = '└─ mail v0.1 (position 0)';

  it.each([
    ['a relation that comes', services, tree, [root], [root, below]],
    ['a relation that goes', tree, services, [root, below], [root]],
    [
      'a position that changes',
      tree,
      withTree(services, prod, 'webapp > mail @ 2'),
      [root, below],
      [root, '└─ mail v0.3 (position 2, fixed)'],
    ],
    [
      'a pointer that its relations follow',
      tree,
      changeRow(tree, 'endpoints', prod, { pointer: 2 }),
      [root, below],
      ['webapp v0.3 (position 2)', '└─ mail v0.3 (position 2)'],
    ],
    ['a tree that begins', makeState({ webapp: {}, mail: {} }), tree, [], [root, below]],
    ['a tree that ends with its endpoint', tree, makeState({ webapp: {}, mail: {} }), [root, below], []],
  ])('show %s', (_case, before, next, was, will) => {
    expect(treeChanges(before, next)).toEqual([{ endpoint: prod, before: was, after: will }]);
  });

  it.each([
    ['where nothing changes', tree, structuredClone(tree)],
    ['where only the versions do', tree, accepted(pop(tree, { stack: 'webapp-stack1', position: 0 }))],
    ['of an endpoint without relations', tree, changeRow(tree, 'endpoints', qa, { pointer: 2 })],
    [
      'of an endpoint without relations that is new',
      makeState({ webapp: {} }),
      makeState({ webapp: { endpoints: { qa: {} } } }),
    ],
  ])('show no tree %s', (_case, before, next) => {
    expect(treeChanges(before, next)).toEqual([]);
  });

  const withDb = (...targets: string[]) =>
    withExternals(withTree(services, prod, 'webapp > db'), external('db', targets));

  it('show an external service that has another target at the stage, and no other', () => {
    const line = (target: string) => `└─ db (external, ${target})`;
    const changes = treeChanges(withDb('prod=a:1', 'qa=b:2'), withDb('prod=c:3', 'qa=b:2'));
    expect(changes).toEqual([{ endpoint: prod, before: [root, line('a:1')], after: [root, line('c:3')] }]);
    expect(treeChanges(withDb('prod=a:1', 'qa=b:2'), withDb('prod=a:1', 'qa=c:3'))).toEqual([]);
  });

  it('show another drain limit', () => {
    const limited = { ...tree, edges: tree.edges.map((row) => ({ ...row, drainLimit: 60 })) };
    const after = [root, '└─ mail v0.1 (position 0, drained in 60 s)'];
    expect(treeChanges(tree, limited)).toEqual([{ endpoint: prod, before: [root, below], after }]);
  });

  it('show a pointer that goes from one position above 0 to another', () => {
    const [first, second] = [1, 2].map((pointer) => changeRow(tree, 'endpoints', prod, { pointer }));
    expect(first && second && treeChanges(first, second)).toHaveLength(1);
  });

  it('show each tree that changes, those there were before first', () => {
    const other = makeState({
      mail: { endpoints: { prod: {} } },
      webapp: { endpoints: { prod: {}, qa: {} } },
    });
    const next = withTree(withTree(other, prod, 'webapp > mail @ 1'), 'mail-endpoint-prod', 'mail > webapp');
    expect(treeChanges(tree, next).map(({ endpoint }) => endpoint)).toEqual([prod, 'mail-endpoint-prod']);
  });
});
