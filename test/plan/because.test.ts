import { describe, expect, it } from '@jest/globals';
import { becauseOfBackend, becauseOfLink, becauseOfReload, becauseOfWeight } from '../../src/plan/because.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { changeRow, makeEnvironment, makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const hosts = ['docker01', 'docker02'];
const state = makeState({ webapp: { hosts, endpoints: { prod: {}, qa: {} } } });
const empty = { ...state, containers: [] };
const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];
const spread = (...weights: { position: number; weight: number }[]) =>
  changeRow(state, 'endpoints', prod, { options: endpointOptions({ weights }) });

describe('becauseOfBackend', () => {
  it.each([
    ['a position is emptied', state, empty, prod, `${prod} goes from v0.1 to nothing`],
    ['it is filled', empty, state, qa, `${qa} goes from nothing to v0.2`],
    [
      'the same version stands on another container of one stack',
      state,
      changeRow(state, 'containers', 'webapp-stack2-app1', { name: 'webapp-stack2-app9' }),
      prod,
      `${prod} moves to webapp-stack1-app1, webapp-stack2-app9`,
    ],
    [
      'the endpoint ends',
      state,
      { ...state, endpoints: state.endpoints.slice(1) },
      prod,
      `${prod} goes from v0.1 to nothing`,
    ],
    [
      'requests are spread',
      state,
      spread({ position: 0, weight: 90 }, { position: 2, weight: 10 }),
      prod,
      `${prod} goes from v0.1 to v0.1 and v0.3`,
    ],
    [
      'another version is called at a position',
      state,
      changeRow(
        changeRow(state, 'containers', 'webapp-stack1-app2', { version: 'v9' }),
        'containers',
        'webapp-stack2-app2',
        { version: 'v9' },
      ),
      'link.webapp.1',
      'calls to webapp at position 1 go from v0.2 to v9',
    ],
    [
      'another container is called at a position',
      state,
      changeRow(state, 'containers', 'webapp-stack2-app3', { name: 'webapp-stack2-app9' }),
      'link.webapp.2',
      'calls to webapp at position 2 move to webapp-stack1-app3, webapp-stack2-app9',
    ],
  ])('says what moves where %s', (_case, before, next, backend, because) => {
    expect(becauseOfBackend({ before, next }, backend)).toBe(because);
  });
});

describe('becauseOfReload', () => {
  const ours = { isOurs: true, renewsCertificate: false, startsLinks: false };

  it('says which endpoints begin and which end', () => {
    const [first, second] = [0, 1].map((index) => ({
      ...(index === 0 ? state : empty),
      endpoints: state.endpoints.slice(index, index + 1),
    }));
    if (!first || !second) throw new Error('unreachable');
    expect(becauseOfReload(first, second, ours)).toBe(`${qa} begins with nothing; ${prod} ends`);
    expect(becauseOfReload(second, state, ours)).toBe(`${prod} begins with v0.1`);
  });

  it('says that containers call others for the first time', () => {
    expect(becauseOfReload(state, state, { ...ours, startsLinks: true })).toBe(
      'containers reach the services they call through it',
    );
    expect(
      becauseOfReload({ ...state, endpoints: [] }, state, { ...ours, isOurs: false, startsLinks: true }),
    ).toBe(
      `${prod} begins with v0.1; ${qa} begins with v0.2; containers reach the services they call through it`,
    );
  });

  it('says that a certificate is renewed', () => {
    expect(becauseOfReload(state, state, { ...ours, renewsCertificate: true })).toBe(
      'the file of a certificate has another content',
    );
  });

  it('says that the file is another, or that only the way of serving changes', () => {
    expect(becauseOfReload(state, state, { ...ours, isOurs: false })).toBe(
      'the file on the load balancer is not what the state says',
    );
    expect(becauseOfReload(state, state, ours)).toBe('the way its endpoints are served changes');
  });
});

describe('becauseOfLink', () => {
  const [container] = state.containers;
  if (!container) throw new Error('the sketch has no container');

  it.each([
    ['link.mail.2', 'webapp-stack1-app1 calls mail at position 2'],
    ['link.mail.prod', 'webapp-stack1-app1 calls mail at its target for prod'],
    [null, 'nobody calls from there any more'],
  ])('says where a link leads: %s', (backend, because) => {
    expect(becauseOfLink(container, 'mail', backend)).toBe(because);
  });
});

describe('becauseOfWeight', () => {
  it('says the share', () => {
    const server = { name: 's', address: '192.0.2.11', port: 1, weight: 25 };
    expect(becauseOfWeight(prod, server)).toBe(`${prod} gives it weight 25`);
  });
});

describe('the cause of a reload', () => {
  it('where no endpoint moves, is the way it is served', () => {
    const next = changeRow(state, 'endpoints', prod, { port: 9999 });
    const [, change] = planOf(state, next, makeEnvironment()).steps;
    expect(change?.kind).toBe('reload');
    expect(change?.because).toBe('the way its endpoints are served changes');
  });
});
