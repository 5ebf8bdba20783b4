import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { mixedAnswers } from '../../src/plan/mixing.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, makeEnvironment, makeState } from '../support/makeState.ts';
import { accepted } from '../support/outcome.ts';
import { withTree } from '../support/trees.ts';

const environment = makeEnvironment();
const prod = 'webapp-endpoint-prod';
const services = makeState({ webapp: { endpoints: { prod: {} } }, mail: {}, store: {} });

/** Production's tree: who calls mail, and whom mail calls. */
const tree = (first: string, second: string): State =>
  withLinks(withTree(withTree(services, prod, first), prod, second));
const pointed = (state: State, position: number, child: string | null = null): State =>
  accepted(changeTree(state, { endpoint: prod, child, parent: null }, { position }));
const warned = (before: State, next: State): string[] =>
  mixedAnswers(before, next, environment).map(({ level, object, fact }) => `${level} ${object}: ${fact}`);

const following = tree('webapp > mail', 'mail > store');
const fixed = tree('webapp > mail @ 0', 'mail > store');

describe('mixedAnswers', () => {
  it.each<[string, State, State]>([
    ['a pointer that all follow', following, pointed(following, 1)],
    ['one relation that changes', following, pointed(following, 1, 'store')],
    ['one in the middle, of a caller that stays', following, pointed(following, 1, 'mail')],
    [
      'a pop of the first service',
      following,
      accepted(popService(following, { service: 'webapp', position: 0, single: false })),
    ],
    ['nothing', fixed, fixed],
    ['an endpoint that ends', following, { ...following, endpoints: [] }],
  ])('warns of nothing where the change is %s', (_case, before, next) => {
    expect(warned(before, next)).toEqual([]);
  });

  it('warns where a container that stays calls others and its callers change, too', () => {
    expect(warned(fixed, pointed(fixed, 1))).toEqual([
      `warn ${prod}: until all of its tree has changed, an answer may come from webapp v0.1 > mail v0.1 > store v0.2`,
    ]);
  });

  it('warns where two services, one below the other, change their versions in one change', () => {
    const both = ['mail', 'store'].reduce(
      (state, service) => accepted(popService(state, { service, position: 0, single: false })),
      following,
    );
    expect(warned(following, both)).toEqual([
      `warn ${prod}: until all of its tree has changed, an answer may come from webapp v0.1 > mail v0.1 > store v0.2`,
    ]);
  });

  it('goes by shares where an endpoint spreads', () => {
    const weights = (other: number) => [
      { position: 0, weight: 50 },
      { position: 1, weight: other },
    ];
    const spread = (other: number): State =>
      changeRow(fixed, 'endpoints', prod, { options: endpointOptions({ weights: weights(other) }) });
    expect(warned(spread(50), spread(10))).toEqual([]);
  });
});
