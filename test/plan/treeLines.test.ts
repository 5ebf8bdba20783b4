import { describe, expect, it } from '@jest/globals';
import { treeLines, treeOf } from '../../src/plan/treeLines.ts';
import type { State } from '../../src/model/state.ts';
import { changeRow, makeState } from '../support/makeState.ts';
import { edge, external, withExternals, withTree } from '../support/trees.ts';

const qa = 'webapp-endpoint-qa';
const services = makeState({
  webapp: { hosts: ['docker01', 'docker02'], endpoints: { prod: {}, qa: {} } },
  training: { versions: ['v1', 'v2'] },
  mail: { versions: ['v7', 'v8', 'v9'] },
  log: { versions: [] },
});
const tree = (...relations: string[]): State => withTree(services, qa, ...relations);
const drawn = (state: State): string => `\n${treeLines(state, qa).join('\n')}\n`;

describe('treeOf', () => {
  it('has every node with its place, what answers there, and its children', () => {
    const leaf = { children: [], repeated: false, drainLimit: null };
    expect(treeOf(tree('webapp > training', 'training > mail @ 2', 'webapp > log'), qa)).toEqual({
      service: 'webapp',
      position: 1,
      follows: true,
      version: 'v0.2',
      containers: ['webapp-stack1-app2', 'webapp-stack2-app2'],
      repeated: false,
      drainLimit: null,
      children: [
        { service: 'log', position: 1, follows: true, version: null, containers: [], ...leaf },
        {
          service: 'training',
          position: 1,
          follows: true,
          version: 'v2',
          containers: ['training-stack1-app2'],
          repeated: false,
          drainLimit: null,
          children: [
            {
              service: 'mail',
              position: 2,
              follows: false,
              version: 'v9',
              containers: ['mail-stack1-app3'],
              ...leaf,
            },
          ],
        },
      ],
    });
  });

  it('is nothing where there is no such endpoint', () => {
    expect(treeOf(services, 'gone')).toBeNull();
  });
});

describe('a tree with external services', () => {
  const db = external('db', ['prod=db.prod.example:5432', 'qa=db.qa.example:5432']);
  const relations = withTree(services, qa, 'webapp > training', 'training > mq', 'webapp > db');
  const limited = (child: string, drainLimit: number): State => ({
    ...withExternals(relations, db, external('mq', ['prod=mq:1'])),
    edges: relations.edges.map((row) => (row.child === child ? { ...row, drainLimit } : row)),
  });

  it('has each of them with its target at the stage of the endpoint, and the drain limits', () => {
    const root = treeOf(limited('db', 300), qa);
    expect(root?.children).toEqual([
      { external: 'db', target: 'db.qa.example:5432', drainLimit: 300 },
      {
        ...{
          service: 'training',
          position: 1,
          follows: true,
          version: 'v2',
          repeated: false,
          drainLimit: null,
        },
        containers: ['training-stack1-app2'],
        children: [{ external: 'mq', target: null, drainLimit: null }],
      },
    ]);
  });

  it('is drawn with them', () => {
    expect(drawn(limited('db', 0))).toBe(`
webapp v0.2 (position 1)
├─ db (external, db.qa.example:5432, drained in 0 s)
└─ training v2 (position 1)
   └─ mq (external, no target)
`);
  });

  it('shows the drain limit of a service after everything else', () => {
    const fixed = { ...edge(qa, 'webapp > training @ 0'), drainLimit: 60 };
    expect(drawn({ ...services, edges: [fixed] })).toBe(`
webapp v0.2 (position 1)
└─ training v1 (position 0, fixed, drained in 60 s)
`);
  });
});

describe('treeLines', () => {
  it('draw the branches', () => {
    const state = tree(
      ...['webapp > training', 'training > log @ 0', 'training > mail', 'webapp > mail @ 0', 'webapp > log'],
      ...['log > mail @ 2'],
    );
    expect(drawn(state)).toBe(`
webapp v0.2 (position 1)
├─ log nothing (position 1)
│  └─ mail v9 (position 2, fixed)
├─ mail v7 (position 0, fixed)
└─ training v2 (position 1)
   ├─ log nothing (position 0, fixed)
   │  └─ mail v9 (position 2, fixed)
   └─ mail v8 (position 1)
`);
  });

  it('draw what hangs on a service once, and a service with nothing below it each time', () => {
    expect(
      drawn(tree('webapp > log', 'webapp > training', 'log > mail', 'training > log', 'training > mail')),
    ).toBe(`
webapp v0.2 (position 1)
├─ log nothing (position 1)
│  └─ mail v8 (position 1)
└─ training v2 (position 1)
   ├─ log nothing (position 1, as above)
   └─ mail v8 (position 1)
`);
  });

  it('end where a broken tree goes round in a circle', () => {
    expect(drawn(tree('webapp > training', 'training > webapp @ 0', 'training > training'))).toBe(`
webapp v0.2 (position 1)
└─ training v2 (position 1)
   ├─ training v2 (position 1, as above)
   └─ webapp v0.1 (position 0, fixed)
      └─ training v2 (position 1, as above)
`);
  });

  it('are the root alone where there is no relation', () => {
    expect(treeLines(services, qa)).toEqual(['webapp v0.2 (position 1)']);
    const above = changeRow(services, 'endpoints', qa, { pointer: 9 });
    expect(treeLines(above, qa)).toEqual(['webapp nothing (position 9)']);
  });

  it('are none where there is no such endpoint', () => {
    expect(treeLines(services, 'gone')).toEqual([]);
  });
});
