import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalText } from '../../src/model/canonical.ts';
import { partOf } from '../../src/model/part.ts';
import {
  isSealIntact,
  savedPlanFormat,
  sealPlan,
  stalenessOf,
  type SavedPlan,
  type SeenContainer,
  type Sight,
} from '../../src/plan/saved.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const state = makeState({ webapp: { versions: ['v1'] } });
const services = ['webapp'];
const key = 'a1'.repeat(32);

const container: SeenContainer = {
  host: 'docker01',
  name: 'webapp-stack1-app1',
  id: 'one',
  status: 'running',
};
const image = {
  ...{ image: 'registry.example/webapp', version: 'v1', host: null },
  ...{ digest: 'sha256:old', created: null },
};
const sight: Sight = frozen({
  services,
  state: partOf(state, new Set(services)),
  images: [image, { ...image, host: 'docker01', digest: 'sha256:local' }],
  containers: [container, { ...container, name: 'webapp-stack1-app2', id: 'two', status: 'exited' }],
  configurations: [
    { loadbalancer: 'lb01', sha256: 'aa' },
    { loadbalancer: 'lb02', sha256: 'bb' },
  ],
});
const saved: SavedPlan = frozen({
  format: savedPlanFormat,
  environment: 'the-environment',
  command: 'cmanage pop webapp',
  madeAt: '2026-11-20T10:00:00.000Z',
  madeBy: 'alice',
  reason: null,
  deployment: null,
  saw: sight,
  violations: [],
  stacks: [],
  trees: [],
  plan: planOf(makeState(), state),
});

describe('sealPlan', () => {
  it('adds an HMAC of everything else, by the key of the environment', () => {
    const right = createHmac('sha256', Buffer.from(key, 'hex')).update(canonicalText(saved)).digest('hex');
    expect(sealPlan(saved, key)).toEqual({ ...saved, seal: right });
    expect(savedPlanFormat).toBe(1);
  });
});

describe('isSealIntact', () => {
  const sealed = frozen(sealPlan(saved, key));

  it('holds for a plan as it was sealed, also after JSON and in another order of its keys', () => {
    expect(isSealIntact(sealed, key)).toBe(true);
    const read = JSON.parse(JSON.stringify(sealed)) as typeof sealed;
    const reversed = Object.fromEntries(Object.entries(read).reverse()) as typeof sealed;
    expect(isSealIntact(reversed, key)).toBe(true);
  });

  it.each([
    ['another command', { ...sealed, command: 'cmanage pop shop' }],
    ['another step', { ...sealed, plan: { ...sealed.plan, steps: sealed.plan.steps.slice(1) } }],
    ['another pivot', { ...sealed, plan: { ...sealed.plan, pivot: 0 } }],
    ['another sight', { ...sealed, saw: { ...sight, images: [] } }],
    ['something more', { ...sealed, more: true }],
    ['another seal', { ...sealed, seal: sealed.seal.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }],
    ['a shorter seal', { ...sealed, seal: sealed.seal.slice(0, -1) }],
    ['a longer seal', { ...sealed, seal: `${sealed.seal}0` }],
    ['no seal', { ...sealed, seal: '' }],
  ])('is broken by %s', (_case, plan) => {
    expect(isSealIntact(plan, key)).toBe(false);
  });

  it('is broken for another key', () => {
    expect(isSealIntact(sealed, 'a2'.repeat(32))).toBe(false);
  });
});

describe('stalenessOf', () => {
  const now = (given: Partial<Sight>): Sight => ({ ...sight, ...given });
  const [first, second] = sight.containers;
  const list = (...rows: (SeenContainer | undefined)[]) => rows.flatMap((row) => row ?? []);

  it.each<[string, Sight]>([
    ['as it was', structuredClone(sight)],
    [
      'in another order',
      now({
        images: [...sight.images].reverse(),
        containers: [...sight.containers].reverse(),
        configurations: [...sight.configurations].reverse(),
      }),
    ],
    [
      'with images that the plan did not ask for',
      now({ images: [...sight.images, { ...image, version: 'v9' }] }),
    ],
    ['with an image of which nobody answered', now({ images: [] })],
    [
      'with one more load balancer',
      now({ configurations: [...sight.configurations, { loadbalancer: 'lb03', sha256: '' }] }),
    ],
  ])('is none where everything is %s', (_case, found) => {
    expect(stalenessOf(sight, found)).toEqual([]);
  });

  it.each<[string, Partial<Sight>, string, string]>([
    [
      'a row of the state',
      { state: partOf(changeRow(state, 'services', 'webapp', { nextStack: 9 }), new Set(services)) },
      'the state',
      'since the plan was made, service webapp has changed',
    ],
    [
      'a tag in its registry',
      { images: [{ ...image, digest: 'sha256:new' }, ...sight.images.slice(1)] },
      'registry.example/webapp:v1',
      'the tag stands for sha256:new now, and the plan saw sha256:old',
    ],
    [
      'a tag on one host alone',
      { images: [image, { ...image, host: 'docker01', digest: 'sha256:new' }] },
      'registry.example/webapp:v1',
      'the tag stands for sha256:new now, and the plan saw sha256:local',
    ],
    [
      'a container that is gone',
      { containers: list(second) },
      'docker01',
      'container webapp-stack1-app1 is gone',
    ],
    [
      'a container made again by hand',
      { containers: list({ ...container, id: 'other', status: 'paused' }, second) },
      'docker01',
      'container webapp-stack1-app1 is another one of the same name',
    ],
    [
      'a container that stopped',
      { containers: list({ ...container, status: 'exited' }, second) },
      'docker01',
      'container webapp-stack1-app1 is exited, and was running',
    ],
    [
      'a container on another host, under a name that was seen',
      { containers: list(first, second, { ...container, host: 'docker02' }) },
      'docker02',
      'container webapp-stack1-app1 is new',
    ],
    [
      'a configuration',
      {
        configurations: [
          { loadbalancer: 'lb01', sha256: 'aa' },
          { loadbalancer: 'lb02', sha256: 'cc' },
        ],
      },
      'lb02',
      'its haproxy.cfg is not the one that the plan saw',
    ],
    [
      'a load balancer that is gone',
      { configurations: sight.configurations.slice(1) },
      'lb01',
      'its haproxy.cfg is not the one that the plan saw',
    ],
  ])('tells of %s', (_case, given, object, fact) => {
    expect(stalenessOf(sight, now(given))).toEqual([
      { code: 'stale-plan', level: 'error', object, service: null, fact, remedy: 'make the plan again' },
    ]);
  });

  it('tells on which host of several a tag stands for something else', () => {
    const on = (host: string, digest: string) => ({ ...image, host, digest });
    const saw = now({ images: [on('docker01', 'sha256:a'), on('docker02', 'sha256:b')] });
    const found = now({ images: [on('docker01', 'sha256:a'), on('docker02', 'sha256:c')] });
    expect(stalenessOf(saw, found).map(({ fact }) => fact)).toEqual([
      'the tag stands for sha256:c now, and the plan saw sha256:b',
    ]);
  });

  it('tells of everything', () => {
    const nothing = {
      services: [],
      stacks: [],
      containers: [],
      endpoints: [],
      edges: [],
      externals: [],
      retained: [],
    };
    const found = stalenessOf(sight, now({ state: nothing, containers: [], configurations: [] }));
    expect(found.map(({ object, fact }) => `${object}: ${fact}`)).toEqual([
      'the state: since the plan was made, service webapp is gone',
      'the state: since the plan was made, stack webapp-stack1 is gone',
      'the state: since the plan was made, container webapp-stack1-app1 is gone',
      'docker01: container webapp-stack1-app1 is gone',
      'docker01: container webapp-stack1-app2 is gone',
      'lb01: its haproxy.cfg is not the one that the plan saw',
      'lb02: its haproxy.cfg is not the one that the plan saw',
    ]);
  });
});
