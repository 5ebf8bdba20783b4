import { shortDigest } from './planText.ts';
import { hidden, type Portrait } from './portraits.ts';
import type { Sheet } from './table.ts';

/** One thing that two sides have, or one of them has; null on the side that does not. */
export type Difference = {
  readonly where: string;
  readonly what: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly same: boolean;
};

/** Everything that is said of two sides, the same things beside each other, in the order of the first and then of the second. */
export function differencesBetween(left: Portrait, right: Portrait): Difference[] {
  const places = new Set([...left.keys(), ...right.keys()]);
  return [...places].flatMap((where) => {
    const [one, other] = [left.get(where), right.get(where)];
    const facets = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
    return [...facets].map((what): Difference => {
      const [a, b] = [one?.get(what) ?? null, other?.get(what) ?? null];
      return { where, what, left: shown(a), right: shown(b), same: a === b };
    });
  });
}

/** Values of variables may be secrets: they are compared, and never shown. */
function shown(value: string | null): string | null {
  return value?.startsWith(hidden) ? '(not shown)' : value;
}

/** The same for people: what differs, and of an endpoint's tree always what runs there. */
export function differenceSheet(
  differences: readonly Difference[],
  names: readonly [left: string, right: string],
): Sheet {
  const text = (value: string | null, what: string): string =>
    value === null ? '-' : what === 'digest' ? value.replaceAll(/sha256:[0-9a-f]{64}/g, shortDigest) : value;
  return {
    head: ['Where', 'What', ...names, 'Differs'],
    rows: differences.map(({ where, what, left, right, same }) => [
      ...[where, what, text(left, what), text(right, what)],
      same ? '' : 'yes',
    ]),
  };
}
