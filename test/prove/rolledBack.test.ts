import { expect, it } from '@jest/globals';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { rollback } from '../../src/actions/rollback.ts';
import { accepted } from '../support/outcome.ts';
import { perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { defaultHouse, environmentOf } from './house.ts';
import { judgeNext } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';

const house = { ...defaultHouse, capacity: 30, ports: 60 };
const environment = environmentOf(house);

const pop: Command = { do: 'pop', service: 'a', position: 0, single: false };
const point = (endpoint: string, position: number): Command => ({
  ...{ do: 'changetree', endpoint, child: null, parent: null, position },
});

/** What sequences found that end with the rollback of an endpoint to their beginning, when its pointer and the stacks move at once. */
it.each<[string, string, readonly Command[]]>([
  [
    'a container that goes on to serve an endpoint gets a further one when its old calls have ended',
    'a[1:2,4,6,8 2:2,4,6,8]{prod>0(a>b@*) qa>1(a>b@*) dev>2(a>b@*)};b[1:2,4,6,8 3:2,4,6,8]{}',
    [pop, point('a-endpoint-e1', 1), point('a-endpoint-e3', 2), point('a-endpoint-e2', 0)],
  ],
  [
    'a link that ends is not waited for by those who call its container afterwards, and so waits for those who did before',
    'a[1:2,4,6,8 2:2,4,6,8]{prod>0(a>b@* b>c@*) qa>1(a>b@* b>c@*) dev>2(a>b@*)};b[1:2,4,6,8]{};c[1:2,4,6,8]{}',
    [point('a-endpoint-e1', 1), point('a-endpoint-e2', 0), pop, point('a-endpoint-e3', 0)],
  ],
])('%s', (_case, beginning, commands) => {
  const then = decode(beginning, house.hosts);
  const before = commands.reduce(
    (state, command) => accepted(perform(state, command, environment, factsAfter(0))),
    then,
  );
  const back = accepted(rollback(before, then, { endpoint: 'a-endpoint-e2' }, environment));
  const next = accepted(provideLinks(before, back, environment));
  const court = { house, environment, wrongs: wrongsOf(before, house), random: chance(1), isQuick: false };
  expect(judgeNext(before, next, court, null)).toMatchObject({ by: 'nobody', complaints: [] });
});
