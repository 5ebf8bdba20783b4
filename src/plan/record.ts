import { changeBetween } from '../model/change.ts';
import { stackNamed } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { PlanBuilder } from './builder.ts';
import type { Plan } from './step.ts';

/**
 * The differ where the hosts are left alone: what they run is said to be what the next state says, or is brought to it
 * afterwards by a deployment. One step, which records.
 */
export function recordOnly(before: State, next: State, because: string): Plan {
  const revision = before.revision + 1;
  const change = changeBetween(before, next);
  const plan = new PlanBuilder();
  const object = `revision ${revision}`;
  plan.add({ kind: 'commit_state', host: 'state', object, revision, change, because }, []);
  return { steps: plan.steps, pivot: plan.lastSeq };
}

/** The containers that a state has on each host, retained ones too, in order of names. */
export function containersByHost(state: State): { readonly host: string; readonly containers: string[] }[] {
  const hosts = new Map<string, string[]>();
  for (const { name, stack } of [...state.containers, ...state.retained]) {
    const host = stackNamed(state, stack)?.host ?? '';
    hosts.set(host, [...(hosts.get(host) ?? []), name]);
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, containers]) => ({ host, containers: containers.sort() }));
}
