import { describe, expect, it } from '@jest/globals';
import { stackChanges } from '../../src/plan/preview.ts';

import { changedLines } from '../../src/report/changed.ts';
import type { State } from '../../src/model/state.ts';

import { makeState } from '../support/makeState.ts';
import { planOf } from '../support/plans.ts';

const stages = ['prod', 'qa', 'dev'];
const hosts = ['docker01', 'docker02'];
const versions = ['v1', 'v2', 'v3', 'v4'];
const before = makeState({ webapp: { hosts, versions, endpoints: { prod: {} } } });

function changed(one: State, other: State): string[] {
  const plan = planOf(one, other);
  return changedLines({ stacks: stackChanges(one, other), plan }, stages);
}

describe('changedLines', () => {
  it('tells the versions of each stage, and the positions above them', () => {
    const popped = {
      ...before,
      containers: before.containers
        .filter(({ position }) => position > 0)
        .map((row) => ({ ...row, position: row.position - 1 })),
    };
    const line = 'webapp: prod v1 → v2, qa v2 → v3, dev v3 → v4 on 2 hosts';
    expect(changed(before, popped)).toEqual([line]);
    expect(changed(popped, before)).toEqual([
      'webapp: prod v2 → v1, qa v3 → v2, dev v4 → v3, position 3 v4 on 2 hosts',
    ]);
  });

  it('tells of stacks that come and go, on the host that it is', () => {
    const one = makeState({ webapp: { hosts: ['docker01'] } });
    const two = makeState({ webapp: { hosts } });
    expect(changed(one, two)).toEqual(['webapp: a new stack with prod v0.1, qa v0.2, dev v0.3 on docker02']);
    expect(changed(two, one)).toEqual([
      'webapp: no stack any more, prod v0.1, qa v0.2, dev v0.3 gone on docker02',
    ]);
  });

  it('tells that the same version is another container now', () => {
    const containers = before.containers.map((row) =>
      row.position === 3 ? { ...row, name: row.name.replace('app4', 'app5') } : row,
    );
    expect(changed(before, { ...before, containers })).toEqual(['webapp: position 3 v4 anew on 2 hosts']);
  });

  it('tells what became of endpoints', () => {
    const closed = { ...before, endpoints: [] };
    expect(changed(before, closed)).toEqual(['webapp-endpoint-prod: closed']);
    expect(changed(closed, before)).toEqual([
      `webapp-endpoint-prod: open at port ${before.endpoints[0]?.port}, position 0`,
    ]);
    const weights = [
      { position: 0, weight: 9 },
      { position: 1, weight: 1 },
    ];
    const endpoints = before.endpoints.map((row) => ({ ...row, options: { ...row.options, weights } }));
    expect(changed(before, { ...before, endpoints })).toEqual([
      'webapp-endpoint-prod: weights none → 0=9 1=1',
    ]);
    const moved = before.endpoints.map((row) => ({ ...row, pointer: 1 }));
    expect(changed(before, { ...before, endpoints: moved })).toEqual([
      'webapp-endpoint-prod: position 0 → 1',
    ]);
  });

  it('tells of settings, where no stack changes', () => {
    const services = before.services.map((row) => ({ ...row, traffic: { ...row.traffic, drainLimit: 9 } }));
    expect(changed(before, { ...before, services })).toEqual(['webapp: set otherwise']);
  });
});
