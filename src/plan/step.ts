import type { StateChange } from '../model/change.ts';
import type { Server } from '../haproxy/routes.ts';
import type { FailurePolicy } from './failurePolicy.ts';
import type { ContainerSpec } from './spec.ts';
import type { OrphanAt, Renaming } from './strays.ts';
import { heeds, waitAfter } from './waysBack.ts';
import type { Strategy } from './strategy.ts';

/**
 * Steps are data: one effect each, JSON-serialisable, each with its cause. A dry run prints exactly these, and apply
 * runs the same value. To add a kind: add it here, and the compiler names every switch that must learn it.
 */
export type Step =
  | (StepBase & { readonly kind: 'check_host' })
  | (StepBase & { readonly kind: 'check_config'; readonly config: string; readonly previous: string })
  | (StepBase & { readonly kind: 'pull_image'; readonly image: string })
  | (StepBase & { readonly kind: 'create_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'start_container'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'wait_healthy'; readonly spec: ContainerSpec })
  | (StepBase & { readonly kind: 'watch_health'; readonly spec: ContainerSpec; readonly seconds: number })
  | (StepBase & { readonly kind: 'pause'; readonly seconds: number })
  | (StepBase &
      ServerAt & {
        readonly kind: 'add_server';
        /** Set where its container has failed: it gets nothing before HAProxy's checks find it well. */
        readonly down?: boolean;
      })
  | (StepBase & ServerAt & { readonly kind: 'drain_server' })
  | (StepBase & ServerAt & { readonly kind: 'ready_server' })
  | (StepBase & ServerAt & { readonly kind: 'remove_server' })
  | (StepBase & ServerAt & { readonly kind: 'set_weight'; readonly previous: number })
  | (StepBase & {
      readonly kind: 'set_map';
      /** The file of the map, as the configuration names it. */
      readonly map: string;
      readonly port: number;
      /** The backend the port leads to; null leads nowhere. */
      readonly backend: string | null;
      readonly previous: string | null;
      /** Seconds that connections may stay on this way once the link leads elsewhere. */
      readonly limit: number;
    })
  | (StepBase & {
      readonly kind: 'wait_drained';
      /** What is waited for; workers of an earlier configuration always are, and here nothing else. */
      readonly of: Draining | null;
      /** Seconds until what is left is cut. */
      readonly limit: number;
    })
  | (StepBase & {
      readonly kind: 'judge_canary';
      readonly backend: string;
      readonly servers: readonly string[];
      readonly limits: CanaryLimits;
    })
  | (StepBase & { readonly kind: 'write_config'; readonly config: string; readonly previous: string })
  | (StepBase & {
      readonly kind: 'reload';
      readonly config: string;
      readonly previous: string;
      /** Seconds the old workers may take to finish their requests. */
      readonly limit: number;
    })
  | (StepBase & { readonly kind: 'stop_container'; readonly spec: ContainerSpec; readonly grace: number })
  | (StepBase & { readonly kind: 'remove_container'; readonly spec: ContainerSpec })
  | (StepBase & Renaming & { readonly kind: 'rename_container'; readonly spec: ContainerSpec })
  | (StepBase & OrphanAt & { readonly kind: 'remove_orphan' })
  | (StepBase & { readonly kind: 'commit_state'; readonly revision: number; readonly change: StateChange });

export type StepKind = Step['kind'];

/** A server of a backend of the running HAProxy. */
type ServerAt = {
  readonly backend: string;
  readonly server: Server;
  /** Whether clients stay at servers of this backend by a cookie. */
  readonly sticky: boolean;
  /** Seconds its requests and connections may take to end when it goes. */
  readonly limit: number;
};

/** What a canary must keep to while it is watched. */
export type CanaryLimits = {
  /** How long it is watched, in seconds. */
  readonly seconds: number;
  /** The highest share of its requests that may fail: answers of 500 and above, and connections that fail; 0 to 1. */
  readonly failures: number;
  /** The highest mean time to an answer, in milliseconds; null sets no limit. */
  readonly responseTime: number | null;
  /** Fewer requests than these prove nothing: it is then not trusted. */
  readonly requests: number;
};

/** Requests and connections that are waited for: those of a server, or those of a link that led to a backend. */
export type Draining =
  { readonly backend: string; readonly server: string } | { readonly backend: string; readonly port: number };

type StepBase = {
  /** Its number in the plan, from 1. */
  readonly seq: number;
  /** The steps that must be done before it; what is not ordered by this may run side by side. */
  readonly needs: readonly number[];
  /** The Docker host, load balancer or database it touches. */
  readonly host: string;
  /** The container, image or configuration it is about. */
  readonly object: string;
  readonly because: string;
};

export type Plan = {
  readonly steps: readonly Step[];
  /** Up to and including this step a failure undoes what was done; after it, traffic has moved and the plan goes forward. */
  readonly pivot: number;
  /** What it means that containers fail; where it is not there, each failure up to the pivot undoes what was done. */
  readonly onFailure?: FailurePolicy;
  /** How it was asked to go on after failures, where that is not the usual way. */
  readonly onError?: Exclude<Strategy, 'rollback'>;
};

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
