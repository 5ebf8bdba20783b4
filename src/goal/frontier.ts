/** What waits to be looked at, the cheapest first, and of equally cheap ones the one that came first: a binary heap. */
export type Frontier<T> = {
  readonly add: (item: T, cost: number) => void;
  /** The cheapest, which is taken out; undefined where nothing waits. */
  readonly take: () => T | undefined;
};

type Entry<T> = { readonly item: T; readonly cost: number; readonly turn: number };

export function frontierOf<T>(): Frontier<T> {
  const heap: Entry<T>[] = [];
  let turn = 0;
  const isBefore = (a: Entry<T>, b: Entry<T>): boolean =>
    a.cost < b.cost || (a.cost === b.cost && a.turn < b.turn);
  const add = (item: T, cost: number): void => {
    const entry = { item, cost, turn: turn++ };
    let at = heap.length;
    for (let above = (at - 1) >> 1; at > 0; at = above, above = (at - 1) >> 1) {
      const parent = heap[above];
      if (!parent || isBefore(parent, entry)) break;
      heap[at] = parent;
    }
    heap[at] = entry;
  };
  const take = (): T | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first?.item;
    sink(heap, last, isBefore);
    return first.item;
  };
  return { add, take };
}

/** Puts an entry in the place of the first one, and lets it sink to where it belongs. */
function sink<E>(heap: E[], entry: E, isBefore: (a: E, b: E) => boolean): void {
  let at = 0;
  for (;;) {
    const children = [2 * at + 1, 2 * at + 2].filter((child) => child < heap.length);
    const least = children.reduce<number | null>((best, child) => {
      const [one, other] = [heap[child], best === null ? undefined : heap[best]];
      return one && (!other || isBefore(one, other)) ? child : best;
    }, null);
    const below = least === null ? undefined : heap[least];
    if (least === null || !below || isBefore(entry, below)) break;
    heap[at] = below;
    at = least;
  }
  heap[at] = entry;
}
