import { describe, expect, it } from '@jest/globals';
import { versionPinned } from '../../src/constraints/versionPinned.ts';
import { makeState, ruleSet } from '../support/makeState.ts';
import { judgeTable, worldOf } from '../support/constraints.ts';
import { withTree } from '../support/trees.ts';

const versions = ['v1', 'v2', 'latest', 'latest'];
const endpoints = { prod: { pointer: 1 }, dev: {} };
const services = makeState({ shop: { endpoints }, webapp: { versions } });
const [prod, dev] = ['shop-endpoint-prod', 'shop-endpoint-dev'];
const fact = 'latest is a floating tag, which stage prod forbids';

describe('version-pinned: where a pointer or a tree leads', () => {
  judgeTable(versionPinned, [
    { name: 'a tag that nobody of that stage reaches', state: services, findings: [] },
    {
      name: 'an endpoint of production that points at it',
      state: makeState({ webapp: { versions, endpoints: { prod: { pointer: 2 } } } }),
      findings: [['webapp-stack1-app3', fact]],
    },
    {
      name: 'an endpoint of another stage',
      state: makeState({ webapp: { versions, endpoints: { dev: {} } } }),
      findings: [],
    },
    {
      name: 'a tree of production that leads to it',
      state: withTree(services, prod, 'shop > webapp @ 3'),
      findings: [['webapp-stack1-app4', fact]],
    },
    {
      name: 'a tree of production that leads elsewhere, and one of another stage',
      state: withTree(withTree(services, prod, 'shop > webapp'), dev, 'shop > webapp @ 3'),
      findings: [],
    },
  ]);

  it('counts each container and stage once, and which one it is of its kind', () => {
    const rules = ruleSet('version-pinned', { stages: ['prod', 'dev'] });
    const two = makeState({ webapp: { versions, endpoints: { prod: { pointer: 3 }, www: { pointer: 3 } } } });
    const about = (number: number, stage: string, deficit: number) => ({
      service: 'webapp',
      object: `webapp-stack1-app${number}`,
      counts: 'webapp',
      aspect: `${stage} latest`,
      fact: `latest is a floating tag, which stage ${stage} forbids`,
      remedy: 'release a numbered version',
      deficit,
    });
    expect(versionPinned.judge(worldOf(two, { rules }))).toEqual([about(3, 'dev', 1), about(4, 'prod', 1)]);
    const three = makeState({
      webapp: { versions: ['latest', 'v1', 'latest'], endpoints: { prod: { pointer: 2 } } },
    });
    expect(versionPinned.judge(worldOf(three, { rules }))).toEqual([
      about(1, 'prod', 1),
      about(3, 'dev', 1),
      about(3, 'prod', 2),
    ]);
  });
});
