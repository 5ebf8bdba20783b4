import type { Retained, State } from '../model/state.ts';
import { retainedNamed } from '../model/retention.ts';
import { containerNamed } from '../model/lookup.ts';
import type { PlanBuilder } from './builder.ts';
import type { HandOver } from './handOver.ts';
import { placedIn, type Placed } from './placed.ts';

/** What becomes of containers that are retained in one of two states, or in both. */
export type RetainedChange = {
  /** Those that are in a stack again: stopped until now, or running. */
  readonly back: { readonly stopped: readonly Placed[]; readonly running: readonly Placed[] };
  /** Those that leave their stack: to be stopped, or to run on. */
  readonly kept: { readonly stopped: readonly Placed[]; readonly running: readonly Placed[] };
  /** Those that are retained no longer, and go. */
  readonly expired: { readonly stopped: readonly Placed[]; readonly running: readonly Placed[] };
};

export function retainedChange(before: State, next: State): RetainedChange {
  const split = (rows: readonly Retained[], where: State): RetainedChange['back'] => {
    const [cold, warm] = [rows.filter((row) => !row.warm), rows.filter((row) => row.warm)];
    const place = (row: Retained): Placed => placedIn(where)(containerNamed(where, row.name) ?? row);
    return { stopped: cold.map(place), running: warm.map(place) };
  };
  const gone = before.retained.filter(({ name }) => !retainedNamed(next, name));
  const isBack = ({ name }: Retained): boolean => containerNamed(next, name) !== undefined;
  const come = next.retained.filter(({ name }) => containerNamed(before, name));
  return {
    back: split(gone.filter(isBack), next),
    kept: split(come, before),
    expired: split(
      gone.filter((row) => !isBack(row)),
      before,
    ),
  };
}

type Needs = readonly number[];

/**
 * Brings containers back that were retained: they have all they need, and are only started, or run already. Returns the
 * waits for their health.
 */
export function bringBack(
  plan: PlanBuilder,
  { back: { stopped, running } }: RetainedChange,
  checks: Needs,
  link: (placed: Placed, needs: Needs) => Needs,
  { vacate }: HandOver,
): number[] {
  const linked = [...stopped, ...running].map((placed) => [...checks, ...link(placed, checks)]);
  const vacated = stopped.map((placed, index) => vacate(placed, linked[index] ?? []));
  const starts = stopped.map(({ host, spec }, index) => {
    const because = `${spec.stack} gets ${spec.version} back at position ${spec.position}; it was kept`;
    const step = { host, object: spec.name, spec, because };
    const needs = [...(linked[index] ?? []), ...(vacated[index] ?? [])];
    return plan.add({ kind: 'start_container', ...step }, needs);
  });
  return [...stopped, ...running].map(({ host, spec }, index) => {
    const because = 'nothing is sent to a container before it is healthy';
    const start = starts[index];
    const needs = start === undefined ? (linked[index] ?? []) : [start];
    return plan.add({ kind: 'wait_healthy', host, object: spec.name, spec, because }, needs);
  });
}

/** Stops what is retained stopped, unless it is stopped already, each after the steps it is given; returns for every retained one its last steps. */
export function keep(
  plan: PlanBuilder,
  { kept: { stopped, running } }: RetainedChange,
  stoppedBefore: ReadonlyMap<string, number>,
  afterOf: (placed: Placed) => Needs,
): [Placed, Needs][] {
  const stops = stopped.map((placed): [Placed, Needs] => {
    const { stack, version, position } = placed.spec;
    const because = `${stack} no longer has ${version} at position ${position}, and keeps it for a rollback`;
    const known = stoppedBefore.get(placed.spec.name);
    if (known !== undefined) return [placed, [known, ...afterOf(placed)]];
    return [placed, [stop(plan, placed, because, afterOf(placed))]];
  });
  return [...stops, ...running.map((placed): [Placed, Needs] => [placed, afterOf(placed)])];
}

/** Removes what is retained no longer, each after the steps it is given. */
export function removeExpired(
  plan: PlanBuilder,
  { expired: { stopped, running } }: RetainedChange,
  afterOf: (placed: Placed) => Needs,
): void {
  const because = ({ spec }: Placed): string =>
    `${spec.stack} no longer keeps ${spec.version} for a rollback`;
  const stops = running.map((placed) => [stop(plan, placed, because(placed), afterOf(placed))]);
  [...running, ...stopped].forEach((placed, index) => {
    const { host, spec } = placed;
    const step = { host, object: spec.name, spec, because: because(placed) };
    plan.add({ kind: 'remove_container', ...step }, stops[index] ?? afterOf(placed));
  });
}

function stop(plan: PlanBuilder, { host, spec }: Placed, because: string, needs: Needs): number {
  const step = { host, object: spec.name, spec, grace: spec.settings.stopGrace, because };
  return plan.add({ kind: 'stop_container', ...step }, needs);
}
