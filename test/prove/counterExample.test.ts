import { expect, it } from '@jest/globals';
import { check } from '../../src/constraints/check.ts';
import { perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { environmentOf, smallHouse } from './house.ts';
import { newlyWrong, wrongsOf } from './naive.ts';
import { factsAfter } from './registry.ts';

/**
 * The shortest sequence that the search found against the rules as they first were, with `unordered: allow`: addservice
 * with v2, release latest, release v1. Each neighbour was compared with the one below it, and a tag without an order
 * stands anywhere; so v1 came to stand above v2, with `latest` between them to hide it.
 */
it('a tag without an order does not hide that versions decrease', () => {
  const house = { ...smallHouse, unordered: true };
  const environment = environmentOf(house);
  const before = decode('a[1:2,latest]{}', house.hosts);
  const release: Command = { do: 'release', service: 'a', versions: ['v1'] };
  const outcome = perform(before, release, environment, factsAfter(0));
  if (!outcome.ok) throw new Error('the action is not what refuses it');
  const wrong = newlyWrong(
    { state: before, wrongs: wrongsOf(before, house) },
    wrongsOf(outcome.value, house),
    house,
  );
  expect([...wrong]).toEqual(['stack-versions']);
  const errors = check(before, outcome.value, environment).filter(({ level }) => level === 'error');
  expect(errors.map(({ code }) => code)).toEqual(['stack-versions']);
});
