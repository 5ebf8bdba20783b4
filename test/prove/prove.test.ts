import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/plan/step.ts';
import { liveOf, planOf } from '../support/plans.ts';
import { perform, type Command } from './command.ts';
import { decode } from './decode.ts';
import { defaultHouse, environmentOf, smallHouse } from './house.ts';
import { judgeCase, type Verdict } from './judgeCase.ts';
import { wrongsOf } from './naive.ts';
import { chance } from './orders.ts';
import { shortened, walkSequence } from './random.ts';
import { factsAfter } from './registry.ts';
import { scopes } from './scopes.ts';
import { search } from './search.ts';
import { complaintsOnTheWay } from './walkPlan.ts';

const house = defaultHouse;
const environment = environmentOf(house);
const text = 'a[1:2,4,6,8 2:2,4,6,8]{dev>2 prod>0 qa>1}';
const before = decode(text, house.hosts);
const pop: Command = { do: 'pop', service: 'a', position: 0, single: false };

function verdictOf(
  command: Command,
  outcome = perform(before, command, environment, factsAfter(0)),
): Verdict {
  const wrongs = wrongsOf(before, house);
  return judgeCase(
    { before, command, outcome },
    { house, environment, wrongs, random: chance(1), isQuick: false },
  );
}

describe('a search', () => {
  it('visits states breadth-first, counts its cases and finds nothing wrong', () => {
    const scope = scopes.find(({ name }) => name === 'no twins');
    const found = scope && search(scope, { limit: 1500, most: 1, now: () => 0, isQuick: false });
    expect(found).toMatchObject({ scope: 'no twins', examples: [] });
    expect(found?.cases).toBeGreaterThanOrEqual(1500);
    expect(found?.accepted).toBeGreaterThan(100);
  });
});

describe('a search of three services, one below the other', () => {
  it('finds no container that answers for two stages at once', () => {
    const scope = scopes.find(({ name }) => name === 'stages of three');
    const found = scope && search(scope, { limit: 1500, most: 1, now: () => 0, isQuick: true });
    expect(found).toMatchObject({ examples: [] });
    expect(found?.accepted).toBeGreaterThan(100);
  });
});

describe('the judge of a case', () => {
  it('agrees with what is right', () => {
    expect(verdictOf(pop)).toMatchObject({ by: 'nobody', complaints: [] });
    expect(verdictOf({ ...pop, single: true })).toMatchObject({
      by: 'check',
      codes: ['stack-twins'],
      complaints: [],
    });
    expect(verdictOf({ ...pop, position: 9 })).toMatchObject({ by: 'action', complaints: [] });
  });

  it('complains of a refusal without a reason', () => {
    const refusal = perform(before, { ...pop, position: 9 }, environment, factsAfter(0));
    expect(verdictOf(pop, refusal).complaints).toEqual([
      'refused by the action (it has no position 9: its height is 4), and it is possible',
    ]);
  });

  it('complains where what is impossible is accepted', () => {
    const { complaints } = verdictOf({ ...pop, service: 'nobody' }, { ok: true, value: before });
    expect(complaints).toEqual(['accepted, and it is impossible: no stack to pop']);
  });
});

describe('the walk of a plan', () => {
  const outcome = perform(before, pop, environment, factsAfter(0));
  if (!outcome.ok) throw new Error('the pop was refused');
  const next = outcome.value;
  const plan = planOf(before, next, environment);

  function complaints(changed: Plan): string[] {
    const walk = { before, next, plan: changed, house, environment };
    return complaintsOnTheWay(walk, { random: chance(1), isQuick: false });
  }

  it('has nothing against the plan', () => {
    expect(liveOf(before, environment).get('lb')).toContain('a-stack1-app1');
    expect(complaints(plan)).toEqual([]);
  });

  it('sees a step that waits for too little', () => {
    const steps = plan.steps.map((step) => (step.kind === 'stop_container' ? { ...step, needs: [] } : step));
    expect(complaints({ ...plan, steps }).join('\n')).toContain('requests are still sent to it');
  });

  it.each([
    ...(['add_server', 'drain_server', 'wait_drained', 'remove_server', 'write_config'] as const),
    ...(['stop_container', 'remove_container', 'commit_state'] as const),
  ])('misses a step %s', (kind) => {
    const steps = plan.steps.filter((step) => step.kind !== kind);
    expect(complaints({ ...plan, steps }).length).toBeGreaterThan(0);
  });

  it('sees a way back that is none', () => {
    const steps = plan.steps.map((step) =>
      step.kind === 'drain_server' ? { ...step, server: { ...step.server, name: 'a-stack1-app2' } } : step,
    );
    expect(complaints({ ...plan, steps }).join('\n')).toContain('the world is not as before');
  });
});

describe('the walk of a plan with links', () => {
  const small = { ...smallHouse, stages: ['prod', 'qa'] };
  const stages = 'a[1:2,4]{prod>0(a>b@*) qa>1(a>b@*)};b[1:2,4,6]{}';
  const walkOf = (beginning: string, command: Command, change: (plan: Plan) => Plan): string => {
    const given = environmentOf(small);
    const from = decode(beginning, small.hosts);
    const outcome = perform(from, command, given, factsAfter(0));
    if (!outcome.ok) throw new Error('it was refused');
    const plan = change(planOf(from, outcome.value, given));
    const walk = { before: from, next: outcome.value, plan, house: small, environment: given };
    return complaintsOnTheWay(walk, { random: chance(1), isQuick: false }).join('\n');
  };
  const branch: Command = {
    do: 'changetree',
    endpoint: 'a-endpoint-e1',
    child: null,
    parent: null,
    position: 1,
  };

  it('has nothing against it', () => {
    expect(walkOf(stages, branch, (plan) => plan)).toBe('');
  });

  it('sees a link that leads nowhere, or to another stage, while its container answers', () => {
    const without = (plan: Plan): Plan => ({
      ...plan,
      steps: plan.steps.filter((step) => step.kind !== 'set_map'),
    });
    const pop: Command = { do: 'pop', service: 'a', position: 0, single: false };
    const higher = stages.replace('2,4', '2,4,6');
    expect(walkOf(higher, pop, (plan) => plan)).toBe('');
    expect(walkOf(higher, pop, without)).toContain(
      'a-stack1-app2 answers for a-endpoint-e1, and calls link.b.1, not link.b.0',
    );
    const nowhere = (plan: Plan): Plan => ({
      ...plan,
      steps: plan.steps.map((step) => (step.kind === 'set_map' ? { ...step, backend: null } : step)),
    });
    expect(walkOf(higher, pop, nowhere)).toContain('does not reach b');
  });

  it('sees that requests under way at an endpoint that ends reach nobody', () => {
    const removal: Command = { do: 'delete service', service: 'a', cascade: true };
    const one = 'a[1:2]{prod>0(a>b@*)};b[1:2]{}';
    expect(walkOf(one, removal, (plan) => plan)).toBe('');
    const hasty = (plan: Plan): Plan => ({
      ...plan,
      steps: plan.steps.map((step) => (step.kind === 'reload' ? { ...step, needs: [] } : step)),
    });
    expect(walkOf(one, removal, hasty)).toContain('answers for a-endpoint-e1, and does not reach b');
  });
});

describe('random sequences', () => {
  it('are played command by command', () => {
    const { given, complaint } = walkSequence({ house, rolling: {}, beginning: text, numbers: [2, 6, 18] });
    expect(given.map(({ command }) => command.do)).toEqual(['release', 'pop', 'host drain']);
    expect(complaint).toBeNull();
  });

  it('that are right are not shortened', () => {
    const sequence = { house, rolling: {}, beginning: text, numbers: [2, 6, 18] };
    expect(shortened(sequence)).toEqual(sequence);
  });
});
