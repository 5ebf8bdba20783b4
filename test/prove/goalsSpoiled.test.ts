import { describe, expect, it, jest } from '@jest/globals';
import type { State } from '../../src/model/state.ts';
import type { Move } from '../../src/goal/moves.ts';
import * as bound from '../../src/goal/bound.ts';
import * as cost from '../../src/goal/cost.ts';
import * as everyMove from '../../src/goal/everyMove.ts';
import * as legal from '../../src/goal/legal.ts';

/** What of the search is replaced, in turns. */
const parts = { bound: { ...bound }, cost: { ...cost }, everyMove: { ...everyMove }, legal: { ...legal } };

/** The bound of a search, changed where it says how far it is from a state. */
function boundThat(change: (moves: number, state: State) => number): typeof bound.boundOf {
  return (...given) => {
    const { from, after } = bound.boundOf(...given);
    return { from: (state) => change(from(state), state), after };
  };
}

const moveWithout =
  (kind: Move['do']): typeof everyMove.everyMove =>
  (...given) =>
    everyMove.everyMove(...given).filter((move) => move.do !== kind);

/** A goal search that is spoiled on purpose must be found wrong, or the proof of it would prove nothing. */
describe('the proof of the goal search', () => {
  /** What is found wrong first, with some part of the search changed. */
  async function wrongWith(
    text: string,
    spoiled: Partial<Record<keyof typeof parts, object>>,
  ): Promise<string> {
    jest.resetModules();
    for (const [name, part] of Object.entries({ ...parts, ...spoiled })) {
      jest.unstable_mockModule(`../../src/goal/${name}.ts`, () => part);
    }
    const { compareAll } = await import('./goals.ts');
    const { scopes } = await import('./scopes.ts');
    const scope = scopes.find(({ name }) => name === 'no twins');
    if (!scope) throw new Error('the scope is not there');
    const { wrong } = compareAll({ ...scope, tags: [], bounds: { ...scope.bounds, versions: 3 } }, [
      { text, service: 'a' },
    ]);
    return wrong.join('\n');
  }

  it('finds nothing where nothing is spoiled', async () => {
    expect(await wrongWith('a[1:2,4,6]{}', {})).toBe('');
  });

  it('sees a bound that says too much', async () => {
    // Of a lower stack it says that more is to be done than there is.
    const isLow = ({ containers }: State): boolean => containers.length < 4;
    const boundOf = boundThat((moves, state) => (moves > 0 && isLow(state) ? moves + 3 : moves));
    expect(await wrongWith('a[1:2,2,4,6]{}', { bound: { ...bound, boundOf } })).toMatch(
      /the shortest way has \d commands, and \d are enough/,
    );
  });

  it('sees a bound that takes what is possible for hopeless', async () => {
    const boundOf = boundThat((moves) => (moves > 1 ? Infinity : moves));
    expect(await wrongWith('a[1:2,2,4,6]{}', { bound: { ...bound, boundOf } })).toContain(
      'is not there, says the search, and 2 are enough',
    );
  });

  it('sees a rule that is skipped', async () => {
    expect(await wrongWith('a[1:2,2,4]{qa>2}', { legal: { ...legal, whyNot: () => [] } })).toMatch(
      /is refused by (check|steps)/,
    );
  });

  it('sees a rule that refuses too much', async () => {
    const spoiled: typeof legal.whyNot = (before, next, environment) =>
      next.containers.length < before.containers.length
        ? [{ code: 'x', level: 'error', object: 'x', service: null, fact: '', remedy: '' }]
        : legal.whyNot(before, next, environment);
    expect(await wrongWith('a[1:2,4,6]{}', { legal: { ...legal, whyNot: spoiled } })).toContain('are enough');
  });

  it('sees a wrong cost', async () => {
    const spoiled = (move: Move): number => cost.costOf(move) * (move.do === 'pop' ? 3 : 1);
    expect(await wrongWith('a[1:2,4,6]{}', { cost: { ...cost, costOf: spoiled } })).toMatch(
      /the shortest way has \d commands, and \d are enough/,
    );
  });

  it.each([
    ['pop', 'a[1:2,4,6]{}'],
    ['release', 'a[1:2,2]{}'],
    ['replace', 'a[1:2,4]{prod>0}'],
    ['changetree', 'a[1:2,4]{prod>0 qa>0}'],
  ] as const)('misses a %s', async (kind, text) => {
    const spoiled = { ...everyMove, everyMove: moveWithout(kind) };
    expect(await wrongWith(text, { everyMove: spoiled })).toContain('are enough');
  });
});
