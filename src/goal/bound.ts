import type { Constraint } from '../constraints/constraint.ts';
import { heightTrees } from '../constraints/heightTrees.ts';
import { hostCapacity } from '../constraints/hostCapacity.ts';
import { stackHeight } from '../constraints/stackHeight.ts';
import { stackTwins } from '../constraints/stackTwins.ts';
import { treeCount } from '../constraints/treeCount.ts';
import { versionPinned } from '../constraints/versionPinned.ts';
import { containersOf, containersOn, stacksOf } from '../model/lookup.ts';
import { runningOn } from '../model/retention.ts';
import { levelFor, parametersFor } from '../model/rules.ts';
import type { Stack, State } from '../model/state.ts';
import { treesWith } from '../model/trees.ts';
import { columnsFrom, type Column, type Columns, type Heights, type Need } from './columns.ts';
import type { Reach } from './everyMove.ts';
import { positionsOf, unmetIn, type Goal, type Wish } from './goal.ts';
import { kindsOf, type Kinds } from './kinds.ts';
import type { Move } from './moves.ts';

/** The least number of moves to a goal: never more than it takes, and Infinity where there surely is no way. */
export type Bound = {
  readonly from: (state: State) => number;
  /** From where a move would lead, without making it. It may say less than what `from` says there. */
  readonly after: (state: State, move: Move) => number;
};

/**
 * Bounds the moves of one search, from every state that its start leads to. Each stack is looked at by itself, with all that can
 * become of it by its own height and the order of its versions: the other rules can only make a way longer. Where endpoints may
 * be re-pointed, a stage costs a move for that, and then needs its version anywhere. So the first way found is a shortest one.
 */
export function boundOf(start: State, goal: Goal, reach: Reach): Bound {
  if (isPinned(start, goal, reach)) return { from: () => Infinity, after: () => Infinity };
  const { stages } = reach.environment.rules;
  const bounds = groupsOf(start, goal, reach).map((wishes) => boundOfStacks(start, wishes, reach));
  // The end of a canary moves many positions at once.
  const isSpread = (state: State): boolean =>
    treesWith(state, goal.service).some(({ options }) => options.weights.length > 0);
  const from = (state: State): number => {
    if (unmetIn(state, goal, stages).length === 0) return 0;
    if (stacksOf(state, goal.service).length === 0) return Infinity;
    return isSpread(state) ? 1 : Math.max(1, ...bounds.map((bound) => bound(state, null)));
  };
  const after = (state: State, move: Move): number =>
    isSpread(state) ? 0 : Math.max(0, ...bounds.map((bound) => bound(state, move)));
  return { from, after };
}

/** Whether the rule version-pinned surely refuses every state that fulfils a goal: it allows only what is there already. */
function isPinned(start: State, { service, wishes }: Goal, { environment }: Reach): boolean {
  const { code, level, parameters } = versionPinned;
  const { floating, stages } = parametersFor(environment.rules, code, service, parameters);
  const isBroken = versionPinned.judge({ state: start, environment }).some((one) => one.service === service);
  if (levelFor(environment.rules, code, service, level) !== 'error' || isBroken) return false;
  const has = (words: unknown, word: string): boolean => Array.isArray(words) && words.includes(word);
  return wishes.some(({ stage, version }) => has(stages, stage) && has(floating, version));
}

/** More columns than this take longer than what they save. */
const mostColumns = 6000;

/** The wishes together, where few columns tell them apart; otherwise two by two, or each by itself, or none. */
function groupsOf(start: State, { wishes }: Goal, reach: Reach): readonly (readonly Wish[])[] {
  const pairs = wishes.flatMap((one, at) => wishes.slice(at + 1).map((other) => [one, other]));
  const partitions = [[wishes], pairs, wishes.map((wish) => [wish])];
  const isSmall = (group: readonly Wish[]): boolean => areFew(kindsFor(start, group, reach), reach.maxHeight);
  return partitions.find((groups) => groups.length > 0 && groups.every(isSmall)) ?? [];
}

function kindsFor(start: State, wishes: readonly Wish[], reach: Reach): Kinds {
  const standing = stacksOf(start, reach.service).flatMap(({ name }) => containersOf(start, name));
  const versions = wishes.map(({ version }) => version);
  return kindsOf(
    start,
    standing.map(({ version, created }) => ({ version, created })),
    versions,
    reach,
  );
}

/** Whether few columns of a height may stand at all, and of any less. */
function areFew(kinds: Kinds, height: number): boolean {
  const every = Array.from({ length: kinds.count }, (_, kind) => kind);
  let row: number[][] = [[]];
  for (let at = 0, size = 0; at < height; at++) {
    row = row.flatMap((column) => every.map((kind) => [...column, kind]).filter(kinds.mayStand));
    size += row.length;
    if (size > mostColumns) return false;
  }
  return true;
}

/** The farthest stack counts: each has its way to go, and every move does at most one thing to each. */
function boundOfStacks(
  start: State,
  wishes: readonly Wish[],
  reach: Reach,
): (state: State, move: Move | null) => number {
  const { service, environment, repoints } = reach;
  const { stages } = environment.rules;
  const kinds = kindsFor(start, wishes, reach);
  const columnOf = (state: State, { name }: Stack): number[] =>
    containersOf(state, name).map(({ version }) => kinds.of(version) ?? -1);
  const known = new Map<string, Columns>();
  const columns = new Map(
    stacksOf(start, service).map((stack) => {
      const [first, heights] = [columnOf(start, stack), heightsOf(start, stack, reach)];
      const key = JSON.stringify([first, heights]);
      const made = known.get(key) ?? columnsFrom(first, kinds, heights);
      known.set(key, made);
      return [stack.name, made];
    }),
  );
  return (state, move) => {
    const choices = choicesOf(state, wishes, { service, stages, repoints, kinds });
    const distances = stacksOf(state, service).map((stack, index) => {
      const column = columnOf(state, stack);
      const next = move ? columnAfter(column, move, { kinds, isFirst: index === 0 }) : column;
      const ways = choices.map(
        ({ repointed, needs }) => repointed + (columns.get(stack.name)?.distance(next, needs) ?? 0),
      );
      return Math.min(...ways);
    });
    // A move that is none of stacks brings the goal nearer by one at most.
    return Math.max(...distances) - (move?.do === 'changetree' ? 1 : 0);
  };
}

/** What a move makes of a stack. */
function columnAfter(
  column: Column,
  move: Move,
  { kinds, isFirst }: { readonly kinds: Kinds; readonly isFirst: boolean },
): Column {
  switch (move.do) {
    case 'pop':
      return move.single && !isFirst ? column : column.toSpliced(move.position, 1);
    case 'replace': {
      const other = column[move.position + (move.direction === 'up' ? 1 : -1)];
      return other === undefined || move.position >= column.length
        ? column
        : column.with(move.position, other);
    }
    case 'release':
      return [...column, ...move.versions.map((version) => kinds.of(version) ?? -1)];
    case 'promote':
    case 'abort':
    case 'changetree':
      return column;
  }
}

type Choice = { readonly repointed: number; readonly needs: readonly Need[] };

/** What a stack needs for each set of stages that is left where it points; the others may be pointed at what is somewhere. */
function choicesOf(
  state: State,
  wishes: readonly Wish[],
  {
    service,
    stages,
    repoints,
    kinds,
  }: Pick<Reach, 'service' | 'repoints'> & { readonly stages: readonly string[]; readonly kinds: Kinds },
): Choice[] {
  return wishes.reduce<Choice[]>(
    (choices, { stage, version }) => {
      // A version that neither stands anywhere nor may be released has no kind, and no column has it.
      const kind = kinds.of(version) ?? -2;
      const stay = positionsOf(state, service, stage, stages).map((position): Need => ({ kind, position }));
      const isLed = treesWith(state, service).some((endpoint) => endpoint.stage === stage);
      return choices.flatMap(({ repointed, needs }) => [
        { repointed, needs: [...needs, ...stay] },
        ...(repoints && isLed
          ? [{ repointed: repointed + 1, needs: [...needs, { kind, position: null }] }]
          : []),
      ]);
    },
    [{ repointed: 0, needs: [] }],
  );
}

/** The heights of a stack: what the rules surely refuse are pops below the least height, and more than its host has room for. */
function heightsOf(start: State, stack: Stack, { service, environment, maxHeight }: Reach): Heights {
  const { rules, hosts } = environment;
  const isHard = ({ code, level }: Constraint, of: string | null): boolean =>
    levelFor(rules, code, of, level) === 'error';
  const { min_containers: least } = parametersFor(rules, stackHeight.code, service, { min_containers: 3 });
  // Height-trees asks for one stack that is high enough: for each, where they are twins and stay so.
  const stayTwins =
    isHard(stackTwins, service) &&
    stackTwins.judge({ state: start, environment }).every((finding) => finding.service !== service);
  const needed = Math.max(
    isHard(stackHeight, service) ? Math.max(least, rules.stages.length) : 0,
    isHard(heightTrees, service) && stayTwins ? treeCount(start, service, rules) : 0,
  );
  // A stack that is too low may not become lower, and the lowest one tells how low the others may be.
  const lowest = Math.min(...stacksOf(start, service).map(({ name }) => containersOf(start, name).length));
  const most = hosts.find(({ name }) => name === stack.host)?.maxContainers ?? Infinity;
  const own = new Set(stacksOf(start, service).map(({ name }) => name));
  const others = containersOn(start, stack.host).filter((row) => !own.has(row.stack)).length;
  const room = Math.max(most, runningOn(start, stack.host).length) - others;
  return {
    floor: Math.min(needed, lowest),
    ceiling: isHard(hostCapacity, null) ? Math.min(maxHeight, room) : maxHeight,
  };
}
