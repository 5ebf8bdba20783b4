import { virtualTime } from './clock.ts';

/** What goes wrong in a schedule, drawn from its seed before it begins or call by call. */

/** What becomes of one call. `silence`: it is done, and no answer ever comes. */
export type Mishap = 'lost before' | 'lost after' | 'refused' | 'refused after' | 'silence';

const mishaps: readonly Mishap[] = ['lost before', 'lost after', 'refused', 'refused after', 'silence'];

/** Happenings that are no answer to a call; each at the event of this number. */
export type Happening =
  | {
      readonly what: 'freeze' | 'restart engine';
      readonly at: number;
      readonly host: number;
      readonly seconds: number;
    }
  | { readonly what: 'restart haproxy' | 'refuse reload'; readonly at: number }
  | { readonly what: 'disk full'; readonly at: number; readonly seconds: number };

export type Weather = {
  /** How likely a call goes wrong: to an engine, to HAProxy. */
  readonly engineMishaps: number;
  readonly balancerMishaps: number;
  readonly happenings: readonly Happening[];
  /** Whether new containers may be there that never become healthy, or whose images cannot be pulled. */
  readonly sick: number;
  readonly missing: number;
  /** Whether somebody else has a container's name, or its port. */
  readonly foreignName: boolean;
  readonly foreignPort: boolean;
  /** At which event each run of cmanage is killed: the command itself, and those that finish it. */
  readonly kills: readonly (number | null)[];
  /** Whether somebody gives another command after the first was left. */
  readonly another: boolean;
};

export const calm: Weather = {
  ...{ engineMishaps: 0, balancerMishaps: 0, happenings: [], sick: 0, missing: 0 },
  ...{ foreignName: false, foreignPort: false, kills: [], another: false },
};

/** Draws what goes wrong in a story that has so many events where nothing does. */
export function drawWeather(random: () => number, events: number): Weather {
  const is = (share: number): boolean => random() < share;
  const moment = (): number => 1 + Math.floor(random() * events);
  const usual = is(0.5);
  const happenings: Happening[] = [];
  if (is(0.15))
    happenings.push({
      what: 'freeze',
      at: moment(),
      host: Math.floor(random() * 8),
      seconds: random() ** 2 * 100,
    });
  if (is(0.07))
    happenings.push({
      what: 'restart engine',
      at: moment(),
      host: Math.floor(random() * 8),
      seconds: random() * 10,
    });
  if (is(0.07)) happenings.push({ what: 'restart haproxy', at: moment() });
  if (is(0.07)) happenings.push({ what: 'refuse reload', at: moment() });
  if (is(0.07)) happenings.push({ what: 'disk full', at: moment(), seconds: random() ** 2 * 60 });
  const kills = [is(0.6) ? moment() : null, is(0.35) ? moment() : null, is(0.35) ? moment() : null];
  return {
    engineMishaps: usual ? 0 : random() ** 3 * 0.5,
    balancerMishaps: usual || is(0.5) ? 0 : random() ** 3 * 0.3,
    happenings,
    sick: is(0.1) ? random() : 0,
    missing: is(0.03) ? random() : 0,
    foreignName: is(0.03),
    foreignPort: is(0.03),
    kills,
    another: is(0.1),
  };
}

export function drawMishap(random: () => number, share: number): Mishap | null {
  if (share === 0 || random() >= share) return null;
  return mishaps[Math.floor(random() * mishaps.length)] ?? null;
}

/** A period, in virtual time, in which something is so. */
export class Period {
  private until = -1;
  begin(seconds: number): void {
    this.until = virtualTime() + seconds * 1000;
  }
  get isNow(): boolean {
    return virtualTime() < this.until;
  }
  /** Milliseconds until it is over. */
  get left(): number {
    return Math.max(0, this.until - virtualTime());
  }
}
