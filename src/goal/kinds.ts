import { stackVersions } from '../constraints/stackVersions.ts';
import { stacksOf } from '../model/lookup.ts';
import { levelFor, parametersFor } from '../model/rules.ts';
import type { State } from '../model/state.ts';
import { compareInOrder, defaultOrder, type Orderable } from '../model/versionOrder.ts';
import type { Reach } from './everyMove.ts';

/**
 * The versions of a service, told apart only as far as some of them, those that are wanted, tell them apart: each of these is
 * a kind, and all others of the same place among them are one. A kind is a number.
 */
export type Kinds = {
  /** The kind of a version that stands or may be released; null for any other one. */
  readonly of: (version: string) => number | null;
  readonly count: number;
  /** The kinds that may be released. */
  readonly released: readonly number[];
  /** Whether the rule stack-versions may let a column of kinds stand, the lowest first: false where it surely does not. */
  readonly mayStand: (column: readonly number[]) => boolean;
};

export function kindsOf(
  start: State,
  standing: readonly Orderable[],
  wanted: readonly string[],
  reach: Reach,
): Kinds {
  const judge = judgeOf(start, [...standing, ...reach.candidates], reach);
  const places = new Map<string, number>();
  const members: Orderable[][] = [];
  const kinds = new Map<string, number>();
  for (const one of judge.known) {
    const place = wanted.includes(one.version) ? one.version : JSON.stringify(judge.placeOf(one, wanted));
    const kind = places.get(place) ?? members.length;
    places.set(place, kind);
    (members[kind] ??= []).push(one);
    kinds.set(one.version, kind);
  }
  // What is possible for any two versions of them is possible for two kinds.
  type Question = (lower: Orderable, upper: Orderable) => boolean;
  const pairs = (isPossible: Question): readonly (readonly boolean[])[] =>
    members.map((lowers) =>
      members.map((uppers) => lowers.some((lower) => uppers.some((upper) => isPossible(lower, upper)))),
    );
  const [below, directlyBelow] = [pairs(judge.mayStandBelow), pairs(judge.mayStandDirectlyBelow)];
  return {
    of: (version) => kinds.get(version) ?? null,
    count: members.length,
    released: [...new Set(reach.candidates.flatMap(({ version }) => kinds.get(version) ?? []))],
    mayStand: (column) =>
      column.every((upper, at) =>
        column.slice(0, at).every((lower, from) => (from === at - 1 ? directlyBelow : below)[lower]?.[upper]),
      ),
  };
}

type Judge = {
  /** The versions, each once. */
  readonly known: readonly Orderable[];
  /** Whether one version may be somewhere below another one, and whether directly. */
  readonly mayStandBelow: (lower: Orderable, upper: Orderable) => boolean;
  readonly mayStandDirectlyBelow: (lower: Orderable, upper: Orderable) => boolean;
  /** How a version stands to each of some others. */
  readonly placeOf: (one: Orderable, others: readonly string[]) => readonly (number | null)[];
};

/**
 * The rule stack-versions as far as it surely refuses: only where it does refuse, where nothing breaks it yet, for an old breach
 * may come back, and where each tag has one place in the order.
 */
function judgeOf(start: State, all: readonly Orderable[], { service, environment }: Reach): Judge {
  const { code, level } = stackVersions;
  const rule = parametersFor(environment.rules, code, service, {
    ...{ ...defaultOrder, unordered: 'refuse' },
    order: ['incremental', 'equal'] as readonly string[],
  });
  // Only where the order is by time do two images of one tag have different places.
  const timed = all.map((one) => (rule.by === 'created' ? one : { ...one, created: null }));
  const known = [...new Map(timed.map((one) => [JSON.stringify(one), one])).values()];
  const isAmbiguous = new Set(known.map(({ version }) => version)).size < known.length;
  const stacks = stacksOf(start, service);
  const isBroken = stackVersions
    .judge({ state: { ...start, stacks }, environment })
    .some(({ atMost }) => atMost === undefined);
  if (levelFor(environment.rules, code, service, level) !== 'error' || isBroken || isAmbiguous) {
    return { known, mayStandBelow: () => true, mayStandDirectlyBelow: () => true, placeOf: () => [] };
  }
  const compare = (one: Orderable, other: Orderable): number | null => compareInOrder(rule, one, other);
  return {
    known,
    mayStandBelow: (lower, upper) => (compare(lower, upper) ?? 0) <= 0,
    mayStandDirectlyBelow: (lower, upper) => {
      const order = compare(lower, upper);
      if (order === null) return rule.unordered !== 'refuse';
      return order <= 0 && rule.order.includes(order === 0 ? 'equal' : 'incremental');
    },
    placeOf: (one, others) =>
      others.map((other) => {
        const place = known.find(({ version }) => version === other);
        const order = place === undefined ? null : compare(one, place);
        return order === null ? null : Math.sign(order);
      }),
  };
}
