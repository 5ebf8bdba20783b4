import type { State } from '../model/state.ts';
import type { PlanBuilder } from './builder.ts';
import type { Placed } from './placed.ts';
import { successionsIn } from './stopFirst.ts';
import type { TrafficPlan } from './trafficPlan.ts';

type Needs = readonly number[];

/** How a place goes from one container of a stop-first service to the next. */
export type HandOver = {
  /** Takes the container whose place another one takes out of traffic and stops it; nothing where there is none. */
  readonly vacate: (successor: Placed, needs: Needs) => Needs;
  /** Has a container that took such a place serve, before the next places change hands. */
  readonly admit: (successor: Placed, needs: Needs) => Needs;
  /** The steps that stopped containers, by the names of these. */
  readonly stops: ReadonlyMap<string, number>;
};

export function handOverOf(
  plan: PlanBuilder,
  traffic: readonly TrafficPlan[],
  ends: { readonly before: State; readonly next: State },
  removed: readonly Placed[],
): HandOver {
  const successions = successionsIn(ends.before, ends.next);
  const placed = new Map(removed.map((one) => [one.spec.name, one]));
  const stops = new Map<string, number>();
  const oldOf = (successor: Placed): Placed | undefined =>
    placed.get(successions.get(successor.spec.name)?.name ?? '');
  return {
    stops,
    vacate: (successor, needs) => {
      const old = oldOf(successor);
      if (!old) return [];
      const { host, spec } = old;
      const drained = traffic.flatMap((part) => part.vacate(old.container, needs));
      const because = `${spec.service} is stop-first: ${successor.spec.name} starts when it is down`;
      const step = { host, object: spec.name, spec, grace: spec.settings.stopGrace, because };
      const stop = plan.add({ kind: 'stop_container', ...step }, [...needs, ...drained]);
      stops.set(spec.name, stop);
      return [stop];
    },
    admit: (successor, needs) =>
      oldOf(successor) ? traffic.flatMap((part) => part.admit(successor.container, needs)) : [],
  };
}
