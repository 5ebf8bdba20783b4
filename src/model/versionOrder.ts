import type { RuleParameters } from './rules.ts';
import { compareVersions, parseVersion } from './version.ts';

/** How the versions of a service are ordered, as the rule stack-versions says for it. */
export type VersionOrder = {
  /** `semver`: semantic versions. `date`: by the date in the tag. `created`: by when the image was made. */
  readonly by: string;
  /** What a tag looks like where the order is by date, for example `YYYYMMDD` or `build-YYYY-MM-DD.N`. */
  readonly date: string;
};

export const defaultOrder = { by: 'semver', date: 'YYYYMMDD' } satisfies VersionOrder & RuleParameters;

/** A version as far as its order needs to know it. */
export type Orderable = { readonly version: string; readonly created: string | null };

/**
 * Negative, zero or positive as `a` is earlier than, equal to or later than `b`; null where that cannot be told. Two
 * different images that were made in the same second cannot be told apart: reproducible builds give all the same time.
 */
export function compareInOrder(order: VersionOrder, a: Orderable, b: Orderable): number | null {
  switch (order.by) {
    case 'created':
      return compareTimes(a, b);
    case 'date':
      return a.version === b.version ? 0 : compareDates(order.date, a.version, b.version);
    default:
      return compareVersions(a.version, b.version);
  }
}

/** Sorts tags from the earliest to the latest; those without a place in the order come first, by name. */
export function sortTags(order: VersionOrder, tags: readonly string[]): string[] {
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const orderable = (version: string): Orderable => ({ version, created: null });
  const hasPlace = (tag: string): boolean => whyUnordered(order, orderable(tag)) === null;
  const placed = tags.filter(hasPlace).sort((a, b) => {
    return (compareInOrder(order, orderable(a), orderable(b)) ?? 0) || byName(a, b);
  });
  return [...tags.filter((tag) => !hasPlace(tag)).sort(byName), ...placed];
}

/** Why a version has no place in the order, for a message; null where it has one. */
export function whyUnordered(order: VersionOrder, { version, created }: Orderable): string | null {
  switch (order.by) {
    case 'created':
      return created === null ? `it is not known when the image of ${version} was made` : null;
    case 'date':
      return parseDate(order.date, version) ? null : `${version} is no date like ${order.date}`;
    default:
      return parseVersion(version) ? null : `${version} has no order`;
  }
}

function compareTimes(a: Orderable, b: Orderable): number | null {
  if (a.created === null || b.created === null) return a.version === b.version ? 0 : null;
  if (a.created === b.created) return a.version === b.version ? 0 : null;
  return a.created < b.created ? -1 : 1;
}

function compareDates(pattern: string, a: string, b: string): number | null {
  const [left, right] = [parseDate(pattern, a), parseDate(pattern, b)];
  if (!left || !right) return null;
  const index = left.findIndex((number, place) => number !== right[place]);
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

/** The fields of a date pattern from the largest to the smallest, and the digits each stands for; N is a counter. */
const fields = {
  YYYY: '\\d{4}',
  MM: '\\d{2}',
  DD: '\\d{2}',
  hh: '\\d{2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
  N: '\\d{1,9}',
};
const fieldNames = Object.keys(fields) as (keyof typeof fields)[];
const fieldPattern = new RegExp(fieldNames.join('|'), 'g');
const mostOf: Partial<Record<string, number>> = { MM: 12, DD: 31, hh: 23, mm: 59, ss: 60 };

/** Whether a text is a date pattern: it has a year, and no field twice. */
export function isDatePattern(pattern: string): boolean {
  const used: string[] = pattern.match(fieldPattern) ?? [];
  return used.includes('YYYY') && new Set(used).size === used.length;
}

/** The numbers of a tag in the order of their weight, or null where the tag does not look like the pattern. */
export function parseDate(pattern: string, tag: string): number[] | null {
  const used = pattern.match(fieldPattern) ?? [];
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const texts = pattern.split(fieldPattern).map(literal);
  const source = texts.map((text, index) => {
    const field = used[index];
    return field === undefined ? text : `${text}(${fields[field as keyof typeof fields]})`;
  });
  const match = new RegExp(`^${source.join('')}$`).exec(tag);
  if (!match) return null;
  const numbers = new Map(used.map((field, index) => [field, Number(match[index + 1])]));
  const isDate = [...numbers].every(([field, number]) => {
    const least = field === 'MM' || field === 'DD' ? 1 : 0;
    return number >= least && number <= (mostOf[field] ?? Infinity);
  });
  return isDate ? fieldNames.flatMap((field) => numbers.get(field) ?? []) : null;
}
