import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Plan, Step, StepKind } from '../../src/plan/step.ts';
import { correctState } from '../support/arbitraryState.ts';
import { planOf } from '../support/plans.ts';

/** Any plan at all: from one correct state to another one. */
const plans = fc
  .tuple(correctState, correctState)
  .map(([before, next]) => planOf(before, next))
  .filter((plan) => plan.steps.length > 0);

/** The numbers of all steps that must be done before the given one, directly or not. */
function ancestors(plan: Plan): Map<number, ReadonlySet<number>> {
  const found = new Map<number, ReadonlySet<number>>();
  for (const { seq, needs } of plan.steps) {
    found.set(seq, new Set(needs.flatMap((need) => [need, ...(found.get(need) ?? [])])));
  }
  return found;
}

function ofKind(plan: Plan, ...kinds: StepKind[]): Step[] {
  return plan.steps.filter((step) => kinds.includes(step.kind));
}

/** The names of rows that come or go in a table, by what the plan records. */
function namesOf(plan: Plan, table: 'containers' | 'retained', end: 'added' | 'removed'): string[] {
  const commit = plan.steps.find((step) => step.kind === 'commit_state');
  if (!commit) return [];
  const rows = commit.change[table];
  const others = new Set(rows[end === 'added' ? 'removed' : 'added'].map(({ name }) => name));
  return rows[end].map(({ name }) => name).filter((name) => !others.has(name));
}

/** Expects each of the later steps to come after all the earlier ones that `related` picks for it. */
function expectAfter(plan: Plan, later: Step[], related: (step: Step) => Step[]): void {
  const before = ancestors(plan);
  for (const step of later) {
    for (const { seq } of related(step)) expect(before.get(step.seq)?.has(seq)).toBe(true);
  }
}

function always(claim: (plan: Plan) => void): void {
  fc.assert(fc.property(plans, claim), { numRuns: 25 });
}

describe('in every plan', () => {
  it('the steps are numbered from 1, and need only earlier ones, each once', () => {
    always(({ steps }) => {
      expect(steps.map((step) => step.seq)).toEqual(steps.map((_, index) => index + 1));
      for (const { seq, needs } of steps) {
        expect(new Set(needs).size).toBe(needs.length);
        for (const need of needs) expect(need >= 1 && need < seq).toBe(true);
      }
    });
  });

  it('nothing is created before every host is asked, every image there and every configuration checked', () => {
    always((plan) => {
      expectAfter(plan, ofKind(plan, 'create_container'), () =>
        ofKind(plan, 'check_host', 'pull_image', 'check_config'),
      );
    });
  });

  it('a container is created, started and waited for in this order', () => {
    always((plan) => {
      const same = (kind: StepKind) => (step: Step) =>
        ofKind(plan, kind).filter((other) => other.object === step.object);
      const retained = namesOf(plan, 'retained', 'removed');
      for (const step of ofKind(plan, 'start_container'))
        expect(same('create_container')(step)).toHaveLength(retained.includes(step.object) ? 0 : 1);
      for (const step of ofKind(plan, 'create_container'))
        expect(same('start_container')(step)).toHaveLength(1);
      expectAfter(plan, ofKind(plan, 'start_container'), same('create_container'));
      expectAfter(plan, ofKind(plan, 'wait_healthy'), same('start_container'));
      // Those that stay and get requests anew are asked first.
      const come = new Set(namesOf(plan, 'containers', 'added'));
      expectAfter(plan, ofKind(plan, 'create_container'), () =>
        ofKind(plan, 'wait_healthy').filter(({ object }) => !come.has(object)),
      );
      for (const name of come) {
        const waits = ofKind(plan, 'wait_healthy').filter(({ object }) => object === name);
        expect(waits).toHaveLength(1);
      }
    });
  });

  it('traffic moves when every new container is healthy; links of new callers lead to their callees when these are', () => {
    always((plan) => {
      const waits = ofKind(plan, 'wait_healthy');
      const isLink = ({ object }: Step): boolean => object.startsWith('link.');
      const isServedBy =
        ({ object }: Step) =>
        (wait: Step) =>
          object.endsWith(`/${wait.object}`);
      const added = ofKind(plan, 'add_server');
      const moves = [...added, ...ofKind(plan, 'drain_server', 'set_weight', 'write_config')];
      expectAfter(
        plan,
        moves.filter((step) => !added.includes(step) || !isLink(step)),
        () => [...waits, ...ofKind(plan, 'check_config')],
      );
      expectAfter(plan, added.filter(isLink), (step) => [
        ...waits.filter(isServedBy(step)),
        ...ofKind(plan, 'check_config'),
      ]);
      expectAfter(plan, ofKind(plan, 'reload', 'set_map'), () => ofKind(plan, 'check_config'));
    });
  });

  it('a link is led to its place before its container starts, in what is loaded', () => {
    always((plan) => {
      expectAfter(plan, ofKind(plan, 'start_container'), (step) =>
        ofKind(plan, 'set_map').filter(({ object }) => object.startsWith(`${step.object} to `)),
      );
      const reloads = ofKind(plan, 'reload').filter((step) => step.because.includes('reach the services'));
      expectAfter(
        plan,
        ofKind(plan, 'start_container').filter(
          (step) => 'spec' in step && Object.keys(step.spec.links).length > 0,
        ),
        () => reloads,
      );
    });
  });

  it('what only a reload can bring is loaded before servers change, and unloaded when nothing goes there any more', () => {
    always((plan) => {
      const moves = ofKind(plan, 'add_server', 'drain_server');
      const [first, last, ...more] = ofKind(plan, 'reload');
      expect(more).toEqual([]);
      if (
        last !== undefined ||
        (first && plan.steps.indexOf(first) > plan.steps.indexOf(moves[0] ?? first))
      ) {
        expectAfter(
          plan,
          [last ?? first].flatMap((step) => step ?? []),
          () => moves,
        );
        expect(ofKind(plan, 'write_config')).toEqual([]);
      }
      if (last !== undefined || ofKind(plan, 'write_config').length > 0)
        expectAfter(plan, moves, () => [first].flatMap((step) => step ?? []));
    });
  });

  it('the servers that take over come before those that go are drained, waited for and removed', () => {
    always((plan) => {
      const backendOf = (step: Step): string | undefined => ('backend' in step ? (step.backend ?? '') : '');
      expectAfter(plan, ofKind(plan, 'drain_server'), (step) =>
        ofKind(plan, 'add_server').filter((other) => backendOf(other) === backendOf(step)),
      );
      const same = (kind: StepKind) => (step: Step) => {
        const found = ofKind(plan, kind).filter((other) => other.object === step.object);
        expect(found).toHaveLength(1);
        return found;
      };
      const waits = ofKind(plan, 'wait_drained').filter(({ object }) => object.includes('/'));
      expectAfter(plan, waits, same('drain_server'));
      expectAfter(plan, ofKind(plan, 'remove_server'), same('wait_drained'));
      // A reload at the end takes out what was drained by itself.
      const isLast = ({ kind }: Step): boolean => kind === 'write_config' || kind === 'reload';
      const drained = plan.steps.findLast(isLast)?.kind === 'reload' ? [] : ofKind(plan, 'drain_server');
      expect(ofKind(plan, 'remove_server')).toHaveLength(drained.length);
    });
  });

  it('links that stay are led elsewhere when no worker knows their old places', () => {
    always((plan) => {
      const made = new Set(namesOf(plan, 'containers', 'added'));
      const gone = new Set(namesOf(plan, 'containers', 'removed'));
      const links = ofKind(plan, 'set_map').filter(({ object }) => {
        const [container = ''] = object.split(' to ');
        return !made.has(container) && !gone.has(container);
      });
      const [first] = ofKind(plan, 'reload');
      const loadsFirst =
        first && links.length > 0 && plan.steps.indexOf(first) < plan.steps.indexOf(links[0] ?? first);
      const [wait] = ofKind(plan, 'wait_drained').filter(({ object }) => object === 'old workers');
      if (loadsFirst === true) {
        expect(wait?.needs).toContain(first.seq);
        expectAfter(plan, links, () => [wait ?? first]);
      }
    });
  });

  it('the file is written when all has moved', () => {
    always((plan) => {
      expect(ofKind(plan, 'write_config').length).toBeLessThan(2);
      expectAfter(plan, ofKind(plan, 'write_config'), () =>
        ofKind(plan, 'add_server', 'drain_server', 'reload'),
      );
    });
  });

  it('nothing stops before traffic has moved and drained, or is removed before it is stopped', () => {
    always((plan) => {
      expectAfter(plan, ofKind(plan, 'stop_container'), (step) => [
        ...ofKind(plan, 'reload', 'add_server', 'drain_server', 'write_config', 'wait_healthy'),
        ...ofKind(plan, 'wait_drained').filter(
          ({ object }) => object === 'old workers' || object.endsWith(`/${step.object}`),
        ),
      ]);
      // Nothing is sent to what was retained.
      const leaving = new Set(namesOf(plan, 'containers', 'removed'));
      for (const { object } of ofKind(plan, 'drain_server')) {
        const waits = ofKind(plan, 'wait_drained').filter((wait) => wait.object === object);
        if (ofKind(plan, 'write_config').length > 0) expect(waits).toHaveLength(1);
      }
      // With a reload there may be requests in the old workers, to whatever container.
      const old = ofKind(plan, 'wait_drained').filter(({ object }) => object === 'old workers');
      if (leaving.size > 0) expectAfter(plan, old.slice(-1), () => ofKind(plan, 'reload'));
      if (leaving.size > 0 && ofKind(plan, 'reload').length > 0) expect(old).not.toEqual([]);
      expectAfter(plan, ofKind(plan, 'remove_container'), (step) =>
        ofKind(plan, 'stop_container').filter((other) => other.object === step.object),
      );
    });
  });

  it('the state is written last, after everything', () => {
    always((plan) => {
      const last = plan.steps.at(-1);
      expect(last?.kind).toBe('commit_state');
      expect(last?.needs).toEqual(plan.steps.slice(0, -1).map((step) => step.seq));
      expect(ofKind(plan, 'commit_state')).toHaveLength(1);
    });
  });

  it('what can be undone stands up to the pivot, and what cannot after it', () => {
    always((plan) => {
      const after = new Set(plan.steps.slice(plan.pivot).map((step) => step.kind));
      for (const kind of [
        'check_host',
        'pull_image',
        'create_container',
        'start_container',
        'reload',
        'add_server',
        'drain_server',
        'write_config',
      ] as const) {
        expect(after.has(kind)).toBe(false);
      }
      const before = new Set(plan.steps.slice(0, plan.pivot).map((step) => step.kind));
      const leaves = new Set(namesOf(plan, 'containers', 'removed'));
      const kept = namesOf(plan, 'retained', 'added').filter((name) => leaves.has(name));
      if (after.has('stop_container') && kept.length === 0) expect(before.has('remove_server')).toBe(false);
      // What is stopped and kept can be started again.
      for (const step of plan.steps.slice(0, plan.pivot))
        if (step.kind === 'stop_container') expect(kept).toContain(step.object);
      expect(before.has('remove_container')).toBe(false);
    });
  });

  it('every step says why', () => {
    always(({ steps }) => {
      for (const { host, object, because } of steps) {
        for (const part of [host, object, because]) expect(part).not.toBe('');
      }
    });
  });

  it('is the same after a journey through JSON', () => {
    always((plan) => {
      expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
    });
  });
});
