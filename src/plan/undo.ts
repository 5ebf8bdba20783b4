import type { Step, StepKind } from './step.ts';

/** The step that undoes a step, with the same number, or null where there is nothing to undo. */
export function inverse(step: Step): Step | null {
  switch (step.kind) {
    case 'create_container':
      return { ...step, kind: 'remove_container' };
    case 'start_container':
      // No request has reached it yet, so it is given no time; one that has just begun may not even hear SIGTERM.
      return { ...step, kind: 'stop_container', grace: 0 };
    case 'add_server':
      return { ...step, kind: 'remove_server' };
    case 'remove_server':
      return { ...step, kind: 'add_server' };
    case 'drain_server':
      return { ...step, kind: 'ready_server' };
    case 'ready_server':
      return { ...step, kind: 'drain_server' };
    case 'set_weight': {
      const server = { ...step.server, weight: step.previous };
      return { ...step, server, previous: step.server.weight };
    }
    case 'set_map':
      return { ...step, backend: step.previous, previous: step.backend };
    case 'write_config':
    case 'reload':
      return { ...step, config: step.previous, previous: step.config };
    case 'stop_container':
      return { ...step, kind: 'start_container' };
    case 'remove_container':
      return { ...step, kind: 'create_container' };
    case 'rename_container':
      return { ...step, from: step.to, to: step.from };
    // A pulled image may stay: it is only a cache. Checks and waits change nothing; a commit is one transaction.
    case 'check_host':
    case 'check_config':
    case 'pull_image':
    case 'wait_healthy':
    case 'watch_health':
    case 'pause':
    case 'wait_drained':
    case 'judge_canary':
    case 'remove_orphan':
    case 'commit_state':
      return null;
  }
}

/**
 * The plan that undoes the given steps: their inverses, in the opposite order. Where HAProxy is reloaded back, the
 * requests of the workers that end are waited for before containers are stopped; where a link is led back, those on its
 * new way before those change that they reach; and where a container is started again, its health before it gets any.
 * These waits stand in no plan, and get numbers after `last`, the last one of the whole plan. A server that is removed
 * waits for its requests by itself.
 */
export function undo(steps: readonly Step[], last: number): Step[] {
  const because = 'the operation failed and is taken back';
  const undone = withoutRemovals(steps).flatMap((step) => inverse(step) ?? []);
  const numbers = new Set(undone.map((step) => step.seq));
  const starts = new Set(undone.flatMap((step) => (step.kind === 'stop_container' ? [step.seq] : [])));
  const waits = undone
    .flatMap((step) => {
      // A link of a container that is stopped before has no requests.
      const isOver = dependants(step.seq, steps).some((seq) => starts.has(seq));
      return isOver && step.kind === 'set_map' ? [] : waitAfter(step);
    })
    .map((wait, index) => ({ ...wait, seq: last + 1 + index, because }));
  const back = undone.reverse().flatMap((step): Step[] => {
    const needs = dependants(step.seq, steps).filter((seq) => numbers.has(seq));
    const before = waits.filter((wait) => needs.includes(wait.needs[0] ?? 0) && heeds(step, wait));
    const after = waits.filter((wait) => wait.needs[0] === step.seq);
    return [{ ...step, because, needs: [...needs, ...before.map((wait) => wait.seq)] }, ...after];
  });
  return writingLast(back);
}

/**
 * A server that was removed after it was drained is added again where its drain is taken back: its container's links are
 * set back by then. The removal itself needs nothing more.
 */
function withoutRemovals(steps: readonly Step[]): Step[] {
  const keyOf = ({ host, object }: Step): string => `${host} ${object}`;
  const removed = new Set(steps.filter(({ kind }) => kind === 'remove_server').map(keyOf));
  const drained = new Set(steps.filter(({ kind }) => kind === 'drain_server').map(keyOf));
  return steps.flatMap((step) => {
    if (step.kind === 'remove_server' && drained.has(keyOf(step))) return [];
    // What takes a removal back takes a drain back, too.
    if (step.kind === 'drain_server' && removed.has(keyOf(step))) return [{ ...step, kind: 'remove_server' }];
    return [step];
  });
}

/**
 * A file is put back when HAProxy serves what it says: as soon as one that differs lies there, HAProxy is reloaded, and
 * nobody waits for its old workers. Links of new containers may stay longer; nobody else has them. Where a container is
 * to serve again in whose place another one stands, that one is stopped before, too.
 */
function writingLast(back: readonly Step[]): Step[] {
  const writes = back.filter((step) => step.kind === 'write_config');
  const written = new Set(writes.map((step) => step.seq));
  const stops = new Set(back.flatMap((step) => (step.kind === 'stop_container' ? [step.seq] : [])));
  const isTold = ({ kind, needs }: Step): boolean =>
    told.includes(kind) && !(kind === 'set_map' && needs.some((seq) => stops.has(seq)));
  const earlier = new Set(back.filter(isTold).flatMap(({ seq, needs }) => [seq, ...needs]));
  const order = back
    .filter((step) => !written.has(step.seq))
    .map((step) =>
      earlier.has(step.seq) ? { ...step, needs: step.needs.filter((seq) => !written.has(seq)) } : step,
    );
  for (const write of writes) {
    const first = order.filter((step) => step.host === write.host && isTold(step));
    const needs = new Set([...write.needs, ...first.map((step) => step.seq)]);
    const at = 1 + order.findLastIndex((step) => needs.has(step.seq));
    const isLate = (step: Step): boolean => step.needs.includes(write.seq);
    const before = order.splice(0, at);
    order.unshift(
      ...before.filter((step) => !isLate(step)),
      { ...write, needs: [...needs] },
      ...before.filter(isLate),
    );
  }
  return order;
}

/** What a running HAProxy is told. */
const told: readonly StepKind[] = [
  ...(['add_server', 'drain_server', 'ready_server', 'remove_server'] as const),
  ...(['set_weight', 'set_map'] as const),
];

/** All steps that directly or indirectly need the given one. */
function dependants(seq: number, steps: readonly Step[]): number[] {
  const found = new Set([seq]);
  for (const step of steps) {
    if (step.needs.some((need) => found.has(need))) found.add(step.seq);
  }
  found.delete(seq);
  return [...found];
}

type WithoutNumber<S> = S extends Step ? Omit<S, 'seq' | 'because'> : never;
type Wait = WithoutNumber<Extract<Step, { kind: 'wait_drained' | 'wait_healthy' }>>;

/**
 * The wait for what is under way where a step of the way back leads nobody any more; and that for a container which is
 * started again, because another one was to take its place.
 */
export function waitAfter(step: Step): Wait[] {
  const about = { needs: [step.seq], host: step.host } as const;
  switch (step.kind) {
    case 'start_container':
      return [{ kind: 'wait_healthy', ...about, object: step.object, spec: step.spec }];
    case 'reload':
      return [{ kind: 'wait_drained', ...about, object: 'old workers', of: null, limit: step.limit }];
    case 'set_map': {
      const { object, limit, port, previous } = step;
      if (previous === null) return [];
      return [{ kind: 'wait_drained', ...about, object, of: { backend: previous, port }, limit }];
    }
    default:
      return [];
  }
}

/** Whether a step of the way back begins only after a wait that stands before it: for old workers, only what stops does. */
function heeds({ kind }: Step, wait: Step): boolean {
  return wait.kind !== 'wait_drained' || wait.of !== null || kind === 'stop_container';
}
