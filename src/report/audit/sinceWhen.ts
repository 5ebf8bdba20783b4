import type { Constraint } from '../../constraints/constraint.ts';
import {
  stateTables,
  touchedServices,
  type RowOf,
  type StateChange,
  type Table,
} from '../../model/change.ts';
import type { Environment } from '../../model/environment.ts';
import { pastOf } from '../../model/past.ts';
import type { State } from '../../model/state.ts';
import { around, partOf } from './around.ts';
import { cellKey, verdictsOf } from './verdicts.ts';

/** A change of the journal, and the operation that made it. */
export type Recorded = {
  readonly id: number;
  readonly actor: string;
  readonly startedAt: string;
  readonly revision: number;
  readonly change: StateChange;
};

/** The operation since which something is as it is. */
export type Since = Omit<Recorded, 'change'>;

/**
 * Since when each service stands to each rule as it does, by `cellKey`: the last change on which today's rules would have judged it otherwise, or that
 * made the service. What is not in the answer is older than the changes given.
 *
 * Walks back from the state, the newest change first. Only the services that a change touches, and those in trees with them, can be
 * judged otherwise before it; so each change costs what is around it, and not what there is.
 */
export function sincesOf(
  state: State,
  changes: readonly Recorded[],
  environment: Environment,
  constraints: readonly Constraint[],
): ReadonlyMap<string, Since> {
  // Of all others, nothing changed. What shared a tree with a changed service once does so now, or its relation is among the changes.
  const concerned = partOf(state, around(state, around(state, namedIn(changes, state))));
  const past = pastOf(concerned);
  const sinces = new Map<string, Since>();
  let open = new Set(concerned.services.map(({ name }) => name));
  let after = concerned;
  for (const { change, ...since } of changes) {
    if (open.size === 0 || !past.takeBack(change)) break;
    const before = past.state();
    const touched = touchedServices(change, before, after);
    const near = new Set([...around(before, touched), ...around(after, touched)]);
    const whole = new Set([...around(before, near), ...around(after, near)]);
    const [old, now] = [before, after].map((moment) =>
      standingsIn(partOf(moment, whole), environment, constraints),
    );
    const existed = new Set(before.services.map(({ name }) => name));
    for (const service of [...near].filter((name) => open.has(name))) {
      const keys = constraints.map(({ code }) => cellKey(service, code));
      const changed = keys.filter((key) => !existed.has(service) || old?.get(key) !== now?.get(key));
      for (const key of changed.filter((one) => !sinces.has(one))) sinces.set(key, since);
    }
    open = new Set([...open].filter((service) => existed.has(service)));
    after = before;
  }
  return sinces;
}

/** The services whose rows the changes have, and those in whose trees they have relations. */
function namedIn(changes: readonly Recorded[], state: State): Set<string> {
  const rowsOf = <T extends Table>(table: T): readonly RowOf<T>[] => [
    ...state[table],
    ...changes.flatMap(({ change }) => [...change[table].removed, ...change[table].added] as RowOf<T>[]),
  ];
  const owners = new Map([
    ...rowsOf('stacks').map(({ name, service }) => [name, service] as const),
    ...rowsOf('endpoints').map(({ name, service }) => [name, service] as const),
  ]);
  const names = changes.flatMap(({ change }) =>
    stateTables.flatMap((table) =>
      [...change[table].removed, ...change[table].added].flatMap((row) => namesIn(row, owners)),
    ),
  );
  return new Set(names);
}

function namesIn(row: RowOf<Table>, owners: ReadonlyMap<string, string>): string[] {
  if ('parent' in row) return [row.parent, row.child, owners.get(row.endpoint) ?? ''];
  if ('service' in row) return [row.service];
  return 'stack' in row ? [owners.get(row.stack) ?? ''] : [row.name];
}

function standingsIn(
  part: State,
  environment: Environment,
  constraints: readonly Constraint[],
): ReadonlyMap<string, string> {
  const verdicts = verdictsOf(part, environment, constraints);
  return new Map(verdicts.map(({ service, rule, standing }) => [cellKey(service, rule), standing]));
}
