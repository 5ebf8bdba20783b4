import { InvalidArgumentError } from 'commander';
import type { Mark } from '../../store/verifyHistory.ts';

const day = 24 * 60 * 60 * 1000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 60 * 60_000, d: day, w: 7 * day };

/** A moment that was typed, as milliseconds since 1970: a date or time (UTC where it names no zone), or how long ago. */
export function parseMoment(text: string): number {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text);
  if (ago) return Date.now() - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0);
  const time = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const moment = time ? Date.parse(`${time[1] ?? ''}T${time[2] ?? '00:00'}${time[3] ?? 'Z'}`) : NaN;
  // A 31st of February would otherwise become a day of March.
  const isOfMonth =
    time !== null && new Date(`${time[1] ?? ''}T00:00Z`).getUTCDate() === Number(time[1]?.slice(8));
  if (!Number.isNaN(moment) && isOfMonth) return moment;
  throw new InvalidArgumentError(
    `'${text}' is no time: give 2026-11-21, 2026-11-21T14:30 (UTC, or with +01:00), or how long ago, such as 30m, 12h, 7d, 2w.`,
  );
}

/** An actor or a part of one, such as `alice` or `alice@admin%`; `%` stands for any characters. */
export function parseActor(text: string): string {
  if (/^[^\s\p{C}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError(`'${text}' is no user: give a name such as alice, or alice@admin01.`);
}

/** An event that was noted elsewhere, as `history verify` printed it: its number and its digest. */
export function parseMark(text: string): Mark {
  const match = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text);
  if (match) return { seq: Number(match[1]), chain: match[2] ?? '' };
  throw new InvalidArgumentError(
    `'${text}' is no event: give NUMBER:DIGEST, as 'cmanage history verify' printed it.`,
  );
}
