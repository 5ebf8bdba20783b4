import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isTag } from '../../model/names.ts';

/**
 * The tags of images as their registries listed them last, for completion, which must not wait for a registry. One file
 * an image; what is in it is offered for a day, and looked up anew after ten minutes.
 */

const minute = 60_000;
const ages = { fresh: 10 * minute, kept: 24 * 60 * minute, asking: minute / 2 };

export type CachedTags = {
  readonly tags: readonly string[];
  /** Whether it is time to ask the registry, and nobody else is doing so. */
  readonly isDue: boolean;
};

type Entry = { readonly at: number; readonly asked: number; readonly tags: readonly string[] };

/** Where the files are: `$XDG_CACHE_HOME/cmanage`, else `~/.cache/cmanage`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CACHE_HOME;
  return join(given?.startsWith('/') ? given : join(homedir(), '.cache'), 'cmanage');
}

/** What is known of an image's tags at a moment, in milliseconds. */
export function readTags(directory: string, image: string, now: number): CachedTags {
  const { at, asked, tags } = readEntry(directory, image);
  // A time to come was written by a clock that has been put back since.
  const age = (moment: number): number => (moment > now ? Infinity : now - moment);
  return {
    tags: age(at) < ages.kept ? tags : [],
    isDue: age(at) >= ages.fresh && age(asked) >= ages.asking,
  };
}

/** Notes that the registry is being asked, so that not each press of a key asks it again. */
export function noteAsking(directory: string, image: string, now: number): void {
  writeEntry(directory, image, { ...readEntry(directory, image), asked: now });
}

export function writeTags(directory: string, image: string, tags: readonly string[], now: number): void {
  writeEntry(directory, image, { at: now, asked: now, tags });
}

function readEntry(directory: string, image: string): Entry {
  const nothing = { at: 0, asked: 0, tags: [] };
  let text: string;
  try {
    text = readFileSync(pathOf(directory, image), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw error;
  }
  return parseEntry(text) ?? nothing;
}

/** Null for a file that we did not write, or not whole: it is a cache, and is written anew. */
function parseEntry(text: string): Entry | null {
  const lines = text.split('\n');
  const [at, asked] = (lines[0] ?? '').split(' ').map(Number);
  const tags = lines.slice(1).filter((line) => line !== '');
  if (at === undefined || asked === undefined || !Number.isFinite(at + asked) || !tags.every(isTag))
    return null;
  return { at, asked, tags };
}

/** Another cmanage may read or write the same file at this moment. */
function writeEntry(directory: string, image: string, { at, asked, tags }: Entry): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = pathOf(directory, image);
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${[`${at} ${asked}`, ...tags].join('\n')}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}

function pathOf(directory: string, image: string): string {
  return join(directory, `tags-${createHash('sha256').update(image).digest('hex').slice(0, 32)}`);
}
