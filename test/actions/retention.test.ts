import { describe, expect, it } from '@jest/globals';
import { removeService } from '../../src/actions/deletions.ts';
import { popService, release, removeContainers } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import { prune, retain } from '../../src/actions/retention.ts';
import { rollback } from '../../src/actions/rollback.ts';
import { drainHost, scaleService } from '../../src/actions/stackProcesses.ts';
import { promoteCanary, setWeights } from '../../src/actions/weights.ts';
import type { Retention } from '../../src/model/retention.ts';
import { containersOf } from '../../src/model/lookup.ts';
import type { State } from '../../src/model/state.ts';
import { defaultServiceTraffic } from '../../src/model/traffic.ts';
import { withLinks } from '../support/links.ts';
import { changeRow, frozen, makeEnvironment, makeFacts, makeState } from '../support/makeState.ts';
import { accepted, refusals } from '../support/outcome.ts';

const environment = frozen(makeEnvironment());
const keepsOne: Retention = { by: 'count', limit: 1, warm: false };
const hosts = ['docker01', 'docker02'];
const sketch = { hosts, versions: ['v0.1', 'v0.2', 'v0.3', 'v0.4'] };
const withRetention = (retention: Retention): State =>
  frozen(makeState({ webapp: { ...sketch, retention } }));
const start = withRetention(keepsOne);
const webapp = { service: 'webapp' };

const popped = (state: State, now = 0, position = 0): State => {
  const outcome = popService(state, { service: 'webapp', position, single: false });
  return frozen({ ...accepted(retain(state, outcome, now)), revision: state.revision + 1 });
};
const rolledBack = (state: State, then: State, lost: readonly string[] = [], now = 0): State =>
  frozen(accepted(retain(state, rollback(state, then, webapp, environment, new Set(lost)), now)));
const released = (state: State, version: string): State =>
  frozen(
    accepted(
      release(
        state,
        { service: 'webapp', versions: [version] },
        environment,
        makeFacts('registry.example/webapp', [version]),
      ),
    ),
  );

/** What is retained of the first stack. */
const kept = (state: State): string[] =>
  state.retained
    .filter(({ stack }) => stack === 'webapp-stack1')
    .map(({ name, version }) => `${name.split('-').at(-1) ?? ''} ${version}`);
const column = (state: State): string[] =>
  containersOf(state, 'webapp-stack1').map(
    ({ name, version }) => `${name.split('-').at(-1) ?? ''} ${version}`,
  );

describe('a pop', () => {
  it('keeps the container as it was, with when and how', () => {
    const [row] = popped({ ...start, revision: 6 }, 1234).retained;
    expect(row).toEqual({ ...start.containers[0], since: 7, retainedAt: 1234, warm: false });
    const [warm] = popped(withRetention({ ...keepsOne, warm: true })).retained;
    expect(warm).toMatchObject({ warm: true });
  });

  it('of a service that keeps nothing keeps nothing', () => {
    expect(popped(makeState({ webapp: sketch })).retained).toEqual([]);
  });

  it('lets the oldest of a stack go where there are too many', () => {
    const second = popped(popped(start));
    expect(kept(second)).toEqual(['app2 v0.2']);
    const three = withRetention({ ...keepsOne, limit: 3 });
    expect(kept(popped(popped(three)))).toEqual(['app1 v0.1', 'app2 v0.2']);
  });

  it('lets those go whose time is over, and only those', () => {
    const hour = withRetention({ by: 'seconds', limit: 3600, warm: false });
    const first = popped(hour, 0);
    expect(kept(popped(first, 3_599_999))).toEqual(['app1 v0.1', 'app2 v0.2']);
    expect(kept(popped(first, 3_600_000))).toEqual(['app2 v0.2']);
  });

  it('lets all go of a service that keeps nothing any more', () => {
    const changed = changeRow(popped(start) as never, 'services', 'webapp', { retention: null });
    expect(popped(changed).retained).toEqual([]);
  });

  it('that is refused is refused', () => {
    const refused = popService(start, { service: 'webapp', position: 9, single: false });
    expect(refusals(retain(start, refused, 0))).toEqual(refusals(refused));
  });
});

describe('a promotion', () => {
  it('keeps all that it pops, as far as the service says; the one made last is the newest', () => {
    const weights = [{ position: 2, weight: 1 }];
    const promoted = (limit: number): State => {
      const state = makeState({
        webapp: { ...sketch, retention: { ...keepsOne, limit }, endpoints: { prod: {} } },
      });
      const spread = accepted(setWeights(state, 'webapp-endpoint-prod', weights));
      return accepted(retain(spread, promoteCanary(spread, 'webapp-endpoint-prod'), 0));
    };
    expect(column(promoted(2))).toEqual(['app3 v0.3', 'app4 v0.4']);
    expect(kept(promoted(2))).toEqual(['app1 v0.1', 'app2 v0.2']);
    expect(kept(promoted(1))).toEqual(['app2 v0.2']);
  });
});

describe('what is retained', () => {
  it('keeps its port, and is no part of its stack', () => {
    const next = released(popped(start), 'v0.5');
    expect(column(next)).toEqual(['app2 v0.2', 'app3 v0.3', 'app4 v0.4', 'app5 v0.5']);
    expect(next.containers.at(-1)).toMatchObject({ hostPort: 20004 });
  });

  it('keeps the ports of its links', () => {
    const uses = { traffic: { uses: ['mail'] } };
    const linked = withLinks(
      makeState({ webapp: { ...sketch, ...uses, retention: keepsOne }, mail: { hosts: ['docker03'] } }),
    );
    const port = (row: State['containers'][number] | undefined): number | undefined => row?.links.mail?.port;
    const before = popped(linked);
    const next = accepted(provideLinks(before, released(before, 'v0.5'), environment));
    const taken = [...before.containers, ...before.retained].map(port);
    const fresh = next.containers.filter(({ version }) => version === 'v0.5').map(port);
    expect(fresh).toHaveLength(2);
    for (const one of fresh) expect(taken).not.toContain(one);
    // One that comes back has its own still.
    const back = accepted(provideLinks(before, rolledBack(before, linked), environment));
    const known = (state: State): unknown =>
      Object.fromEntries(state.containers.map((row) => [row.name, port(row)]));
    expect(known(back)).toEqual(known(linked));
  });

  it.each<[string, (state: State) => State]>([
    [
      'its service is deleted',
      (state) => accepted(removeService(state, { service: 'webapp', cascade: true })),
    ],
    ['its containers are deleted', (state) => accepted(removeContainers(state, 'webapp'))],
    [
      'its stacks go',
      (state) => accepted(scaleService(state, { service: 'webapp', stacks: 0 }, environment)),
    ],
    ['all of it is pruned', (state) => accepted(prune(state, { service: null, all: true, now: 0 }))],
    ['its service is pruned', (state) => accepted(prune(state, { service: 'webapp', all: true, now: 0 }))],
  ])('goes when %s', (_case, change) => {
    expect(popped(start).retained).toHaveLength(2);
    expect(change(popped(start)).retained).toEqual([]);
  });

  it('does not move with its stack', () => {
    const drained = accepted(drainHost(popped(start), 'docker02', environment));
    expect(drained.stacks.map((stack) => stack.host)).toEqual(['docker01', 'docker03']);
    expect(drained.retained.map(({ name }) => name)).toEqual(['webapp-stack1-app1']);
  });
});

describe('a rollback', () => {
  it('puts the very same container back, and leaves the counters', () => {
    const before = popped(start);
    const next = rolledBack(before, start);
    expect(next.containers.filter(({ stack }) => stack === 'webapp-stack1')).toEqual(
      containersOf(start, 'webapp-stack1'),
    );
    expect(next.retained).toEqual([]);
    expect(next.stacks).toEqual(before.stacks);
  });

  it('keeps what it takes away', () => {
    const next = rolledBack(released(start, 'v0.5'), start);
    expect(kept(next)).toEqual(['app5 v0.5']);
    expect(column(rolledBack(next, released(start, 'v0.5')))).toEqual([...column(start), 'app5 v0.5']);
  });

  it('takes one of the same bits where the very one is gone, and one that stands before one that is kept', () => {
    const two = withRetention({ ...keepsOne, limit: 2 });
    // v0.1 is made again as app5, because app1 is lost, and then popped.
    const again = popped(rolledBack(popped(two), two, ['webapp-stack1-app1', 'webapp-stack2-app1']));
    expect(kept(again)).toEqual(['app5 v0.1']);
    expect(column(rolledBack(again, two))[0]).toBe('app5 v0.1');
    const same = rolledBack(popped(two), two, ['webapp-stack1-app1', 'webapp-stack2-app1']);
    expect(column(rolledBack(same, two))[0]).toBe('app5 v0.1');
  });

  it('makes one that is lost anew, on another port, and forgets it', () => {
    const next = rolledBack(popped(start), start, ['webapp-stack1-app1']);
    expect(column(next)[0]).toBe('app5 v0.1');
    expect(containersOf(next, 'webapp-stack1')[0]).toMatchObject({ position: 0, hostPort: 20004 });
    expect(containersOf(next, 'webapp-stack2')[0]?.name).toBe('webapp-stack2-app1');
    expect(next.retained).toEqual([]);
  });

  it('makes anew what lacks a link that its service needs by now', () => {
    const before = popped(start);
    const traffic = { ...defaultServiceTraffic, uses: ['mail'] };
    const calling = changeRow(before, 'services', 'webapp', { traffic });
    expect(column(rolledBack(calling, start))[0]).toBe('app5 v0.1');
  });
});

describe('prune', () => {
  const hour: Retention = { by: 'seconds', limit: 3600, warm: false };
  const two = popped(
    frozen(makeState({ webapp: { ...sketch, retention: hour }, other: { ...sketch, retention: hour } })),
  );

  it('takes out what has expired', () => {
    const at = (now: number): number =>
      accepted(prune(two, { service: null, all: false, now })).retained.length;
    expect([at(0), at(3_599_999), at(3_600_000)]).toEqual([2, 2, 0]);
  });

  it('of a service leaves all others alone', () => {
    expect(accepted(prune(two, { service: 'other', all: true, now: 0 })).retained).toHaveLength(2);
    expect(accepted(prune(two, { service: 'other', all: false, now: 4_000_000 })).retained).toHaveLength(2);
  });

  it('is the same state where nothing has', () => {
    expect(accepted(prune(two, { service: null, all: false, now: 0 }))).toBe(two);
  });
});
