import { servedBy } from '../model/links.ts';
import { containerNamed, ownersOf } from '../model/lookup.ts';
import type { Container, State } from '../model/state.ts';
import type { PlanBuilder } from './builder.ts';
import type { Placed } from './placed.ts';

/** The containers that a change must leave healthy for a while: new ones, and those that serve an endpoint which they did not. */
export function watchedIn(before: State, next: State): Container[] {
  return next.containers.filter(
    (container) => monitorOf(next, container) > 0 && servesAnew(before, next, container),
  );
}

function monitorOf(state: State, container: Container): number {
  return ownersOf(state, container).service.rolling.monitor;
}

function servesAnew(before: State, next: State, container: Container): boolean {
  const old = containerNamed(before, container.name);
  if (!old) return true;
  const served = new Set(endpointsServed(before, old));
  return endpointsServed(next, container).some((endpoint) => !served.has(endpoint));
}

function endpointsServed(state: State, container: Container): string[] {
  const { service } = ownersOf(state, container);
  return servedBy(state, service.name, container.position).map(({ name }) => name);
}

/** Watches containers for as long as their service says; returns these steps. */
export function watch(
  plan: PlanBuilder,
  watched: readonly Placed[],
  next: State,
  needs: readonly number[],
): number[] {
  return watched.map(({ host, spec, container }) => {
    const seconds = monitorOf(next, container);
    const because = `it must stay healthy for ${seconds} s before the change is final`;
    return plan.add({ kind: 'watch_health', host, object: spec.name, spec, seconds, because }, needs);
  });
}
