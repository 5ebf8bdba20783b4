import type { Environment } from '../model/environment.ts';
import { childrenOf, targetOf } from '../model/links.ts';
import { containersAt } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import type { Placed } from './placed.ts';

/** New containers in an order in which nobody starts before those it calls, where these alone can answer it. */
export type CallOrder = {
  /** Groups that come up one after the other. */
  readonly groups: readonly (readonly Placed[])[];
  /** The containers of an earlier group that a container calls. */
  readonly calleesOf: (caller: Placed) => readonly Placed[];
};

/**
 * Tells callees from callers, service by service. Where somebody answers in a callee's place already, its caller need not
 * wait, and a callee that serves before its time would mix stages. Services that call each other in different trees cannot
 * wait for each other, and one of them does not.
 */
export function calleesFirst(
  added: readonly Placed[],
  before: State,
  next: State,
  environment: Environment,
): CallOrder {
  const byName = new Map(added.map((placed) => [placed.spec.name, placed]));
  const called = new Map(
    added.map((placed) => [placed, newCallees(placed, byName, before, next, environment)]),
  );
  const depths = depthsOf(added, called);
  const depthOf = ({ spec }: Placed): number => depths.get(spec.service) ?? 0;
  const deepest = Math.max(0, ...depths.values());
  const groups = Array.from({ length: deepest + 1 }, (_, depth) =>
    added.filter((placed) => depthOf(placed) === depth),
  );
  const calleesOf = (caller: Placed): readonly Placed[] =>
    (called.get(caller) ?? []).filter((callee) => depthOf(callee) < depthOf(caller));
  return { groups, calleesOf };
}

/** The new containers to which the links of a container lead, in whose place nobody stood before. */
function newCallees(
  { container, spec }: Placed,
  added: ReadonlyMap<string, Placed>,
  before: State,
  next: State,
  environment: Environment,
): Placed[] {
  const place = { service: spec.service, position: container.position };
  return childrenOf(next, spec.service).flatMap((child) => {
    if (!Object.hasOwn(container.links, child)) return [];
    const position = targetOf(next, environment, place, child)?.position ?? null;
    if (position === null || containersAt(before, child, position).length > 0) return [];
    return containersAt(next, child, position).flatMap(({ name }) => added.get(name) ?? []);
  });
}

/** How deep each service is below those that wait for nobody. */
function depthsOf(
  added: readonly Placed[],
  called: ReadonlyMap<Placed, readonly Placed[]>,
): Map<string, number> {
  const below = new Map<string, Set<string>>();
  for (const { spec } of added) below.set(spec.service, new Set());
  for (const [caller, callees] of called) {
    for (const { spec } of callees) below.get(caller.spec.service)?.add(spec.service);
  }
  const depths = new Map<string, number>();
  const visiting = new Set<string>();
  const depthOf = (service: string): number => {
    const known = depths.get(service);
    if (known !== undefined || visiting.has(service)) return known ?? -1;
    visiting.add(service);
    const depth = Math.max(-1, ...[...(below.get(service) ?? [])].map(depthOf)) + 1;
    visiting.delete(service);
    depths.set(service, depth);
    return depth;
  };
  for (const service of below.keys()) depthOf(service);
  return depths;
}
