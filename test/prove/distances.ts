import type { Visited } from './exactly.ts';

/** How far it is from one state to each answer of the stages, found row by row, as far as it is asked for. */
export type Distances = {
  /** The fewest commands to each answer within so many, and all of them where `Infinity` is asked for. */
  readonly within: (moves: number) => ReadonlyMap<string, number>;
};

export function distancesFrom(start: Visited, repoints: boolean): Distances {
  const fewest = new Map([[start.answer, 0]]);
  const seen = new Set([start]);
  let [row, moves] = [[start], 0];
  const nextRow = (): Visited[] => {
    const nexts = row.flatMap((visited) => {
      const { still, repointed } = visited.nexts();
      return repoints ? [...still, ...repointed] : still;
    });
    return nexts.filter((next) => !seen.has(next) && seen.add(next));
  };
  return {
    within: (most) => {
      while (moves < most && row.length > 0) {
        row = nextRow();
        moves++;
        for (const { answer } of row) if (!fewest.has(answer)) fewest.set(answer, moves);
      }
      return fewest;
    },
  };
}
