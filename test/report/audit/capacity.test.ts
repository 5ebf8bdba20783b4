import { describe, expect, it } from '@jest/globals';
import { capacityReport } from '../../../src/report/audit/capacity.ts';
import { lossesOf, servicesOnOneHost } from '../../../src/report/audit/hostLoss.ts';
import { textOf } from '../../../src/report/audit/report.ts';
import {
  makeBalancer,
  makeEnvironment,
  makeHost,
  makeState,
  withEdge,
  changeRow,
} from '../../support/makeState.ts';
import { edge, shop, shopMaterial } from '../../support/shop.ts';

const told = (state = shop()): string[] =>
  lossesOf(state).map(
    ({ host, endpoint, servers, lost, dark, thinner }) =>
      `${host} ${endpoint.name}: ${lost} of ${servers}, dark [${dark.join(' ')}], thinner [${thinner.join(' ')}]`,
  );

describe('what is lost with a host', () => {
  it('are servers of endpoints, and what is called on their behalf', () => {
    expect(told()).toEqual([
      'docker01 admin-endpoint-prod: 0 of 2, dark [], thinner [training]',
      'docker01 webapp-endpoint-dev: 1 of 2, dark [], thinner [webapp training]',
      'docker01 webapp-endpoint-prod: 1 of 2, dark [], thinner [webapp training]',
      'docker01 webapp-endpoint-qa: 1 of 2, dark [], thinner [webapp training]',
      'docker02 admin-endpoint-prod: 1 of 2, dark [], thinner [admin]',
      'docker02 webapp-endpoint-dev: 1 of 2, dark [], thinner [webapp]',
      'docker02 webapp-endpoint-prod: 1 of 2, dark [], thinner [webapp]',
      'docker02 webapp-endpoint-qa: 1 of 2, dark [], thinner [webapp]',
      'docker03 admin-endpoint-prod: 1 of 2, dark [], thinner [admin training]',
      'docker03 webapp-endpoint-dev: 0 of 2, dark [], thinner [training]',
      'docker03 webapp-endpoint-prod: 0 of 2, dark [], thinner [training]',
      'docker03 webapp-endpoint-qa: 0 of 2, dark [], thinner [training]',
    ]);
  });

  it('is the endpoint itself where all its servers are there, or all of a service that it calls', () => {
    const state = withEdge(
      makeState({
        shop: { hosts: ['docker01'], endpoints: { prod: {} } },
        pay: { hosts: ['docker02', 'docker03'], endpoints: { prod: {} } },
        bank: { hosts: ['docker02'] },
      }),
      edge('pay-endpoint-prod', 'pay', 'bank'),
    );
    expect(told(state)).toEqual([
      'docker01 shop-endpoint-prod: 1 of 1, dark [shop], thinner []',
      'docker02 pay-endpoint-prod: 1 of 2, dark [bank], thinner [pay]',
      'docker03 pay-endpoint-prod: 1 of 2, dark [], thinner [pay]',
    ]);
    expect(servicesOnOneHost(state)).toEqual([
      { service: 'shop', host: 'docker01' },
      { service: 'bank', host: 'docker02' },
    ]);
    const { sections, figures } = capacityReport(shopMaterial({ state }));
    const dark = sections.find(({ id }) => id === 'dark')?.rows.map((row) => row.map(textOf));
    expect(dark).toEqual([
      ['docker01', 'shop-endpoint-prod', 'prod', '1', '1', '0', 'goes dark', 'shop', '-'],
      ['docker02', 'pay-endpoint-prod', 'prod', '2', '1', '1', 'calls in vain', 'bank', 'pay'],
    ]);
    expect(figures.find(({ label }) => label === 'endpoints that one host takes down')?.value).toBe('2');
  });

  it('looks at each position an endpoint spreads over', () => {
    let state = makeState({ shop: { hosts: ['docker01', 'docker02'], endpoints: { prod: {} } } });
    const [endpoint] = state.endpoints;
    const weights = [
      { position: 0, weight: 9 },
      { position: 2, weight: 1 },
    ];
    const options = { ...endpoint?.options, weights } as NonNullable<typeof endpoint>['options'];
    state = changeRow(state, 'endpoints', 'shop-endpoint-prod', { options });
    const lacking = {
      ...state,
      containers: state.containers.filter(({ name }) => name !== 'shop-stack2-app3'),
    };
    expect(told(state)[0]).toBe('docker01 shop-endpoint-prod: 2 of 4, dark [], thinner [shop]');
    expect(told(lacking)[0]).toBe('docker01 shop-endpoint-prod: 2 of 3, dark [shop], thinner []');
  });
});

describe('the hosts', () => {
  it('are told with what stands on them and what may still come, and those that are not in hosts.yml', () => {
    const hosts = [
      makeHost('docker01', { maxContainers: 6 }),
      makeHost('docker02', { maxContainers: null }),
      makeHost('docker04', { maxContainers: 5, placement: false }),
    ];
    const environment = makeEnvironment({ hosts, loadBalancers: [makeBalancer()] });
    const { sections, about } = capacityReport(shopMaterial({ environment }));
    expect(sections[0]?.rows.map((row) => row.map(textOf))).toEqual([
      ['docker01', '100 %', '6', '6', '0', '994', '1536', '0', 'yes', '0', '4'],
      ['docker02', 'no limit', '6', '-', '0', '994', '1536', '0', 'yes', '0', '4'],
      ['docker04', '0 %', '0', '5', '0', '1000', '0', '0', 'no', '0', '0'],
      ['docker03', 'not in hosts.yml', '8', '-', '0', '-', '1536', '2', 'no', '0', '4'],
    ]);
    expect(about).toContain('There is one load balancer: with it, every endpoint is lost.');
  });

  it('have room up to their limits, where new stacks may come', () => {
    const room = (...hosts: ReturnType<typeof makeHost>[]): string | undefined =>
      capacityReport(shopMaterial({ environment: makeEnvironment({ hosts }) })).figures[2]?.value;
    expect(
      room(makeHost('docker01', { maxContainers: 10 }), makeHost('docker02', { maxContainers: 3 })),
    ).toBe('4');
    expect(room(makeHost('docker01', { maxContainers: 10, placement: false }))).toBe('0');
    expect(room(makeHost('docker01', { maxContainers: null }))).toBe('no limit');
  });
});
