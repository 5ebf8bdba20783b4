/** Lines of several sources in the order of their times, as far as that is known when they are told. */
export type Merge<Line> = {
  readonly add: (source: AsyncIterable<Line>) => void;
  /** Says that no further source comes: the lines end with those that are there. */
  readonly close: () => void;
  readonly lines: AsyncGenerator<Line>;
};

type Timed = { readonly time: string; readonly text: string };

type Lane<Line> = {
  readonly lines: { readonly line: Line; readonly arrived: number }[];
  /** Characters of these lines. */
  size: number;
  /** Since when there are none. */
  emptySince: number;
  /** Lets the source go on when there is room again. */
  goOn: () => void;
};

/** Characters that are read ahead of each source; then it waits until some of them are told. */
const readAhead = 64 * 1024;

/**
 * Merges sources, each of which is in order itself. A line is told when every source has one, and the others are later. A source that is
 * silent is waited for `hold` milliseconds, and no longer; Infinity waits for the end of each, and then the order is exact. Of each
 * source no more than 64 Ki characters and one line are in memory, however fast it is and however slow the reader.
 */
export function mergeLines<Line extends Timed>(hold: number): Merge<Line> {
  const lanes = new Set<Lane<Line>>();
  let [isClosed, failure] = [false, null as { readonly error: unknown } | null];
  // One call and no promise for each source: a race with a promise that stays pending would keep memory for every line.
  let wake = (): void => undefined;

  const read = async (source: AsyncIterable<Line>, lane: Lane<Line>): Promise<void> => {
    for await (const line of source) {
      lane.lines.push({ line, arrived: performance.now() });
      lane.size += line.text.length;
      wake();
      if (lane.size >= readAhead) await new Promise<void>((resolve) => (lane.goOn = resolve));
    }
    // What has ended, and has nothing more to tell, is not waited for.
    while (lane.lines.length > 0) await new Promise<void>((resolve) => (lane.goOn = resolve));
  };

  const add = (source: AsyncIterable<Line>): void => {
    const lane: Lane<Line> = { lines: [], size: 0, emptySince: performance.now(), goOn: () => undefined };
    lanes.add(lane);
    void read(source, lane)
      .catch((error: unknown) => (failure = { error }))
      .finally(() => {
        lanes.delete(lane);
        wake();
      });
  };

  const close = (): void => {
    isClosed = true;
    wake();
  };

  async function* tell(): AsyncGenerator<Line> {
    for (;;) {
      if (failure) throw failure.error;
      const first = earliest(lanes);
      const wait = first ? waitFor(first, lanes, hold) : Infinity;
      if (first && wait <= 0) yield take(first);
      else if (isClosed && lanes.size === 0) return;
      else await sleep(wait);
    }
  }

  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = milliseconds === Infinity ? undefined : setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return { add, close, lines: tell() };
}

function earliest<Line extends Timed>(lanes: ReadonlySet<Lane<Line>>): Lane<Line> | null {
  let [first, time] = [null as Lane<Line> | null, ''];
  for (const lane of lanes) {
    const head = lane.lines[0]?.line;
    if (!head || (first && head.time >= time)) continue;
    [first, time] = [lane, head.time];
  }
  return first;
}

/** Milliseconds until the head of a lane may be told. */
function waitFor<Line>(lane: Lane<Line>, lanes: ReadonlySet<Lane<Line>>, hold: number): number {
  const silent = [...lanes].filter(({ lines }) => lines.length === 0);
  if (silent.length === 0) return 0;
  // A lane that is full cannot be held back without holding back its source.
  const arrived = lane.size >= readAhead ? -Infinity : (lane.lines[0]?.arrived ?? 0);
  return Math.max(arrived, ...silent.map(({ emptySince }) => emptySince)) + hold - performance.now();
}

function take<Line extends Timed>(lane: Lane<Line>): Line {
  const head = lane.lines.shift();
  if (!head) throw new Error('a lane without a line was told');
  lane.size -= head.line.text.length;
  if (lane.lines.length === 0) lane.emptySince = performance.now();
  if (lane.size < readAhead) lane.goOn();
  return head.line;
}
