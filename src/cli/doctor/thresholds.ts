import { attention, fine, type Checked } from '../../model/checked.ts';
import type { ClockDifference, Space, Validity } from '../../model/examined.ts';

/** From which figures on `doctor` asks for attention. */

/** A certificate that ends within so many days: a month is time to have it renewed. */
const certificateDays = 30;
const day = 24 * 60 * 60 * 1000;

export function judgeValidity(object: string, { from, to }: Validity, now: number): Checked {
  const [begins, ends] = [from, to].map((time) =>
    new Date(time).toISOString().slice(0, 16).replace('T', ' '),
  );
  const judge = (fact: string, remedy: string): Checked => attention('certificate', object, fact, remedy);
  if (now < from)
    return judge(`it is valid only from ${begins ?? ''} UTC on`, 'look at the clock, or have it made anew');
  if (now >= to) return judge(`it has expired: ${ends ?? ''} UTC`, 'renew it now');
  const left = Math.floor((to - now) / day);
  const fact = `it is valid until ${ends ?? ''} UTC, for ${left} days`;
  return left < certificateDays ? judge(fact, 'renew it') : fine('certificate', object, fact);
}

/** Seconds of difference that logs and certificates live with. */
const clockSeconds = 5;

export function judgeClock(object: string, { ahead, uncertainty }: ClockDifference): Checked {
  const seconds = (ahead / 1000).toFixed(1);
  const fact = `its clock is ${Math.abs(ahead) < 100 ? 'that of this machine' : `${seconds} s ahead of this machine's`}, give or take ${(uncertainty / 1000).toFixed(1)} s`;
  return Math.abs(ahead) - uncertainty > clockSeconds * 1000
    ? attention('clock', object, fact, 'set it by NTP, on both machines')
    : fine('clock', object, fact);
}

/** A release needs room for an image; an engine or a database without any stops half-way. */
const [leastShare, leastBytes] = [0.1, 2 * 1024 ** 3];

export function judgeSpace(object: string, { free, total }: Space): Checked {
  const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
  const fact = `${gigabytes(free)} of ${gigabytes(total)} GiB are free`;
  return free < leastBytes || free < total * leastShare
    ? attention(
        'disk',
        object,
        fact,
        "make room, for example by 'docker image prune -a' or by removing old logs",
      )
    : fine('disk', object, fact);
}

/** Whether a dotted version is at least another one; what follows the numbers is passed over. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string): number[] => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [has, wants] = [numbers(version), numbers(least)];
  for (const [place, wanted] of wants.entries()) {
    const given = has[place] ?? 0;
    if (given !== wanted) return given > wanted;
  }
  return true;
}

export function judgeVersion(object: string, what: string, version: string, least: string): Checked {
  const fact = `${what} ${version}`;
  return isAtLeast(version, least)
    ? fine('version', object, fact)
    : attention(
        'version',
        object,
        `${fact} is older than ${least}, which cmanage was tried with`,
        `bring it to ${least} or later`,
      );
}
