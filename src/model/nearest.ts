/** The names that somebody may have meant by one that does not exist. */

/** At most so many letters may differ, and at most a third of them. */
const farthest = 3;

/**
 * The known names that are nearest to one, at most three: those with the fewest letters to change, and full names of
 * which only the end was typed, such as `prod` for webapp-endpoint-prod. None where nothing is near.
 */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const limit = Math.min(farthest, Math.max(1, Math.floor(name.length / 3)));
  let [best, least]: [string[], number] = [[], limit];
  const ending: string[] = [];
  for (const candidate of known) {
    if (candidate.endsWith(`-${name}`)) ending.push(candidate);
    if (Math.abs(candidate.length - name.length) > least) continue;
    const distance = editDistance(name, candidate);
    if (distance > least) continue;
    best = distance < least ? [candidate] : [...best, candidate];
    least = distance;
  }
  const found = best.length > 0 ? best : ending;
  return [...new Set(found)].sort().slice(0, 3);
}

/** `did you mean webapp? ` for the beginning of a remedy; empty where no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = nearestNames(name, known);
  const last = names.pop();
  if (last === undefined) return '';
  return `did you mean ${names.length === 0 ? last : `${names.join(', ')} or ${last}`}? `;
}

/** The remedy for a name that does not exist: the name that may have been meant, and where to look. */
export function insteadOf(name: string, known: Iterable<string>, look: string): string {
  const question = didYouMean(name, known);
  return question === '' ? look : `${question}${look.charAt(0).toUpperCase()}${look.slice(1)}`;
}

/** Letters to change, put in, leave out, or swap with the next one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const changed = (last[column - 1] ?? 0) + cost;
      const moved = Math.min((last[column] ?? 0) + 1, (now[column - 1] ?? 0) + 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Infinity;
      now.push(Math.min(changed, moved, swapped));
    }
    [beforeLast, last] = [last, now];
  }
  return last[b.length] ?? 0;
}
