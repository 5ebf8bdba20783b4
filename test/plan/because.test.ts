import { describe, expect, it } from '@jest/globals';
import { becauseOfTraffic } from '../../src/plan/because.ts';
import { changeRow, makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const hosts = ['docker01', 'docker02'];
const state = makeState({ webapp: { hosts, endpoints: { prod: {}, qa: {} } } });
const empty = { ...state, containers: [] };
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];

describe('becauseOfTraffic', () => {
  it.each([
    ['nothing', state, state, ''],
    [
      'both positions are emptied',
      state,
      empty,
      `${prod} goes from v0.1 to nothing; ${qa} goes from v0.2 to nothing`,
    ],
    ['both are filled', empty, state, `${prod} goes from nothing to v0.1; ${qa} goes from nothing to v0.2`],
    [
      'the same version stands on another container of one stack',
      state,
      changeRow(state, 'containers', 'webapp-stack2-app1', { name: 'webapp-stack2-app9' }),
      `${prod} moves to webapp-stack1-app1, webapp-stack2-app9`,
    ],
    [
      'one begins on nothing and one ends',
      { ...state, endpoints: state.endpoints.slice(0, 1) },
      { ...empty, endpoints: state.endpoints.slice(1) },
      `${qa} begins with nothing; ${prod} ends`,
    ],
  ])('says what moves where %s', (_case, before, next, because) => {
    expect(becauseOfTraffic(before, next)).toBe(because);
  });
});

describe('the cause of a switch', () => {
  it('where no endpoint moves, is the way it is served', () => {
    const next = changeRow(state, 'endpoints', prod, { port: 9999 });
    const [, change] = planOf(state, next, makeEnvironment()).steps;
    expect(change?.because).toBe('the way its endpoints are served changes');
  });
});
