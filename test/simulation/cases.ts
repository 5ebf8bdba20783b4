import { check } from '../../src/constraints/check.ts';
import { applyChange } from '../../src/model/change.ts';
import type { Environment } from '../../src/model/environment.ts';
import { defaultRolling, type Rolling } from '../../src/model/rolling.ts';
import type { State } from '../../src/model/state.ts';
import { diff } from '../../src/plan/diff.ts';
import { checkEveryStep } from '../../src/plan/everyStep.ts';
import { stackChanges } from '../../src/plan/preview.ts';
import type { Plan } from '../../src/plan/step.ts';
import { summaryOf, type OperationSummary } from '../../src/plan/summary.ts';
import { argumentsOf, perform } from '../prove/command.ts';
import { decode } from '../prove/decode.ts';
import { drawnCommand } from '../prove/drawn.ts';
import { defaultHouse, environmentOf, smallHouse, type House } from '../prove/house.ts';
import { factsAfter } from '../prove/registry.ts';
import { liveOf } from '../support/plans.ts';

/** A command in a state, with the plan that the differ makes of it. */
export type Case = {
  readonly house: House;
  readonly environment: Environment;
  readonly before: State;
  readonly next: State;
  readonly command: string;
  readonly plan: Plan;
  readonly summary: OperationSummary;
};

const small = { ...smallHouse, stages: ['prod', 'qa'] };

const games: readonly (readonly [House, readonly string[]])[] = [
  [
    defaultHouse,
    [
      'a[1:2,4,6 2:2,4,6]{dev>2 prod>0 qa>1}',
      'a[1:2,4,6,8 2:2,4,6,8]{dev>2 prod>0 qa>1}',
      'a[1:2,4,6 2:2,4,6]{dev>2(a>b@*) prod>0(a>b@* b>c@*) qa>1(a>b@*)};b[1:2,2,4 3:2,2,4]{};c[2:2,4 3:2,4]{}',
    ],
  ],
  [smallHouse, ['a[1:2 2:2]{prod>0}', 'a[1:2 2:2]{prod>0(a>b@*)};b[2:2 3:2]{}']],
  [small, ['a[1:2,4]{prod>0(a>b@*) qa>1(a>b@*)};b[1:2,4,6]{}', 'a[1:2,4,6 2:2,4,6]{prod>0 qa>1}']],
];

const ways: readonly Partial<Rolling>[] = [
  {},
  {},
  { parallelism: 1, delay: 5, monitor: 9 },
  { order: 'stop-first' },
];

/** Draws a case whose command nobody refuses. */
export function drawCase(random: () => number): Case {
  const [house, beginnings] = oneOf(random, games);
  const environment = withFewLinks(environmentOf(house));
  const rolling = oneOf(random, ways);
  let state = coming(decode(oneOf(random, beginnings), house.hosts), rolling);
  let found: Case | null = null;
  const wanted = Math.floor(random() * 3);
  for (let accepted = -1, tries = 0; tries < 200; tries++) {
    const next = drawNext(random, { house, environment, state, rolling });
    if (!next) continue;
    found = next;
    if (++accepted >= wanted) return found;
    state = { ...next.next, revision: state.revision + 1 };
  }
  return found ?? drawCase(random);
}

type Position = {
  readonly house: House;
  readonly environment: Environment;
  readonly state: State;
  readonly rolling: Partial<Rolling>;
};

/** Draws one command; null where it is refused, or is nothing to do. */
export function drawNext(
  random: () => number,
  { house, environment, state, rolling }: Position,
): Case | null {
  const command = drawnCommand(bigNumber(random), state, house);
  const outcome = perform(state, command, environment, factsAfter(Math.floor(random() * 2)));
  if (!outcome.ok) return null;
  const next = coming(outcome.value, rolling);
  if (check(state, next, environment).some(({ level }) => level === 'error')) return null;
  const plan = planFor(state, next, environment);
  if (plan.steps.length === 0) return null;
  if (checkEveryStep(state, next, plan, environment).some(({ level }) => level === 'error')) return null;
  const commit = plan.steps.find((step) => step.kind === 'commit_state');
  const recorded = commit ? applyChange(state, commit.change, state.revision + 1) : null;
  if (!recorded) return null;
  const summary = summaryOf({ stacks: stackChanges(state, next), plan });
  return {
    house,
    environment,
    before: state,
    next: recorded,
    command: argumentsOf(command).join(' '),
    plan,
    summary,
  };
}

/** The plan from a world that is as the state says. */
function planFor(before: State, next: State, environment: Environment): Plan {
  return diff(before, next, { environment, live: liveOf(before, environment), commit: true });
}

/** Each port that a load balancer listens on takes time in each schedule. */
function withFewLinks(environment: Environment): Environment {
  const { links } = environment;
  const http = { from: links.http.from, to: links.http.from + 49 };
  return { ...environment, links: { ...links, http, tcp: { from: links.tcp.from, to: links.tcp.from } } };
}

function coming(state: State, rolling: Partial<Rolling>): State {
  if (Object.keys(rolling).length === 0) return state;
  const given = { ...defaultRolling, ...rolling };
  return { ...state, services: state.services.map((row) => ({ ...row, rolling: given })) };
}

function oneOf<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** A number of 52 bits; one draw has only 32, and the digits of a command are its last. */
function bigNumber(random: () => number): number {
  return Math.floor(random() * 2 ** 26) * 2 ** 26 + Math.floor(random() * 2 ** 26);
}
