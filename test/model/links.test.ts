import { describe, expect, it } from '@jest/globals';
import { childrenOf, linkVariable, modeOf, servedBy, targetOf } from '../../src/model/links.ts';
import type { State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeEnvironment, makeState, ruleSet } from '../support/makeState.ts';
import { external, withExternals, withTree } from '../support/trees.ts';

const [prod, qa, dev] = ['prod', 'qa', 'dev'].map((stage) => `webapp-endpoint-${stage}`) as [
  string,
  string,
  string,
];
const services = makeState({
  webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {}, qa: {}, dev: {} } },
  mail: {},
  log: {},
});
const environment = makeEnvironment();

/** Where containers of a service at a position call a child, as `mail 2 for qa`, or nothing. */
function called(
  state: State,
  [service, position, child]: readonly [string, number, string],
  given = environment,
): string | null {
  const target = targetOf(state, given, { service, position }, child);
  return target && `${target.child} ${target.position ?? 'its target'} for ${target.stage}`;
}

describe('childrenOf', () => {
  it('are those that a service says it uses and those of all its trees, once and in order of name', () => {
    const state = withTree(withTree(services, prod, 'webapp > mail'), qa, 'webapp > log', 'webapp > mail');
    expect(childrenOf(state, 'webapp')).toEqual(['log', 'mail']);
    const traffic = { mode: 'http', uses: ['mail', 'db'], drainLimit: null } as const;
    expect(childrenOf(changeRow(state, 'services', 'webapp', { traffic }), 'webapp')).toEqual([
      ...['db', 'log', 'mail'],
    ]);
  });

  it('are none of a service that calls nobody, or is not there', () => {
    const state = withTree(services, prod, 'webapp > mail');
    expect(childrenOf(state, 'mail')).toEqual([]);
    expect(childrenOf(state, 'nobody')).toEqual([]);
  });
});

describe('modeOf', () => {
  const traffic = { mode: 'tcp', uses: [], drainLimit: null } as const;
  const state = withExternals(changeRow(services, 'services', 'mail', { traffic }), external('db'), {
    ...external('web'),
    mode: 'http',
  });

  it.each([
    ['a service', 'webapp', 'http'],
    ['a service of connections', 'mail', 'tcp'],
    ['an external service', 'db', 'tcp'],
    ['an external service of requests', 'web', 'http'],
    ['nobody', 'nobody', 'http'],
  ])('of %s', (_case, name, mode) => {
    expect(modeOf(state, name)).toBe(mode);
  });
});

describe('targetOf', () => {
  const everywhere = [prod, qa, dev].reduce(
    (state, name) => withTree(state, name, 'webapp > mail'),
    services,
  );

  it.each([
    ['at the position of its endpoint', everywhere, 0, 'mail 0 for prod'],
    ['at that of another endpoint', everywhere, 1, 'mail 1 for qa'],
    ['where the relation says', withTree(services, qa, 'webapp > mail @ 2'), 1, 'mail 2 for qa'],
    ['nowhere where its tree has no such child', withTree(services, qa, 'webapp > mail'), 0, null],
    ['as the last stage does where it serves nobody', everywhere, 3, 'mail 2 for dev'],
    [
      'as the last stage that has the child does',
      withTree(services, prod, 'webapp > mail @ 1'),
      3,
      'mail 1 for prod',
    ],
    ['nowhere where no tree has the child', withTree(services, prod, 'webapp > log'), 3, null],
  ])('leads %s', (_case, state, position, expected) => {
    expect(called(state, ['webapp', position, 'mail'])).toBe(expected);
  });

  it.each([
    ['the pointer', 2, 'mail 2 for dev'],
    ['the first that has a share, where the pointer has none', 3, 'mail 1 for dev'],
  ])('leads where the last stage does that spreads over positions: by %s', (_case, pointer, expected) => {
    const weights = [
      { position: 1, weight: 25 },
      { position: 2, weight: 75 },
    ];
    const spread = changeRow(everywhere, 'endpoints', dev, {
      pointer,
      options: endpointOptions({ weights }),
    });
    expect(called(spread, ['webapp', 3, 'mail'])).toBe(expected);
  });

  it('leads nowhere where the rules say so of containers that serve nobody', () => {
    const none = makeEnvironment({ rules: ruleSet('links', { unassigned: 'none' }) });
    expect(called(everywhere, ['webapp', 3, 'mail'], none)).toBeNull();
    expect(called(everywhere, ['webapp', 2, 'mail'], none)).toBe('mail 2 for dev');
    const rules = { ...none.rules, settings: {} };
    const others = {
      services: 'log',
      reason: 'a test',
      settings: { links: { parameters: { unassigned: 'none' } } },
    };
    const given = makeEnvironment({ rules: { ...rules, overrides: [others] } });
    expect(called(everywhere, ['webapp', 3, 'mail'], given)).toBe('mail 2 for dev');
  });

  it('takes the stages in their order, and not the endpoints in theirs', () => {
    const reversed = { ...everywhere, endpoints: everywhere.endpoints.toReversed() };
    expect(called(reversed, ['webapp', 3, 'mail'])).toBe('mail 2 for dev');
    const rules = { ...environment.rules, stages: ['dev', 'qa', 'prod'] };
    expect(called(everywhere, ['webapp', 3, 'mail'], makeEnvironment({ rules }))).toBe('mail 0 for prod');
  });

  it('is that of any endpoint a position serves: the rules see to it that they agree', () => {
    const www = changeRow(withTree(services, qa, 'webapp > mail @ 2'), 'endpoints', qa, { pointer: 0 });
    // The tree of prod does not have the child, that of qa has.
    expect(called(www, ['webapp', 0, 'mail'])).toBe('mail 2 for qa');
    expect(servedBy(www, 'webapp', 0).map(({ name }) => name)).toEqual([prod, qa]);
  });

  it('follows a tree downwards, at each position that it comes to', () => {
    const state = withTree(
      withTree(services, prod, 'webapp > mail @ 1', 'mail > log @ 2'),
      ...([qa, 'webapp > mail', 'mail > log @ 2'] as const),
    );
    expect(called(state, ['mail', 1, 'log'])).toBe('log 2 for prod');
    expect(servedBy(state, 'mail', 1).map(({ name }) => name)).toEqual([prod, qa]);
    expect(servedBy(state, 'mail', 0)).toEqual([]);
    expect(called(state, ['mail', 0, 'log'])).toBe('log 2 for qa');
  });

  it('has the drain limit of the relation', () => {
    const limited = { ...everywhere, edges: everywhere.edges.map((row) => ({ ...row, drainLimit: 7 })) };
    const at = { service: 'webapp', position: 0 };
    expect(targetOf(limited, environment, at, 'mail')?.drainLimit).toBe(7);
    expect(targetOf(everywhere, environment, at, 'mail')?.drainLimit).toBeNull();
  });

  it('is a target of an external service by its stage, without a position', () => {
    const trees = [prod, qa].reduce((state, name) => withTree(state, name, 'webapp > db'), services);
    const state = withExternals(trees, external('db'));
    expect(called(state, ['webapp', 0, 'db'])).toBe('db its target for prod');
    expect(called(state, ['webapp', 1, 'db'])).toBe('db its target for qa');
    expect(called(state, ['webapp', 2, 'db'])).toBeNull();
    expect(called(state, ['webapp', 3, 'db'])).toBe('db its target for qa');
  });

  it('of a service that spreads over positions by weight is at the position of each share', () => {
    const weights = [
      { position: 0, weight: 90 },
      { position: 3, weight: 10 },
    ];
    const { options } = services.endpoints[0] ?? {};
    if (!options) throw new Error('the sketch has no endpoint');
    const spread = changeRow(everywhere, 'endpoints', prod, { options: { ...options, weights } });
    expect(called(spread, ['webapp', 0, 'mail'])).toBe('mail 0 for prod');
    expect(called(spread, ['webapp', 3, 'mail'])).toBe('mail 3 for prod');
  });
});

describe('linkVariable', () => {
  it.each([
    ['mail', 'CMANAGE_LINK_MAIL'],
    ['user-db-2', 'CMANAGE_LINK_USER_DB_2'],
  ])('of %s', (child, variable) => {
    expect(linkVariable(child)).toBe(variable);
  });
});
