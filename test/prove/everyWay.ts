import type { State } from '../../src/model/state.ts';
import type { Wish } from '../../src/goal/goal.ts';
import type { House } from './house.ts';
import { newlyWrong, wrongsOf, type Wrong } from './naive.ts';
import { wishesOf } from './naiveGoals.ts';
import { endpointsIn, ownPartOf, relationsTo, textOfPart, withOwnPart, type OwnPart } from './ownPart.ts';

/**
 * Every way of one service from some states that have all else in common: each part that any commands lead to, and the fewest
 * commands from each to each goal. What a command does is said here once more, in a line each; whether it is allowed is asked of
 * the naive judge. What only a step on the way refuses counts as allowed: so nothing is farther than it is told here.
 */
export type EveryWay = {
  /** How many different parts there are. */
  readonly size: number;
  /** The fewest commands from a state to a goal, with and without re-pointing; null where there is surely no way. */
  readonly fewest: (from: State, wishes: readonly Wish[], repoints: boolean) => number | null;
  /** Whether one command leads from a state to another one, as it is told here. */
  readonly leads: (from: State, to: State) => boolean;
};

export type Ground = {
  readonly service: string;
  readonly house: House;
  /** What may be released, and how high stacks may become. */
  readonly versions: readonly string[];
  readonly maxHeight: number;
};

type Node = { readonly own: OwnPart; readonly state: State; readonly wrongs: readonly Wrong[] };

export function everyWayFrom(starts: readonly State[], ground: Ground): EveryWay {
  const { service, house } = ground;
  const [base] = starts;
  if (!base) throw new Error('no start is given');
  const ids = new Map<string, number>();
  const nodes: Node[] = [];
  const idOf = (own: OwnPart): number => {
    const text = textOfPart(own);
    const known = ids.get(text);
    if (known !== undefined) return known;
    const state = withOwnPart(base, service, own, house);
    ids.set(text, nodes.length);
    nodes.push({ own, state, wrongs: wrongsOf(state, house) });
    return nodes.length - 1;
  };
  const [still, repointed]: [number[][], number[][]] = [[], []];
  const reached = new Set(starts.map((start) => idOf(ownPartOf(start, service))));
  // The loop also visits the parts that are added while it runs; those that are refused are none of them.
  for (const id of reached) {
    const from = nodes[id];
    if (!from) continue;
    const accept = (own: OwnPart): number | null => {
      const next = idOf(own);
      const isAllowed = newlyWrong(from, nodes[next]?.wrongs ?? [], house).size === 0;
      if (isAllowed) reached.add(next);
      return isAllowed ? next : null;
    };
    const reach = (parts: readonly OwnPart[]): number[] => [
      ...new Set(parts.flatMap((own) => accept(own) ?? [])),
    ];
    const lower = reach([...popsOf(from.own), ...replacementsOf(from.own)]);
    still[id] = [...lower, ...releasesFrom(from.own, ground, accept)];
    repointed[id] = reach(branchingsOf(from, service));
  }
  const answers = nodes.map(({ state }) => wishesOf(state, service, house));
  const backwards = { still: reversed(still), repointed: reversed(repointed) };
  const tables = new Map<string, Uint8Array>();
  const idIn = (state: State): number => ids.get(textOfPart(ownPartOf(state, service))) ?? -1;
  return {
    size: reached.size,
    fewest: (from, wishes, repoints) => {
      const key = JSON.stringify([wishes, repoints]);
      const ends = (): number[] =>
        answers.flatMap((answer, id) => (reached.has(id) && isMet(wishes, answer) ? [id] : []));
      const table = tables.get(key) ?? distancesTo(ends(), nodes.length, backwards, repoints);
      tables.set(key, table);
      const fewest = table[idIn(from)] ?? none;
      return fewest === none ? null : fewest;
    },
    leads: (from, to) => {
      const [start, end] = [idIn(from), idIn(to)];
      return start === end || [...(still[start] ?? []), ...(repointed[start] ?? [])].includes(end);
    },
  };
}

function isMet(wishes: readonly Wish[], answer: readonly Wish[]): boolean {
  return wishes.every(({ stage, version }) =>
    answer.some((one) => one.stage === stage && one.version === version),
  );
}

/** A pop of each position of all stacks, or of the first one alone. */
function popsOf({ columns, ...own }: OwnPart): OwnPart[] {
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, at) => at).flatMap((at) => {
    const popped = columns.map((column) => column.toSpliced(at, 1));
    const first = columns.map((column, index) => (index === 0 ? column.toSpliced(at, 1) : column));
    const canAll = columns.every((column) => at < column.length);
    const canFirst = at < (columns[0]?.length ?? 0);
    return [
      ...(canAll ? [{ ...own, columns: popped }] : []),
      ...(canFirst ? [{ ...own, columns: first }] : []),
    ];
  });
}

/** Each position of all stacks with what stands above it, or below. */
function replacementsOf({ columns, ...own }: OwnPart): OwnPart[] {
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, at) => at).flatMap((at) =>
    [at - 1, at + 1].flatMap((other) =>
      other >= 0 && columns.every((column) => at < column.length && other < column.length)
        ? [{ ...own, columns: columns.map((column) => column.with(at, column[other] ?? '')) }]
        : [],
    ),
  );
}

/** Every list of versions on top of all stacks. What may not stand is not built upon: nothing above makes it right. */
function releasesFrom(
  own: OwnPart,
  { versions, maxHeight }: Ground,
  accept: (own: OwnPart) => number | null,
): number[] {
  if (own.columns.length === 0) return [];
  const found = new Set<number>();
  const higher = [own];
  // The loop also visits the parts that are added while it runs.
  for (const lower of higher) {
    if (Math.max(...lower.columns.map((column) => column.length)) >= maxHeight) break;
    for (const version of versions) {
      const next = { ...lower, columns: lower.columns.map((column) => [...column, version]) };
      const id = accept(next);
      if (id === null) continue;
      found.add(id);
      higher.push(next);
    }
  }
  return [...found];
}

/** Every endpoint of the service, and every relation that leads to it, somewhere else; relations of one tree also together. */
function branchingsOf({ own, state }: Node, service: string): OwnPart[] {
  const height = Math.max(0, ...own.columns.map((column) => column.length));
  const places = Array.from({ length: height }, (_, at) => at);
  const pointed = endpointsIn(state, service).flatMap((_, index) =>
    places.map((at) => ({ ...own, pointers: own.pointers.with(index, at) })),
  );
  const relations = relationsTo(state, service);
  const led = relations.flatMap(({ endpoint }, index) =>
    [null, ...places].flatMap((at) => [
      { ...own, positions: own.positions.with(index, at) },
      {
        ...own,
        positions: own.positions.map((old, other) => (relations[other]?.endpoint === endpoint ? at : old)),
      },
    ]),
  );
  return [...pointed, ...led];
}

function reversed(nexts: readonly (readonly number[])[]): number[][] {
  const befores: number[][] = [];
  // A part that is refused has no place here, and is left out.
  nexts.forEach((list, id) => {
    for (const next of list) (befores[next] ??= []).push(id);
  });
  return befores;
}

const none = 255;

/** How many commands lead from each to the nearest of some ends, found backwards from all of these at once. */
function distancesTo(
  ends: readonly number[],
  size: number,
  {
    still,
    repointed,
  }: { readonly still: readonly (readonly number[])[]; readonly repointed: readonly (readonly number[])[] },
  repoints: boolean,
): Uint8Array {
  const fewest = new Uint8Array(size).fill(none);
  const row = [...ends];
  for (const end of ends) fewest[end] = 0;
  const come = (before: number, distance: number): void => {
    if (fewest[before] !== none) return;
    fewest[before] = distance;
    row.push(before);
  };
  // The loop also visits those that are added while it runs.
  for (const id of row) {
    const distance = (fewest[id] ?? 0) + 1;
    for (const before of still[id] ?? []) come(before, distance);
    if (repoints) for (const before of repointed[id] ?? []) come(before, distance);
  }
  return fewest;
}
