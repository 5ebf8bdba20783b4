import { constraints } from '../constraints/all.ts';
import { judge } from '../constraints/check.ts';
import { canonicalText } from '../model/canonical.ts';
import { changeBetween, keyOf, touchedServices, type RowChange, type StateChange } from '../model/change.ts';
import type { Environment } from '../model/environment.ts';
import type { Edge, Service, State } from '../model/state.ts';
import type { Violation } from '../model/violation.ts';
import type { OpenOperation } from './course.ts';

/**
 * What an operation locks, and whether it may run beside others (docs/locks.md). Two operations whose locks differ share no tree, so
 * that no rule of what serves looks at both. What is left are ports, names and the room on the hosts; these only get scarcer by what
 * is added, so that it is enough to judge everything together that may stand at once.
 */

/** The lock of those whose extent is not known beforehand, or who touch everything: all others wait for it. */
export const everything = 'everything';

export function serviceLock(name: string): string {
  return `service:${name}`;
}

export function balancerLock(name: string): string {
  return `balancer:${name}`;
}

/** What a change is about, and what it locks. */
export type Extent = { readonly services: readonly string[]; readonly locks: readonly string[] };

/** The extent of the way from one state to another that touches these load balancers. */
export function extentOf(before: State, next: State, balancers: readonly string[]): Extent {
  const change = changeBetween(before, next);
  const services = [...touchedServices(change, before, next)].sort();
  // Who only adds containers to a service, and moves no traffic, changes nothing that others of its trees rest on.
  const mates = balancers.length === 0 && isGrowth(change) ? services : treeMates(services, before, next);
  return { services, locks: locksFor(mates, balancers) };
}

/** The extent of bringing a state to the hosts: for one service, or all. */
export function extentOfDeployment(
  state: State,
  service: string | null,
  balancers: readonly string[],
): Extent {
  return service === null
    ? { services: state.services.map(({ name }) => name), locks: [everything] }
    : { services: [service], locks: locksFor(treeMates([service], state), balancers) };
}

export function locksFor(services: readonly string[], balancers: readonly string[]): string[] {
  return [...new Set([...services.map(serviceLock), ...balancers.map(balancerLock)])].sort();
}

/** Whether a change only adds containers, and stacks for them. Counters go up with it. */
function isGrowth({ services, stacks, containers, ...others }: StateChange): boolean {
  const goesOn = <Row>({ removed, added }: RowChange<Row>, counted: (row: Row) => object): boolean => {
    const then = new Set(added.map((row) => canonicalText(counted(row))));
    return removed.every((row) => then.has(canonicalText(counted(row))));
  };
  return (
    services.added.length === services.removed.length &&
    goesOn(services, (row) => ({ ...row, nextStack: 0 })) &&
    goesOn(stacks, (row) => ({ ...row, nextContainer: 0 })) &&
    containers.removed.length === 0 &&
    Object.values(others).every(({ removed, added }) => removed.length + added.length === 0)
  );
}

/** Services with all that stand in a tree with one of them, before or after, and those that one says it uses. */
export function treeMates(names: readonly string[], ...states: readonly State[]): string[] {
  const wanted = new Set(names);
  const mates = states.flatMap((state) => [
    ...membersOfTrees(state).filter((members) => members.some((name) => wanted.has(name))),
    ...state.services.map(relatedByUse).filter((members) => members.some((name) => wanted.has(name))),
  ]);
  return [...new Set([...names, ...mates.flat()])].sort();
}

function membersOfTrees({ endpoints, edges }: State): string[][] {
  const members = new Map(endpoints.map(({ name, service }) => [name, [service]]));
  for (const { endpoint, parent, child } of edges) members.get(endpoint)?.push(parent, child);
  return [...members.values()];
}

function relatedByUse({ name, traffic }: Service): string[] {
  return traffic.uses.length === 0 ? [] : [name, ...traffic.uses];
}

/** The changes that operations are to record. One that has recorded its own is in the state with it. */
export function changesOf(operations: readonly OpenOperation[]): StateChange[] {
  return operations.flatMap(({ revision, plan }) =>
    revision === null
      ? plan.steps.flatMap((step) => (step.kind === 'commit_state' ? [step.change] : []))
      : [],
  );
}

/**
 * A state with all that is there while changes are under way: what they add, and what they have not taken away yet. It is no
 * state that anything comes to; it says which names, ports and places are taken. The state itself where there are none.
 */
export function crowded(state: State, changes: readonly StateChange[]): State {
  return changes.reduce((crowd, change) => {
    // A container that is kept for a rollback, or taken from there, stands once.
    const [kept, back] = [namesIn(change.retained.added), namesIn(change.containers.added)];
    return {
      ...crowd,
      services: upsert(crowd.services, change.services),
      stacks: upsert(crowd.stacks, change.stacks),
      containers: upsert(crowd.containers, change.containers).filter(({ name }) => !kept.has(name)),
      endpoints: upsert(crowd.endpoints, change.endpoints),
      edges: upsert(crowd.edges, change.edges),
      externals: upsert(crowd.externals, change.externals),
      retained: upsert(crowd.retained, change.retained).filter(({ name }) => !back.has(name)),
    };
  }, state);
}

function namesIn(rows: readonly { readonly name: string }[]): Set<string> {
  return new Set(rows.map(({ name }) => name));
}

function upsert<Row extends { readonly name: string } | Edge>(
  rows: readonly Row[],
  { added }: RowChange<Row>,
): readonly Row[] {
  if (added.length === 0) return rows;
  const coming = new Map(added.map((row) => [keyOf(row), row]));
  const known = new Set(rows.map(keyOf));
  return [
    ...rows.map((row) => coming.get(keyOf(row)) ?? row),
    ...added.filter((row) => !known.has(keyOf(row))),
  ];
}

const standingRules = constraints.filter((rule) => rule.concerns === 'standing');

/** What would be wrong on the hosts and with names if a change were made while others are, and is wrong with neither alone. */
export function conflictsBeside(
  state: State,
  others: readonly StateChange[],
  own: StateChange,
  environment: Environment,
): Violation[] {
  if (others.length === 0) return [];
  const found = (changes: readonly StateChange[]): Violation[] =>
    judge(crowded(state, changes), environment, standingRules).filter(({ level }) => level === 'error');
  const known = new Set([...found(others), ...found([own])].map(textOf));
  return found([...others, own]).filter((violation) => !known.has(textOf(violation)));
}

function textOf({ code, object, fact }: Violation): string {
  return `${code} ${object} ${fact}`;
}
