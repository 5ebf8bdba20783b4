import semver from 'semver';

/**
 * The order of versions: semantic versions, with the tolerance that real tags need. A leading `v` is allowed and one
 * or two of the three numbers may be missing, so `v0.10` is later than `v0.9` and `1.2.0-rc1` is earlier than `1.2`.
 */
const tolerant = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?$/;

/** A bare number this long is a date or a hash (`20261120`, `1234567`), which has no order unless the rules give one. */
const longestBareNumber = 5;

/** Returns the semantic version a tag stands for, or null where the tag has no order (`latest`, a git hash, a date). */
export function parseVersion(tag: string): semver.SemVer | null {
  const match = tolerant.exec(tag);
  if (!match) return null;
  const [, major = '', minor, patch, prerelease = ''] = match;
  const bare = minor === undefined && !tag.startsWith('v');
  if (bare && major.length > longestBareNumber) return null;
  // `2026-11-20` is a date and not the pre-release 11-20 of version 2026.
  if (minor === undefined && /^-\d/.test(prerelease)) return null;
  return semver.parse(`${major}.${minor ?? '0'}.${patch ?? '0'}${prerelease}`);
}

/** Negative, zero or positive as `a` is earlier than, equal to or later than `b`; null where one of them has no order. */
export function compareVersions(a: string, b: string): number | null {
  if (a === b) return 0;
  const [left, right] = [parseVersion(a), parseVersion(b)];
  return left && right ? semver.compare(left, right) : null;
}
