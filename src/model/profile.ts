import type { ServiceSettings } from './settings.ts';

/**
 * How containers are confined, the loosest first. `engine`: as the engine does by itself, never privileged. `baseline`: less than
 * that, and ordinary images still start. `strict`: no capabilities, a user other than root, a file system that is read-only.
 */
export const profiles = ['engine', 'baseline', 'strict'] as const;
export type Profile = (typeof profiles)[number];

/** What holds for a service that says nothing of it. */
export const defaultProfile: Profile = 'baseline';

export function profileOf({ profile }: Pick<ServiceSettings, 'profile'>): Profile {
  return profile ?? defaultProfile;
}

/** Whether a profile confines as much as another one, or more. */
export function confinesAs(profile: Profile, least: Profile): boolean {
  return profiles.indexOf(profile) >= profiles.indexOf(least);
}

/** A user and a group by number, of whom it is known that they are not root: a name means what the image says it means. */
export function isOrdinaryUser(user: string): boolean {
  return /^[1-9]\d{0,9}(:\d{1,10})?$/.test(user);
}
