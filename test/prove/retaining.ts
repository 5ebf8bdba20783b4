import fc from 'fast-check';
import { popService } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { prune, retain } from '../../src/actions/retention.ts';
import { rollback } from '../../src/actions/rollback.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { Retention } from '../../src/model/retention.ts';
import type { State } from '../../src/model/state.ts';
import { proposed, type Outcome } from '../../src/model/violation.ts';
import { argumentsOf, perform } from './command.ts';
import { decode } from './decode.ts';
import { drawnCommand } from './drawn.ts';
import { defaultHouse, environmentOf, smallHouse, type House } from './house.ts';
import { judgeNext } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';
import { factsAfter } from './registry.ts';

/**
 * Random sequences of commands with services that retain what is popped, and with rollbacks to any state that was, and
 * prunes between them. Every plan is walked by the naive street, forwards and broken off, as in random.ts.
 */
export type Course = {
  readonly house: House;
  readonly beginning: string;
  readonly retention: Retention;
  readonly numbers: readonly number[];
};

const starts: readonly Pick<Course, 'house' | 'beginning'>[] = [
  {
    house: { ...defaultHouse, capacity: 14, ports: 20 },
    beginning: 'a[1:2,4,6,8 2:2,4,6,8]{prod>0(a>b@*) qa>1(a>b@*) dev>2(a>b@*)};b[1:2,4,6,8 3:2,4,6,8]{}',
  },
  { house: smallHouse, beginning: 'a[1:2,4,6 2:2,4,6]{prod>0(a>b@*)};b[2:2,4 3:2,4]{}' },
  { house: { ...smallHouse, capacity: 4, ports: 6 }, beginning: 'a[1:2,4,6 2:2,4,6]{prod>0}' },
];

export const courses: fc.Arbitrary<Course> = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.record({
      by: fc.constantFrom('count', 'seconds'),
      limit: fc.integer({ min: 1, max: 4 }),
      warm: fc.boolean(),
    }),
    fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 25, size: 'max' }),
  )
  .map(([start, retention, numbers]) => ({ ...start, retention, numbers }));

/** What was done on a course: how often containers were kept, came back and went, and what is wrong, if anything is. */
export type Passed = {
  readonly lines: readonly string[];
  readonly kept: number;
  readonly back: number;
  readonly expired: number;
  readonly complaint: string | null;
};

export function walkCourse({ house, beginning, retention, numbers }: Course): Passed {
  const environment = environmentOf(house);
  const random = chance(numbers[0] ?? 0);
  const lines: string[] = [];
  const seen = { kept: 0, back: 0, expired: 0 };
  let state = retaining(decode(beginning, house.hosts), retention);
  const past: State[] = [state];
  for (const [index, number] of numbers.entries()) {
    const [line, outcome] = act(number, { state, past, now: index * 1000 }, house, environment);
    lines.push(line);
    if (!outcome.ok) continue;
    const next = outcome.value;
    const court = { house, environment, wrongs: wrongsOf(state, house), random, isQuick: true };
    const verdict = judgeNext(state, next, court, null);
    const complaints = [...verdict.complaints, ...stray(next), ...givenTwice(line, verdict.codes)];
    if (complaints.length > 0) return { lines, ...seen, complaint: complaints.join('\n') };
    if (!verdict.next) continue;
    const standing = new Set(next.containers.map(({ name }) => name));
    const gone = state.retained.filter((row) => !next.retained.includes(row));
    seen.kept += next.retained.filter((row) => !state.retained.includes(row)).length;
    seen.back += gone.filter(({ name }) => standing.has(name)).length;
    seen.expired += gone.filter(({ name }) => !standing.has(name)).length;
    state = { ...next, revision: state.revision + 1 };
    past.push(state);
  }
  return { lines, ...seen, complaint: null };
}

function retaining(state: State, retention: Retention): State {
  return { ...state, services: state.services.map((service) => ({ ...service, retention })) };
}

type Moment = { readonly state: State; readonly past: readonly State[]; readonly now: number };

/** A third of the acts are rollbacks, with some of the retained containers lost; a few are prunes; the others commands. */
function act(
  number: number,
  { state, past, now }: Moment,
  house: House,
  environment: Environment,
): [string, Outcome] {
  const [kind, rest] = [number % 12, Math.floor(number / 12)];
  const [service = 'a'] = state.services.map(({ name }) => name).slice(rest % 2);
  const linked = (outcome: Outcome): Outcome =>
    outcome.ok ? provideLinks(state, outcome.value, environment) : outcome;
  if (kind < 4) {
    const back = Math.floor(rest / 2) % past.length;
    const then = past[past.length - 1 - back] ?? state;
    const lost = new Set(
      state.retained.filter((_, index) => (rest >> index) % 8 === 7).map(({ name }) => name),
    );
    const [endpoint] = then.endpoints.filter((row) => row.service === service).map(({ name }) => name);
    const scope = endpoint !== undefined && rest % 3 === 0 ? { endpoint } : { service };
    const outcome = retain(state, rollback(state, then, scope, environment, lost), now);
    return [`rollback ${JSON.stringify(scope)} by ${back}, lost ${[...lost].join()}`, linked(outcome)];
  }
  if (kind === 4) {
    const all = rest % 4 === 0;
    return [`prune ${all ? '--all' : ''}`, prune(state, { service: null, all, now })];
  }
  if (kind < 8) {
    const request = { service, position: rest % 5 === 4 ? 1 : 0, single: false };
    return [`pop ${service}`, linked(retain(state, popService(state, request), now))];
  }
  const command = drawnCommand(rest, state, house);
  const outcome = perform(state, command, environment, factsAfter(0));
  return [argumentsOf(command).join(' '), command.do === 'pop' ? proposed(state) : outcome];
}

/** Names, ports and links are given by the core itself; only a public port is typed. */
function givenTwice(line: string, codes: readonly string[]): string[] {
  if (line.startsWith('addendpoint')) return [];
  const given = codes.filter((code) => ['names', 'ports', 'links'].includes(code));
  return given.map((code) => `${line} is refused by ${code}, which nobody typed`);
}

/** What is retained has a stack, and stands in none. */
function stray({ stacks, containers, retained }: State): string[] {
  return retained.flatMap(({ name, stack }) => [
    ...(stacks.some((row) => row.name === stack) ? [] : [`${name} is retained of no stack`]),
    ...(containers.some((row) => row.name === name) ? [`${name} is retained, and in its stack`] : []),
  ]);
}
