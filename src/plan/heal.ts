import type { Environment } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import { worldOf, type Serving, type World } from './advance.ts';
import { PlanBuilder } from './builder.ts';
import type { Drift, Known, Sightings } from './drift.ts';
import { HealSteps } from './healSteps.ts';
import { roundsOf } from './healRounds.ts';
import { findingsIn, type Findings } from './repairs.ts';
import { servingAtFirst, viewOf, type SeenBalancers, type View } from './seenBalancer.ts';
import type { Plan } from './step.ts';

/** What was seen of the hosts and the load balancers. */
export type Seen = { readonly sightings: Sightings; readonly balancers: SeenBalancers };

export type Healing = {
  readonly plan: Plan;
  /** What is not mended, with what a person can do. */
  readonly left: readonly Drift[];
  /** The world as it was seen, in which the plan begins. */
  readonly start: World;
  /** The backends that are left without a server for a while, as `BALANCER BACKEND`. */
  readonly darkened: ReadonlySet<string>;
};

export type HealOptions = {
  readonly environment: Environment;
  readonly known: Known;
  /** Whether an endpoint may be without a server for a while, where nothing else can serve it. */
  readonly allowOutage: boolean;
};

/**
 * The differ from what was seen to what the state says. What answers nobody is mended at once; what answers is led out of
 * traffic before, one container at a time for each place, and only while another one answers there. Nothing of it is undone:
 * each container and load balancer that is mended is better than before, whatever becomes of the others.
 */
export function heal(
  state: State,
  { sightings, balancers }: Seen,
  { environment, known, allowOutage }: HealOptions,
): Healing {
  const findings = findingsIn(state, sightings, known);
  const views: View[] = [];
  const blind: Drift[] = [];
  for (const balancer of environment.loadBalancers) {
    const seen = balancers.get(balancer.name);
    const why = known.spared?.get(balancer.name);
    if (seen instanceof Error || seen === undefined) {
      const fact = seen?.message ?? 'it was not looked at';
      blind.push({ ...about(balancer.name, 'unreachable'), fact, remedy: notKnown });
    } else if (why !== undefined) {
      blind.push({ ...about(balancer.name, 'traffic'), fact: 'it is not mended now', remedy: why });
    } else {
      const view = viewOf(state, environment, balancer, seen, findings);
      if (view) views.push(view);
    }
  }
  const { rounds, left, darkened } = roundsOf(findings.repairs, { state, environment, views, allowOutage });
  const steps = new HealSteps(new PlanBuilder(), state, { views, findings });
  rounds.forEach((round, index) => {
    steps.mend(round, index);
  });
  return {
    plan: steps.end(),
    left: [...findings.left, ...left, ...blind],
    start: startOf(state, environment, views, findings),
    darkened,
  };
}

const notKnown = "see by 'cmanage doctor' what is wrong; nothing is known of what it serves until it answers";

function about(balancer: string, kind: Drift['kind']): Pick<Drift, 'kind' | 'host' | 'service' | 'object'> {
  return { kind, host: balancer, service: null, object: 'haproxy' };
}

/** The world as it was seen, in the plan's own words. */
function startOf(state: State, environment: Environment, views: readonly View[], findings: Findings): World {
  const { standing } = worldOf(state, environment);
  const found = new Map(standing);
  for (const { spec, work, answers, runs } of findings.repairs) {
    const known = standing.get(spec.name);
    if (!known) continue;
    if (work === 'make') found.delete(spec.name);
    else found.set(spec.name, { ...known, phase: answers ? 'healthy' : runs ? 'started' : 'stopped' });
  }
  const balancers = views.map((view): [string, Serving] => [
    view.balancer.name,
    servingAtFirst(view, findings),
  ]);
  return { recorded: state, standing: found, balancers: new Map(balancers) };
}
