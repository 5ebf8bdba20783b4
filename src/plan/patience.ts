import type { ContainerSpec } from './spec.ts';

/** When a watcher that looks again and again acts on what it sees: not at the first bad answer, and not without end. */

/** Seconds for which a container that was well must be ill before it is restarted: a single late answer is no illness. */
export const patienceWithIllness = 10;
const hour = 3600;

/** What was seen of a container since it was started the last time. */
export type Course = {
  /** In seconds of the watcher's own clock; an engine's clock may be a day off. */
  readonly firstSeen: number;
  /** Since when every look has found it ill; null where the last one found it well. */
  readonly illSince: number | null;
  readonly wasWell: boolean;
};

/** One running container in one look. */
export type Glance = {
  /** Tells it from what stood there before, and from itself before its last start. */
  readonly key: string;
  readonly spec: ContainerSpec;
  readonly isIll: boolean;
  /** Whether its image's HEALTHCHECK has not decided yet. */
  readonly isStarting: boolean;
};

/** Follows containers from look to look; what is not seen any more is forgotten. */
export function follow(
  courses: ReadonlyMap<string, Course>,
  glances: readonly Glance[],
  now: number,
): ReadonlyMap<string, Course> {
  return new Map(
    glances.map(({ key, isIll }) => {
      const known = courses.get(key) ?? { firstSeen: now, illSince: null, wasWell: false };
      const illSince = isIll ? (known.illSince ?? now) : null;
      return [key, { ...known, illSince, wasWell: known.wasWell || !isIll }];
    }),
  );
}

/**
 * Seconds until a container that is ill may be mended: it may have as long as its service's health deadline to come up, and once it
 * was well a short while. 0 is now; null where its HEALTHCHECK is still to decide.
 */
export function secondsOfGrace({ spec, isStarting }: Glance, course: Course, now: number): number | null {
  if (isStarting) return null;
  const { deadline } = spec.settings.health;
  const end = course.wasWell
    ? (course.illSince ?? now) + Math.min(patienceWithIllness, deadline)
    : course.firstSeen + deadline;
  return Math.max(0, end - now);
}

/** A repair: when it began, in seconds, and the containers and load balancers it was about. */
export type RepairMade = { readonly at: number; readonly objects: readonly string[] };

/** How often within an hour something is repaired before it is only told of. */
export type Limits = { readonly repairsPerHour: number; readonly repairsPerObject: number };

/** The repairs that still count. */
export function withinTheHour(made: readonly RepairMade[], now: number): RepairMade[] {
  return made.filter(({ at }) => now - at < hour);
}

/** Whether there may be no more repair for now. */
export function isExhausted(made: readonly RepairMade[], limits: Limits, now: number): boolean {
  return withinTheHour(made, now).length >= limits.repairsPerHour;
}

/** What was repaired so often that it is only told of, with the reason. */
export function wornOut(
  made: readonly RepairMade[],
  { repairsPerObject }: Limits,
  now: number,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const name of withinTheHour(made, now).flatMap(({ objects }) => [...new Set(objects)])) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const often = [...counts].filter(([, count]) => count >= repairsPerObject);
  return new Map(
    often.map(([name, count]) => [
      name,
      `it was repaired ${count} times within the hour, and is left to you: find out why; 'cmanage heal' mends it now`,
    ]),
  );
}
