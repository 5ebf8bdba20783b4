import { containersOf, stacksOf } from '../model/lookup.ts';
import type { State } from '../model/state.ts';
import { compareInOrder, sortTags, type VersionOrder } from '../model/versionOrder.ts';
import type { Sheet } from './table.ts';

/** One tag of an image in its registry, beside what the service runs. */
export type UpstreamEntry = {
  readonly tag: string;
  /** The positions that run it, by stage where they have one. */
  readonly runs: readonly string[];
  /** Whether it is later than everything the service runs; null where it has no order. */
  readonly newer: boolean | null;
};

/** The tags in the service's order of versions, each with where it runs. Tags that run but are gone from the registry are listed too. */
export function upstreamEntries(
  state: State,
  service: string,
  tags: readonly string[],
  stages: readonly string[],
  order: VersionOrder,
): UpstreamEntry[] {
  const [stack] = stacksOf(state, service);
  const containers = stack ? containersOf(state, stack.name) : [];
  const top = containers.at(-1);
  const all = sortTags(order, [...new Set([...tags, ...containers.map((container) => container.version)])]);
  return all.map((tag) => {
    const place = top ? compareInOrder(order, { version: tag, created: null }, top) : null;
    return {
      tag,
      runs: containers.flatMap(({ version, position }) =>
        version === tag ? [stages[position] ?? `position ${position}`] : [],
      ),
      newer: place === null ? null : place > 0,
    };
  });
}

export function upstreamSheet(entries: readonly UpstreamEntry[]): Sheet {
  return {
    head: ['Tag', 'Runs at', 'Newer'],
    rows: entries.map(({ tag, runs, newer }) => [
      tag,
      runs.join(' ') || '-',
      newer === null ? 'no order' : newer ? 'newer' : '-',
    ]),
  };
}
