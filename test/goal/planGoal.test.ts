import { describe, expect, it } from '@jest/globals';
import { makeEnvironment, makeState, type ServiceSketch } from '../support/makeState.ts';
import { goalPlan, typed, type Asked } from '../support/goals.ts';
import { inShort } from '../support/outcome.ts';
import { withTree } from '../support/trees.ts';

const stages = { prod: {}, qa: {}, dev: {} };
const twins = { hosts: ['docker01', 'docker02'], endpoints: stages };
const webapp = (...versions: string[]): Record<string, ServiceSketch> => ({ webapp: { ...twins, versions } });
const low = makeState(webapp('v0.1', 'v0.2', 'v0.3'));
const high = makeState(webapp('v0.1', 'v0.2', 'v0.3', 'v0.4'));

function ways(state: typeof low, goal: string, asked: Asked = {}): unknown {
  const { shortest, promoting, isCertain } = goalPlan(state, goal, asked);
  expect(isCertain).toBe(true);
  return [typed(shortest, asked.service), typed(promoting, asked.service)];
}

const prod = 'webapp-endpoint-prod';

describe('the way to a goal', () => {
  it('promotes by a pop what stands above', () => {
    expect(ways(high, 'prod=v0.2')).toEqual([['pop webapp'], null]);
    expect(ways(high, 'prod=v0.2 qa=v0.3 dev=v0.4')).toEqual([['pop webapp'], null]);
  });

  it('has no commands where the goal is reached', () => {
    expect(ways(low, 'prod=v0.1 dev=v0.3')).toEqual([[], null]);
  });

  it('is told with and without re-pointing', () => {
    expect(ways(low, 'prod=v0.5', { using: ['v0.5'] })).toEqual([
      ['release webapp -v v0.5', `changetree ${prod} --position 3`],
      ['release webapp -v v0.5 v0.5 v0.5', 'pop webapp', 'pop webapp', 'pop webapp'],
    ]);
  });

  it('fills up what a pop would leave too low, or replaces', () => {
    expect(ways(low, 'prod=v0.2')).toEqual([['replace webapp --position 0 --direction up'], null]);
    expect(ways(low, 'prod=v0.2 qa=v0.3', { using: ['v0.3'] })).toEqual([
      ['release webapp -v v0.3', 'pop webapp'],
      null,
    ]);
  });

  it('leads stages to versions that may not stand in this order', () => {
    expect(ways(high, 'prod=v0.4 qa=v0.3')).toEqual([
      ['pop webapp', `changetree ${prod} --position 2`],
      null,
    ]);
  });

  it('leads the calls of a tree to another position of a service below', () => {
    const state = withTree(
      makeState({ webapp: { endpoints: { prod: {} } }, training: {} }),
      prod,
      'webapp > training',
    );
    expect(ways(state, 'prod=v0.3', { service: 'training' })).toEqual([
      [`changetree ${prod} --child training --position 2`],
      ['replace training --position 1 --direction up', 'replace training --position 0 --direction up'],
    ]);
  });

  it('ends a canary by promoting it, or by giving it up', () => {
    const weights = [
      { position: 0, weight: 90 },
      { position: 1, weight: 10 },
    ];
    const sketch = webapp('v0.1', 'v0.2', 'v0.3', 'v0.4');
    const state = makeState(sketch);
    const endpoints = state.endpoints.map((row) =>
      row.name === prod ? { ...row, options: { ...row.options, weights } } : row,
    );
    expect(ways({ ...state, endpoints }, 'prod=v0.2')).toEqual([[`promote ${prod}`], null]);
    expect(ways({ ...state, endpoints }, 'prod=v0.1')).toEqual([[`abort ${prod}`], null]);
  });
});

describe('a goal that cannot be reached', () => {
  function none(goal: string, asked: Asked = {}): unknown {
    const { shortest, inTheWay, nearest } = goalPlan(low, goal, { limit: 60, ...asked });
    expect(shortest).toBeNull();
    return { inTheWay: inTheWay.map(inShort), answers: nearest?.answers, way: typed(nearest?.way ?? null) };
  }

  it('is told with the rule in the way, and the nearest goal that is possible', () => {
    expect(none('prod=v0.0', { using: ['v0.0'] })).toEqual({
      inTheWay: [
        'stack-versions: webapp-stack1-app4: v0.0 cannot stand on v0.3 at position 2 of webapp-stack1, which is later',
      ],
      answers: [{ stage: 'prod', versions: ['v0.1'] }],
      way: [],
    });
  });

  it('is known for one at once, where the rules surely refuse whatever would fulfil it', () => {
    const { states, isCertain } = goalPlan(low, 'prod=v0.0', { using: ['v0.0'], limit: 1000 });
    expect(isCertain).toBe(true);
    expect(states).toBeLessThan(5);
    expect(none('prod=latest', { using: ['latest'], limit: 1000 })).toMatchObject({
      inTheWay: [expect.stringMatching(/^stack-versions/), expect.stringMatching(/^version-pinned/)],
    });
  });

  it('is none for want of room on a host', () => {
    const environment = makeEnvironment();
    const hosts = environment.hosts.map((host) => ({ ...host, maxContainers: 3 }));
    const full = { ...environment, hosts };
    expect(none('prod=v0.5', { using: ['v0.5'], environment: full })).toMatchObject({
      inTheWay: [expect.stringMatching(/^host-capacity: docker01/)],
      answers: [{ stage: 'prod', versions: ['v0.3'] }],
      way: [`changetree ${prod} --position 2`],
    });
  });

  it('comes as near to it as it can', () => {
    expect(none('prod=v0.2 dev=v0.9')).toEqual({
      inTheWay: ['container-version: webapp: there is no image of version v0.9 to be had'],
      answers: [
        { stage: 'prod', versions: ['v0.2'] },
        { stage: 'dev', versions: ['v0.3'] },
      ],
      way: ['replace webapp --position 0 --direction up'],
    });
  });

  it('says where it has not looked at everything', () => {
    expect(goalPlan(low, 'prod=v0.5', { using: ['v0.5'], limit: 1 })).toMatchObject({
      shortest: null,
      isCertain: false,
    });
  });
});
