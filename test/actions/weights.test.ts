import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { abortWeights, canaryWeights, promoteCanary, setWeights } from '../../src/actions/weights.ts';
import { containersOf } from '../../src/model/lookup.ts';
import { endpointOptions, type Weight } from '../../src/model/traffic.ts';
import { changeRow, frozen, makeState } from '../support/makeState.ts';
import { accepted, refusalsInFull } from '../support/outcome.ts';

const [prod, qa] = ['webapp-endpoint-prod', 'webapp-endpoint-qa'];
const hosts = ['docker01', 'docker02'];
const options = endpointOptions({ sticky: true });
const state = frozen(
  makeState({ webapp: { hosts, endpoints: { prod: { options }, qa: {} } }, training: {} }),
);
const weights: readonly Weight[] = [
  { position: 0, weight: 90 },
  { position: 1, weight: 10 },
];
const spread = frozen(accepted(setWeights(state, prod, weights)));

const weightsOf = (of: typeof state, name: string) =>
  of.endpoints.find((endpoint) => endpoint.name === name)?.options.weights;

const popOf = (of: typeof state, position: number) =>
  popService(of, { service: 'webapp', position, single: false });

describe('setWeights', () => {
  it('changes the weights of one endpoint, and nothing else', () => {
    const [first, ...others] = state.endpoints;
    expect(spread).toEqual({
      ...state,
      endpoints: [{ ...first, options: { ...options, weights } }, ...others],
    });
  });

  it('replaces the weights there were', () => {
    const even = [0, 2].map((position) => ({ position, weight: 50 }));
    expect(weightsOf(accepted(setWeights(spread, prod, even)), prod)).toEqual(even);
  });

  it('refuses an endpoint there is not', () => {
    expect(refusalsInFull(setWeights(state, 'gone', weights))).toEqual([
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ]);
  });
});

describe('canaryWeights', () => {
  it.each([
    [0, 1, 5, ['0=95', '1=5']],
    [1, 3, 50, ['1=50', '3=50']],
    [0, 1, 100, ['0=0', '1=100']],
  ])('from position %d to %d, %d %%', (pointer, position, share, expected) => {
    const given = canaryWeights(pointer, position, share);
    expect(given.map((one) => `${one.position}=${one.weight}`)).toEqual(expected);
  });
});

describe('abortWeights', () => {
  it('leaves the state as it was before the endpoint spread', () => {
    expect(accepted(abortWeights(spread, prod))).toEqual(state);
  });

  it('refuses an endpoint that does not spread, and one there is not', () => {
    expect(refusalsInFull(abortWeights(spread, qa))).toEqual([
      `endpoint-service: ${qa}: it does not spread over positions: all its requests go to its pointer. ` +
        `Remedy: spread it by 'cmanage weight ${qa} POSITION=WEIGHT ...' first`,
    ]);
    expect(refusalsInFull(abortWeights(spread, 'gone'))).toEqual([
      "endpoint-service: gone: there is no such endpoint. Remedy: see 'cmanage show endpoints'",
    ]);
  });
});

describe('promoteCanary', () => {
  const left = (of: typeof state, stack: string): string[] =>
    containersOf(of, stack).map(({ name, position, version }) => `${position} ${name} ${version}`);

  it('pops the pointer from every stack, and the same containers move down', () => {
    const next = accepted(promoteCanary(spread, prod));
    for (const stack of ['webapp-stack1', 'webapp-stack2']) {
      expect(left(next, stack)).toEqual([`0 ${stack}-app2 v0.2`, `1 ${stack}-app3 v0.3`]);
    }
    expect(next.endpoints).toEqual(state.endpoints);
    expect(left(next, 'training-stack1')).toEqual(left(state, 'training-stack1'));
  });

  it.each([
    [0, ['0 webapp-stack1-app3 v0.3']],
    [1, ['0 webapp-stack1-app1 v0.1', '1 webapp-stack1-app3 v0.3']],
  ])('pops what lies between the pointer %d and the canary, and nothing below', (pointer, expected) => {
    const pointed = changeRow(state, 'endpoints', prod, { pointer });
    const next = accepted(
      promoteCanary(accepted(setWeights(pointed, prod, [{ position: 2, weight: 1 }])), prod),
    );
    expect(left(next, 'webapp-stack1')).toEqual(expected);
    expect(next.endpoints).toEqual(pointed.endpoints);
  });

  it('refuses where nothing above the pointer has a share', () => {
    const below = changeRow(spread, 'endpoints', prod, { pointer: 1 });
    expect(refusalsInFull(promoteCanary(below, prod))).toEqual([
      `endpoint-service: ${prod}: the last position it spreads over is 1, which is not above its pointer 1. ` +
        `Remedy: point it there by 'cmanage changetree ${prod} --position 1', or end the weights by 'cmanage abort ${prod}'`,
    ]);
  });

  it('refuses an endpoint that does not spread', () => {
    expect(refusalsInFull(promoteCanary(spread, qa))).toEqual([
      `endpoint-service: ${qa}: it does not spread over positions: all its requests go to its pointer. ` +
        `Remedy: spread it by 'cmanage weight ${qa} POSITION=WEIGHT ...' first`,
    ]);
  });

  it('refuses while another endpoint spreads over what it would shift', () => {
    const both = accepted(setWeights(spread, qa, [{ position: 2, weight: 1 }]));
    expect(refusalsInFull(promoteCanary(both, prod))).toEqual([
      `endpoint-service: ${qa}: it spreads over positions that a pop of position 0 would shift. ` +
        `Remedy: end that first by 'cmanage promote ${qa}' or 'cmanage abort ${qa}'`,
    ]);
  });
});

describe('a pop while an endpoint spreads', () => {
  it.each([0, 1])('of position %d, which would shift what it spreads over, is refused', (position) => {
    expect(refusalsInFull(popOf(spread, position))).toEqual([
      `endpoint-service: ${prod}: it spreads over positions that a pop of position ${position} would shift. ` +
        `Remedy: end that first by 'cmanage promote ${prod}' or 'cmanage abort ${prod}'`,
    ]);
  });

  it('is done above these positions, and in other services', () => {
    expect(containersOf(accepted(popOf(spread, 2)), 'webapp-stack1')).toHaveLength(2);
    const other = popService(spread, { service: 'training', position: 0, single: false });
    expect(containersOf(accepted(other), 'training-stack1')).toHaveLength(2);
  });
});
