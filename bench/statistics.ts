/** The middle of the times; of an even number, the mean of the two in the middle. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

export type Summary = {
  readonly name: string;
  readonly rounds: number;
  /** Milliseconds, to a tenth. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The median in terms of the median of the first variant. */
  readonly ratio: number;
};

/** Summaries of variants that were timed in turns; the first is what the others are compared with. */
export function summarize(variants: readonly { name: string; times: readonly number[] }[]): Summary[] {
  const base = median(variants[0]?.times ?? []);
  return variants.map(({ name, times }) => ({
    name,
    rounds: times.length,
    median: round(median(times), 1),
    min: round(Math.min(...times), 1),
    max: round(Math.max(...times), 1),
    ratio: round(median(times) / base, 3),
  }));
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
