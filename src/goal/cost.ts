import type { Move } from './moves.ts';

/** What a move costs, and each further one on a way: far more than all that tells ways of the same length apart. */
export const usual = 1_000_000;

/** A replacement costs a little more than other moves, and a release a very little for each new container of a stack. */
export function costOf(move: Move): number {
  if (move.do === 'replace') return usual + 1000;
  return move.do === 'release' ? usual + move.versions.length : usual;
}
