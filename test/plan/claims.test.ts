import { describe, expect, it } from '@jest/globals';
import { popService } from '../../src/actions/processes.ts';
import { claimOn, needsOf } from '../../src/plan/claims.ts';
import type { Plan } from '../../src/plan/step.ts';
import { makeState } from '../support/makeState.ts';
import { firstOf, openOperation, upTo } from '../support/openOperation.ts';
import { accepted } from '../support/outcome.ts';
import { planOf } from '../support/plans.ts';

const before = makeState({ webapp: { versions: ['v1', 'v2', 'v3', 'v4'], endpoints: { prod: {} } } });
const pop = planOf(before, accepted(popService(before, { service: 'webapp', position: 0, single: false })));
const [drain, stop] = [firstOf(pop, 'drain_server'), firstOf(pop, 'stop_container')];
const add = planOf(makeState(), makeState({ mail: { versions: ['v1'] } }));
const start = firstOf(add, 'start_container');
const create = firstOf(add, 'create_container');
const door = planOf(makeState({ mail: {} }), makeState({ mail: { endpoints: { prod: { port: 9000 } } } }));

const claim = (operation: Parameters<typeof claimOn>[0], plan: Plan, service: string): string | null =>
  claimOn(operation, needsOf(plan, [service]));

/** The plan with another specification of the container it creates. */
const withSpec = (given: Partial<typeof create.spec>): Plan => ({
  ...add,
  steps: [{ ...create, spec: { ...create.spec, ...given } }],
});

describe('what an unfinished operation holds', () => {
  it('before it has touched a load balancer, is none of those', () => {
    expect(claim(openOperation(pop, { 1: 'done' }), door, 'mail')).toBeNull();
    expect(claim(openOperation(pop, { 1: 'done' }), pop, 'webapp')).toBeNull();
  });

  it('is a load balancer it has changed, from whoever moves traffic', () => {
    const held = openOperation(pop, upTo(pop, drain, 'sent'));
    expect(claim(held, door, 'mail')).toBe(`what ${drain.host} serves was left in the middle of it`);
    expect(claim(held, add, 'mail')).toBeNull();
  });

  it('is a load balancer where its reload is undone, and what had to be waited for then is not known', () => {
    const opened = firstOf(door, 'reload');
    expect(claim(openOperation(door, { [opened.seq]: 'compensated' }), pop, 'webapp')).toBe(
      `what ${opened.host} serves was left in the middle of it`,
    );
  });

  it('is whom the load balancers lead to by it, also where the other one moves no traffic', () => {
    const held = openOperation(pop, upTo(pop, drain, 'sent'));
    const end = { ...firstOf(pop, 'stop_container') };
    const serving = firstOf(pop, 'add_server').server.name;
    const ending = (name: string): Plan => ({ steps: [{ ...end, spec: { ...end.spec, name } }], pivot: 1 });
    expect(claim(held, ending(serving), 'mail')).toBe(`${serving} may get requests by it`);
    expect(claim(held, ending('mail-stack1-app1'), 'mail')).toBeNull();
  });

  it('is no load balancer where that is undone', () => {
    expect(claim(openOperation(pop, { [drain.seq]: 'compensated' }), door, 'mail')).toBeNull();
  });

  it('is its services, as long as their change is to be recorded after the pivot', () => {
    const held = openOperation(pop, upTo(pop, stop, 'sent'));
    expect(claim(held, add, 'webapp')).toBe('the change of webapp is still to be recorded');
    expect(claim({ ...held, services: null }, add, 'webapp')).toBe(
      'the change of webapp is still to be recorded',
    );
    expect(claim(held, add, 'mail')).toBeNull();
    expect(claim({ ...held, revision: 1 }, add, 'webapp')).toBeNull();
    expect(claim({ ...held, revision: 1 }, door, 'webapp')).toBeNull();
  });

  it('is a container of its name, but from the command that makes the same', () => {
    const held = openOperation(add, upTo(add, start, 'sent'));
    expect(claim(held, add, 'mail')).toBeNull();
    expect(claim(held, withSpec({ version: 'v2' }), 'mail')).toBe(
      `${create.spec.name} on ${create.host} is left of it, and is another one`,
    );
    expect(
      claim(openOperation(add, { [create.seq]: 'planned' }), withSpec({ version: 'v2' }), 'mail'),
    ).toBeNull();
  });

  it('is the port of its container on that host', () => {
    const held = openOperation(add, upTo(add, start, 'sent'));
    expect(claim(held, withSpec({ name: 'other' }), 'other')).toBe(
      `port ${create.spec.hostPort} of ${create.host} may still be held by its ${create.spec.name}`,
    );
    expect(claim(held, withSpec({ name: 'other', hostPort: 1 }), 'other')).toBeNull();
  });
});
