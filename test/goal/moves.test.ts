import { describe, expect, it } from '@jest/globals';
import { make, type Move } from '../../src/goal/moves.ts';
import { setWeights } from '../../src/actions/weights.ts';
import { frozen, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';

const prod = 'webapp-endpoint-prod';
const versions = ['v0.1', 'v0.2', 'v0.3'];
const ground = {
  service: 'webapp',
  environment: makeEnvironment(),
  facts: makeFacts('registry.example/webapp', versions),
};
const retention = { by: 'count', limit: 1, warm: false } as const;
const state = frozen(makeState({ webapp: { versions, retention, endpoints: { prod: {} } } }));
const spread = frozen(
  accepted(
    setWeights(state, prod, [
      { position: 0, weight: 90 },
      { position: 1, weight: 10 },
    ]),
  ),
);

/** As their commands do: test/scenarios/retention.test.ts observes the same of `pop` and `promote` on engines. */
describe('a move that pops keeps what it pops where the service says so', () => {
  it.each<[string, typeof state, Move]>([
    ['pop', state, { do: 'pop', position: 0, single: false }],
    ['promote', spread, { do: 'promote', endpoint: prod }],
  ])('%s', (_name, before, move) => {
    const next = accepted(make(before, move, ground));
    const kept = { ...state.containers[0], since: 1, retainedAt: ground.facts.now, warm: false };
    expect(next.retained).toEqual([kept]);
    expect(next.containers.map(({ version }) => version)).toEqual(['v0.2', 'v0.3']);
  });
});
