import type { Running } from '../support/cmanage.ts';

/** How a command spent its time beside what its steps were given. */
export type Timing = {
  /** Seconds from its start to its end. */
  readonly elapsed: number;
  /** Of the steps that ran out of time: how long each may take, and by how much it took longer. */
  readonly late: readonly { readonly what: string; readonly deadline: number; readonly overrun: number }[];
  /** The longest deadline that the answer of a command without steps says is over; 0 where it says of none. */
  readonly answer: number;
  /** Seconds in which no such step was under way, and for which no such deadline ran. */
  readonly rest: number;
};

type Line = { readonly text: string; readonly at: number };

/** Takes down what a command prints, and when; seconds since its start. */
export function watch(running: Running): { readonly timing: () => Promise<Timing> } {
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const lines: Line[] = [];
  const take = (chunk: Buffer): void => {
    const at = since();
    for (const text of chunk.toString().split('\n')) lines.push({ text, at });
  };
  running.stderr.on('data', take);
  running.stdout.on('data', take);
  const ended = running.then(since);
  return { timing: async () => timingOf(lines, await ended) };
}

const stepLine = /^(?:failed|done|undone) +\d+ (\S+ \S+) .* \((\d+\.\d+) s\)$/;
const named = /within (\d+) s|not healthy after (\d+) s|after (\d+) s/;

/** A step that failed says after how many seconds; without steps it is the answer that does. */
export function timingOf(lines: readonly Line[], elapsed: number): Timing {
  const steps = lines.flatMap(({ text, at }) => {
    const [, what, seconds] = stepLine.exec(text) ?? [];
    const deadline = text.startsWith('failed') ? deadlineIn(text) : null;
    return what === undefined || deadline === null ? [] : [{ what, deadline, took: Number(seconds), at }];
  });
  const told = steps.length > 0 ? [] : lines.flatMap(({ text }) => deadlineIn(text) ?? []);
  const longest = Math.max(0, ...told);
  const late = steps.map(({ what, deadline, took }) => ({ what, deadline, overrun: took - deadline }));
  const waiting = steps.length > 0 ? lengthOf(steps.map(({ took, at }) => [at - took, at])) : longest;
  return { elapsed, late, answer: longest, rest: elapsed - waiting };
}

function deadlineIn(text: string): number | null {
  const found = named.exec(text);
  return found ? Number(found[1] ?? found[2] ?? found[3]) : null;
}

/** The length of the union of intervals. */
function lengthOf(intervals: readonly (readonly [number, number])[]): number {
  let [length, reached] = [0, 0];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    length += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return length;
}
